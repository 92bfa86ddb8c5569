/** The page on files: samples, dropped captures, bad input, the address bar, the keyboard. No agent. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { HOOKS } from '#core/format/hooks.ts';
import { launchBrowser, openPage, type WatchedPage } from './browser.ts';
import { brokenLength, pcapngBlocks, plainPcap } from './captures.ts';
import { allRows, matrix, pathTable, waitForState } from './look.ts';
import { serveStatic, type StaticHost } from './static.ts';

const SAMPLE = fileURLToPath(new URL('../dist/page/samples/edge.pcapng', import.meta.url));

let browser: Browser;
let host: StaticHost;
let watched: WatchedPage;
let page: Page;

beforeAll(async () => {
  browser = await launchBrowser();
  host = await serveStatic(new Map([['/captures/plain.pcap', plainPcap(40)]]));
});
afterAll(async () => {
  await browser.close();
  await host.close();
});
beforeEach(async () => {
  watched = await openPage(browser);
  ({ page } = watched);
});
afterEach(async () => {
  const { faults } = watched;
  await watched.close();
  expect(faults).toEqual([]);
});

/** As a person does it: over the whole page, not into an input. */
async function drop(name: string, bytes: Uint8Array): Promise<void> {
  const transfer = await page.evaluateHandle(
    ([fileName, base64]) => {
      const data = new DataTransfer();
      const raw = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
      data.items.add(new File([raw], fileName));
      return data;
    },
    [name, Buffer.from(bytes).toString('base64')] as const,
  );
  await page.dispatchEvent('body', 'drop', { dataTransfer: transfer });
}

async function openSample(): Promise<void> {
  await page.goto(host.url);
  await page.locator('[data-sample="edge"]').click();
  await waitForState(page, 'done');
}

describe('a sample', () => {
  it('shows both lanes of the path with counts', async () => {
    await openSample();
    const hops = await pathTable(page);
    for (const lane of ['Rx', 'Tx']) {
      // Hooks where nothing passes on this host (forwarding, a qdisc) are drawn, too.
      const busy = hops.filter((hop) => hop.lane === lane && hop.packets > 0);
      expect(busy.length, lane).toBeGreaterThanOrEqual(7);
    }
    expect(hops.find((hop) => hop.hop.endsWith('tcx/ingress@last'))?.share).toBe('100 %');
    const drawn = await page.$$eval('.station:not(.missing)', (stations) => stations.length);
    expect(drawn).toBe(hops.length);
  });

  it('tells of a journey which TLVs it carried and where each appeared', async () => {
    await openSample();
    const journeys = await page.evaluate(async () => {
      const rows = await globalThis.whither.api.rows(0, 512);
      const names = globalThis.whither.state.newest?.tlvNames ?? [];
      return {
        names,
        full: Array.from(rows.journey).findIndex((_, i) => rows.tlv.every((column) => column[i] !== '')),
      };
    });
    expect(journeys.names).toEqual(['trace_id', 'verdict', 'origin', 'tenant']);
    expect(journeys.full).toBeGreaterThanOrEqual(0);
    await page.locator('.matrix').waitFor();
    const cells = await matrix(page);
    const headings = await page.$$eval('.matrix thead th', (all) => all.slice(1).map((th) => th.textContent));
    const writtenAt = (name: string) =>
      headings[(cells.get(name) ?? []).findIndex((text) => text.startsWith('+'))];
    for (const name of ['trace_id', 'verdict', 'origin']) {
      expect(writtenAt(name), name).toContain('GRO in');
    }
    expect(writtenAt('tenant')).toContain('tcx ingress, last');
  });

  it('is the same when its file is dropped', async () => {
    await openSample();
    const opened = await allRows(page);
    await drop('edge.pcapng', readFileSync(SAMPLE));
    await page.locator('[data-testid="source"] b', { hasText: 'edge.pcapng' }).waitFor();
    await waitForState(page, 'done');
    expect(await allRows(page)).toEqual(opened);
    expect(opened.length).toBeGreaterThan(100);
  });

  it('filters by a hop, and says so in the address; Back takes it away', async () => {
    await openSample();
    const total = await page.getByTestId('list-count').textContent();
    await page.locator('.station', { hasText: 'socket recv' }).first().click();
    await expect.poll(() => page.getByTestId('list-count').textContent()).toContain(' of ');
    expect(new URL(page.url()).searchParams.get('hop')).toContain('skb_copy_datagram_iovec');
    await page.goBack();
    await expect.poll(() => page.getByTestId('list-count').textContent()).toBe(total);
    await page.goForward();
    await expect.poll(() => page.getByTestId('list-count').textContent()).toContain(' of ');
  });

  it('comes back to the same journey and hop by its link', async () => {
    await openSample();
    await page.locator('.list-row').nth(12).click();
    await page.locator('.matrix thead th').nth(2).click();
    await expect.poll(() => new URL(page.url()).searchParams.get('at')).toBe('1');
    const link = page.url();
    const heading = await page.locator('[data-pane="journey"] h2').textContent();
    const bytes = await page.locator('[data-pane="bytes"] .bytes-hop').textContent();
    await page.goto('about:blank');
    await page.goto(link);
    await expect.poll(() => page.locator('[data-pane="journey"] h2').textContent()).toBe(heading);
    await expect.poll(() => page.locator('[data-pane="bytes"] .bytes-hop').textContent()).toBe(bytes);
  });

  it('is read again by another schema at once, and an error of a schema names its place', async () => {
    await openSample();
    await page.keyboard.press('s');
    const text = page.getByLabel('Schema as JSON');
    const json = await text.inputValue();
    await text.fill(json.replace('"trace_id"', '"renamed"'));
    await page.getByRole('button', { name: 'Apply' }).click();
    await expect
      .poll(() => page.evaluate(() => globalThis.whither.state.newest?.tlvNames[0]))
      .toBe('renamed');
    await text.fill(json.replace('"kind": "enum"', '"kind": "wrong"'));
    await page.getByRole('button', { name: 'Apply' }).click();
    const line = json.slice(0, json.indexOf('"kind": "enum"')).split('\n').length;
    await page.getByText(`line ${line}, column`).waitFor();
  });
});

describe('a URL', () => {
  it('on the page opens the capture, and is in the address', async () => {
    await page.goto(host.url);
    const url = new URL('captures/plain.pcap', host.url).href;
    await page.getByLabel('URL of a capture').fill(url);
    await page.getByRole('button', { name: 'Open', exact: true }).click();
    await waitForState(page, 'done');
    await expect.poll(() => page.getByTestId('list-count').textContent()).toBe('40');
    expect(new URL(page.url()).searchParams.get('source')).toContain(url);
    await page.reload();
    await waitForState(page, 'done');
    await expect.poll(() => page.getByTestId('list-count').textContent()).toBe('40');
  });

  it('that is none is refused where it was typed', async () => {
    await page.goto(host.url);
    await page.getByLabel('URL of a capture').fill('ftp://example.org/x.pcap');
    await page.keyboard.press('Enter');
    await page.getByText('That is not an http or https URL').waitFor();
    expect(await page.getByLabel('URL of a capture').getAttribute('aria-invalid')).toBe('true');
  });
});

describe('the path', () => {
  it('leads to freed and dropped only from hops that journeys came from, and accounts for every packet', async () => {
    await openSample();
    await page.locator('.path-bends path').first().waitFor({ state: 'attached' });
    const { hops, edges } = await page.evaluate(() => {
      const { newest } = globalThis.whither.state;
      return { hops: newest?.hops ?? [], edges: newest?.edges ?? [] };
    });
    const laneOf = (index: number) => hops[index]?.lane;
    const toEnds = edges.filter((edge) => laneOf(edge.from) !== 'end' && laneOf(edge.to) === 'end');
    expect(toEnds.length).toBeGreaterThan(0);
    const titles = await page.$$eval('.path-bends title', (all) => all.map((title) => title.textContent));
    for (const edge of toEnds) {
      const [from, to] = [hops[edge.from]?.label ?? '', hops[edge.to]?.label ?? ''];
      expect(titles).toContain(`${from} → ${to}: ${edge.count.toLocaleString('en')} journeys`);
    }
    expect(titles.filter((title) => /→ (freed|dropped)/.test(title)).length).toBe(toEnds.length);
    const stubs = await page.$$eval('.path-stubs title', (all) => all.map((title) => title.textContent));
    for (const hop of hops.filter(({ lane }) => lane === 'rx' || lane === 'tx')) {
      const left = edges.reduce((sum, edge) => (edge.from === hop.index ? sum + edge.count : sum), 0);
      expect(left).toBeLessThanOrEqual(hop.events);
      const said = stubs.some((title) => title.startsWith(`${hop.events - left} of ${hop.events} end here`));
      expect(said, hop.name).toBe(left > 0 && left < hop.events);
    }
  });
});

describe('the panes', () => {
  it('are made wider with the arrow keys, and stay so', async () => {
    await openSample();
    const widthOf = () => page.locator('[data-pane="list"]').evaluate((pane) => pane.clientWidth);
    const before = await widthOf();
    await page.getByRole('separator', { name: 'Width of the list' }).focus();
    for (let presses = 0; presses < 3; presses++) await page.keyboard.press('ArrowRight');
    const after = await widthOf();
    expect(after).toBeGreaterThan(before + 60);
    await page.reload();
    await waitForState(page, 'done');
    expect(await widthOf()).toBe(after);
    await page.getByRole('separator', { name: 'Width of the list' }).focus();
    await page.keyboard.press('Home');
    expect(await widthOf()).toBe(before);
  });

  it('show the first TLV at 1280 px without scrolling', async () => {
    await openSample();
    const value = page.locator('.list-row [data-column="0"]').first();
    await value.waitFor();
    const [cell, pane] = [await value.boundingBox(), await page.locator('.list-scroll').boundingBox()];
    expect((cell?.x ?? 0) + (cell?.width ?? 0)).toBeLessThanOrEqual((pane?.x ?? 0) + (pane?.width ?? 0));
  });
});

describe('the journey', () => {
  /** Whether the heading of the chosen hop is seen whole beside the first column. */
  function chosenIsSeen(): Promise<boolean> {
    return page.evaluate(() => {
      const pane = document.querySelector('[data-pane="journey"] .pane-body')?.getBoundingClientRect();
      const first = document.querySelector('.matrix thead th')?.getBoundingClientRect();
      const chosen = document.querySelector('.matrix thead .chosen')?.getBoundingClientRect();
      if (pane === undefined || first === undefined || chosen === undefined) return false;
      return chosen.left >= first.right - 1 && chosen.right <= pane.right + 1;
    });
  }

  it('scrolls to the chosen hop in both directions, out from under its first column', async () => {
    await openSample();
    await page.locator('.list-row').nth(12).click();
    await page.locator('.matrix thead th').nth(1).click();
    const scrolled = () =>
      page.locator('[data-pane="journey"] .pane-body').evaluate((pane) => pane.scrollLeft);
    await page.keyboard.press('End');
    expect(await chosenIsSeen()).toBe(true);
    const far = await scrolled();
    expect(far).toBeGreaterThan(0);
    while ((await page.evaluate(() => globalThis.whither.state.at)) > 0) {
      await page.keyboard.press('ArrowLeft');
      expect(await chosenIsSeen()).toBe(true);
    }
    expect(await scrolled()).toBe(0);
    await page.keyboard.press('End');
    expect(await scrolled()).toBe(far);
    await page.keyboard.press('Home');
    expect(await chosenIsSeen()).toBe(true);
    expect(await scrolled()).toBe(0);
  });
});

describe('a small window', () => {
  it.each([
    [640, 360],
    [320, 256],
  ])('of %i × %i has every pane below the other, within its width', async (width, height) => {
    await page.setViewportSize({ width, height });
    await openSample();
    await page.locator('.matrix').waitFor();
    const boxes = await page.$$eval('[data-pane]', (panes) =>
      panes.map((pane) => {
        const { top, bottom, left, right } = pane.getBoundingClientRect();
        return { top, bottom, left, right };
      }),
    );
    expect(boxes).toHaveLength(5);
    for (const [i, box] of boxes.entries()) {
      expect(box.left).toBeGreaterThanOrEqual(0);
      expect(box.right).toBeLessThanOrEqual(width);
      expect(box.bottom - box.top).toBeGreaterThanOrEqual(i === 0 ? 40 : 150);
      expect(box.top).toBeGreaterThanOrEqual(boxes[i - 1]?.bottom ?? 0);
    }
    const header = await page.$$eval('.app-header > *', (parts) =>
      parts.map((part) => Math.ceil(part.getBoundingClientRect().right)),
    );
    expect(Math.max(...header)).toBeLessThanOrEqual(width);
    await page.locator('[data-pane="bytes"]').scrollIntoViewIfNeeded();
    expect(await page.evaluate(() => Math.max(document.body.scrollTop, scrollY))).toBeGreaterThan(0);
  });
});

describe('a dead worker', () => {
  it('is said, and Reopen brings the capture back to where it was', async () => {
    // The page's own worker, made to fail as a bug in it would: an error that nobody catches.
    await page.addInitScript(() => {
      const Real = Worker;
      globalThis.Worker = class extends Real {
        constructor(...args: ConstructorParameters<typeof Worker>) {
          super(...args);
          addEventListener('whither-test-kill', () =>
            this.dispatchEvent(new ErrorEvent('error', { message: 'out of memory' })),
          );
        }
      };
    });
    await openSample();
    await page.locator('.list-row').nth(7).click();
    await page.locator('.matrix').waitFor();
    const journey = await page.locator('[data-pane="journey"] h2').textContent();
    const rows = await allRows(page);
    await page.evaluate(() => dispatchEvent(new Event('whither-test-kill')));
    const banner = page.getByRole('alert');
    await banner.getByText('has stopped: out of memory').waitFor();
    expect(await page.locator('.list-row').count()).toBeGreaterThan(5);
    await banner.getByRole('button', { name: 'Reopen' }).click();
    await banner.waitFor({ state: 'detached' });
    await waitForState(page, 'done');
    await expect.poll(() => page.locator('[data-pane="journey"] h2').textContent()).toBe(journey);
    expect(await allRows(page)).toEqual(rows);
  });
});

describe('the keyboard alone', () => {
  it('opens the sample and walks list, path, journey and bytes', async () => {
    await page.goto(host.url);
    await page.locator('[data-sample="edge"]').focus();
    await page.keyboard.press('Enter');
    await waitForState(page, 'done');
    await page.locator('.matrix').waitFor();

    await page.keyboard.press('2');
    await page.keyboard.press('Home');
    await expect.poll(() => selectedRow()).toBe('2');
    for (const _ of [1, 2, 3]) await page.keyboard.press('ArrowDown');
    await expect.poll(() => selectedRow()).toBe('5');
    await page.keyboard.press('End');
    const last = await page.evaluate(() => globalThis.whither.state.newest?.listed ?? 0);
    await expect.poll(() => selectedRow()).toBe(String(last + 1));

    await page.keyboard.press('1');
    const first = await focusedStation();
    await page.keyboard.press('ArrowRight');
    const second = await focusedStation();
    expect(second).not.toBe(first);
    await page.keyboard.press('ArrowDown');
    expect(await focusedStation()).not.toBe(second);
    await page.keyboard.press('ArrowUp');
    // On to a hook where packets passed.
    for (
      let step = 0;
      step < HOOKS.length && !(await focusedStation())?.includes('netif_receive_skb');
      step++
    ) {
      await page.keyboard.press('ArrowRight');
    }
    await page.keyboard.press('Enter');
    await expect.poll(() => page.getByTestId('list-count').textContent()).toContain(' of ');
    await page.keyboard.press('Escape');
    await expect.poll(() => page.getByTestId('list-count').textContent()).not.toContain(' of ');

    await page.keyboard.press('2');
    await page.keyboard.press('Home');
    await expect.poll(() => selectedRow()).toBe('2');
    await page.keyboard.press('Enter');
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => page.evaluate(() => globalThis.whither.state.at)).toBe(1);
    await page.keyboard.press('Enter');
    const before = await focusedText();
    await page.keyboard.press('ArrowDown');
    expect(await focusedText()).not.toBe(before);
    expect(await page.locator('.byte.hot').count()).toBeGreaterThan(0);

    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys and signs' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  function selectedRow(): Promise<string | null> {
    return page.evaluate(
      () => document.querySelector('.list-row[aria-selected="true"]')?.getAttribute('aria-rowindex') ?? null,
    );
  }
  function focusedStation(): Promise<string | null> {
    return page.evaluate(() => document.activeElement?.getAttribute('data-station') ?? null);
  }
  function focusedText(): Promise<string | null> {
    return page.evaluate(() => document.activeElement?.textContent ?? null);
  }
});

describe('an ordinary capture', () => {
  it('is shown as plain packets', async () => {
    await page.goto(host.url);
    await drop('plain.pcap', plainPcap(300));
    await waitForState(page, 'done');
    await expect.poll(() => page.getByTestId('list-count').textContent()).toBe('300');
    const row = page.locator('.list-row').first();
    await row.waitFor();
    expect(await row.textContent()).toContain('10.0.0.1:4000');
    expect(await row.textContent()).toContain('UDP');
    await page.getByText('a capture without kernel hooks').waitFor();
    await page.getByText('Source Port', { exact: false }).first().waitFor();
  });

  it('scrolls to its last packet', async () => {
    await page.goto(host.url);
    await drop('long.pcap', plainPcap(20_000));
    await waitForState(page, 'done');
    await page.locator('.list-row').first().waitFor();
    await page.locator('.list-scroll').evaluate((element) => {
      element.scrollTop = element.scrollHeight;
    });
    await page.locator('.list-row[aria-rowindex="20001"]').waitFor();
  });
});

describe('bad input', () => {
  it('keeps the capture that is open when the file dropped on it is none', async () => {
    await openSample();
    const rows = await page.getByTestId('list-count').textContent();
    await drop('notes.txt', Buffer.from('these are not the packets'));
    await page.getByText('What was open stays open.').waitFor();
    expect(await page.getByTestId('list-count').textContent()).toBe(rows);
    await page.locator('.list-row').nth(3).click();
    await expect.poll(() => new URL(page.url()).searchParams.get('journey')).not.toBeNull();
    await page.getByRole('button', { name: 'Dismiss' }).click();
    await drop('plain.pcap', plainPcap(20));
    await expect.poll(() => page.getByTestId('list-count').textContent()).toBe('20');
  });

  const bad = [
    {
      what: 'a text file',
      name: 'notes.txt',
      bytes: Buffer.from('not a capture at all\n'.repeat(40)),
      events: 0,
    },
    { what: 'an empty file', name: 'empty.pcapng', bytes: Buffer.alloc(0), events: 0 },
    {
      what: 'a truncated capture',
      name: 'cut.pcapng',
      bytes: Buffer.concat(pcapngBlocks(5)).subarray(0, -10),
      events: 4,
    },
    { what: 'a block of length 0', name: 'zero.pcapng', ...brokenLength(0), events: 3 },
    { what: 'a block of 4 GiB', name: 'huge.pcapng', ...brokenLength(0xffff_fffc), events: 3 },
  ];

  it.each(bad)(
    '$what gives a cause and a remedy, and keeps $events events',
    async ({ name, bytes, events, ...more }) => {
      await page.goto(host.url);
      await drop(name, bytes);
      const problem = page.locator('.problem').first();
      await problem.waitFor();
      const text = (await problem.textContent()) ?? '';
      expect(text.length).toBeGreaterThan(40);
      const offset = (more as { offset?: number }).offset;
      if (offset !== undefined) expect(text).toContain(`byte ${offset.toLocaleString('en')}`);
      await expect.poll(() => page.evaluate(() => globalThis.whither.state.newest?.events ?? 0)).toBe(events);
      if (events > 0)
        await page
          .locator('.list-row')
          .nth(events - 1)
          .waitFor();
      // The page is as good as before: a proper capture opens.
      await drop('plain.pcap', plainPcap(3));
      await page.locator('[data-testid="source"] b', { hasText: 'plain.pcap' }).waitFor();
      await waitForState(page, 'done');
      await expect.poll(() => page.locator('.problem').count()).toBe(0);
    },
  );

  it('a TLV that overruns its area is named, and the TLVs before it stay', async () => {
    await openSample();
    const json = await page.evaluate(() => JSON.stringify(globalThis.whither.state.newest?.schema));
    // The same bytes read with a length unit of 4: the first length now reaches far past the area.
    const schema = JSON.parse(json) as { framing: Record<string, unknown> };
    const wide = JSON.stringify({ ...schema, framing: { ...schema.framing, lengthUnit: 4 } });
    await page.evaluate((text) => globalThis.whither.api.setSchema(text), wide);
    await page.locator('.bytes-fault').waitFor();
    expect(await page.locator('.bytes-fault').textContent()).toMatch(/byte \d+/);
    expect(await page.locator('.hex-row').count()).toBeGreaterThan(0);
  });

  it('a link that names what does not exist opens what does', async () => {
    await page.goto(`${host.url}?source=sample:nothing-like-it&journey=99&at=999&hop=x`);
    await page.locator('.problem').first().waitFor();
    await page.locator('[data-sample="edge"]').click();
    await waitForState(page, 'done');
    expect(new URL(page.url()).search).toContain('source=sample%3Aedge');
  });
});
