/** The page on files: samples, URLs, the path, losses, the journey. No agent. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { generatedCapture } from './captures.ts';
import { allRows, inspectAll, matrix, pathTable, waitForState } from './look.ts';
import { StaticPage } from './static-page.ts';

const SAMPLE = fileURLToPath(new URL('../dist/page/samples/edge.pcapng', import.meta.url));

const site = new StaticPage();
let page: Page;
beforeEach(() => {
  ({ page } = site);
});

describe('a sample', () => {
  it('shows both lanes of the path with counts', async () => {
    await site.openSample();
    for (const lane of ['Rx', 'Tx']) {
      // Hooks where nothing passes on this host (forwarding, a qdisc) are drawn, too. The table comes behind the list.
      const busy = async () =>
        (await pathTable(page)).filter((hop) => hop.lane === lane && hop.packets > 0).length;
      await expect.poll(busy, { message: lane }).toBeGreaterThanOrEqual(7);
    }
    const hops = await pathTable(page);
    expect(hops.find((hop) => hop.hop.endsWith('tcx/ingress@last'))?.share).toBe('100 %');
    // Row by row, each in a task of its own.
    const drawn = () => page.$$eval('.station:not(.missing)', (stations) => stations.length);
    await expect.poll(drawn).toBe(hops.length);
  });

  it('tells of a journey which TLVs it carried and where each appeared', async () => {
    await site.openSample();
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
    await site.openSample();
    const opened = await allRows(page);
    await site.drop('edge.pcapng', readFileSync(SAMPLE));
    await page.locator('[data-testid="source"] h1', { hasText: 'edge.pcapng' }).waitFor();
    await waitForState(page, 'done');
    expect(await allRows(page)).toEqual(opened);
    expect(opened.length).toBeGreaterThan(100);
  });

  it('filters by a hop, and says so in the address; Back takes it away', async () => {
    await site.openSample();
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
    await site.openSample();
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
});

describe('a URL', () => {
  it('on the page opens the capture, and is in the address', async () => {
    await page.goto(site.url);
    const url = new URL('captures/plain.pcap', site.url).href;
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
    await page.goto(site.url);
    await page.getByLabel('URL of a capture').fill('ftp://example.org/x.pcap');
    await page.keyboard.press('Enter');
    await page.getByText('That is not an http or https URL').waitFor();
    expect(await page.getByLabel('URL of a capture').getAttribute('aria-invalid')).toBe('true');
  });
});

describe('the path', () => {
  it('leads to freed and dropped only from hops that journeys came from, and accounts for every packet', async () => {
    await site.openSample();
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
      const said = `${from} → ${to}: ${edge.count.toLocaleString('en')} journey${edge.count === 1 ? '' : 's'}, `;
      expect(titles.filter((title) => title.startsWith(said))).toHaveLength(1);
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

describe('the losses', () => {
  it('are a table by hop, cause and TLV, and a row filters the list and shows its first journey there', async () => {
    await page.goto(site.url);
    await site.drop('generated.pcapng', generatedCapture(4000));
    await waitForState(page, 'done');
    await page.keyboard.press('l');
    const table = page.getByRole('table', { name: 'Damage to metadata by hop, cause and TLV' });
    const first = table.locator('tbody tr').first();
    await first.waitFor();
    const [hop = '', state = '', , , of, journeys] = await first.locator('th, td').allTextContents();
    expect(of).toBe('area');
    const summary = (await page.evaluate(() => globalThis.whither.api.lossSummary()))!;
    expect(journeys).toBe(summary.rows[0]?.journeys.toLocaleString('en'));
    // The drawing and its table say the same of that hop.
    const damage = page.locator(`tr[data-hop="${hop}"] td`).last();
    expect(await damage.textContent()).toContain(`${journeys} ${state}`);
    await first.getByRole('button').press('Enter');
    await expect.poll(() => new URL(page.url()).searchParams.get('hop')).toBe(hop);
    await page.getByRole('heading', { name: `Journey ${summary.rows[0]?.exampleId ?? ''}` }).waitFor();
    expect(await page.locator('.hop-note').textContent()).toContain(`${hop}: ${state}`);
  });
});

describe('a part of the page that cannot be loaded', () => {
  it('is said where it would be, and takes nothing with it', async () => {
    // Or, of an agent that has ended, nothing at all, which the browser logs as well.
    await page.route('**/assets/LossTable-*.js', (route) =>
      route.fulfill({ contentType: 'text/javascript', body: 'throw new Error("half of it")' }),
    );
    await page.goto(`${site.url}?source=sample:forward`);
    await waitForState(page, 'done');
    await page.keyboard.press('l');
    const said = page.locator('.loss-pane').getByRole('alert');
    await said.waitFor();
    expect(await said.textContent()).toContain('The table of damage could not be loaded.');
    expect(await page.locator('.list-row').count()).toBe(2);
  });
});

describe('the filter by harm', () => {
  it('offers what came to metadata in this capture, and lists those journeys alone', async () => {
    await page.goto(site.url);
    await site.drop('generated.pcapng', generatedCapture(4000));
    await waitForState(page, 'done');
    const filter = page.getByRole('group', { name: 'Filter', exact: true });
    expect(await filter.getByRole('button', { name: 'suspect' }).count()).toBe(0);
    await filter.getByRole('button', { name: 'clobbered' }).click();
    await expect.poll(() => new URL(page.url()).searchParams.get('harm')).toBe('clobbered');
    const summary = (await page.evaluate(() => globalThis.whither.api.lossSummary()))!;
    const events = (await inspectAll(page)) as readonly { journey: string; state: string }[];
    const clobbered = events.filter(({ state }) => state === 'clobbered');
    const harmed = new Set(clobbered.map(({ journey }) => journey)).size;
    expect(summary.rows.some(({ state }) => state === 'clobbered')).toBe(true);
    await expect
      .poll(() => page.getByTestId('list-count').textContent())
      .toMatch(new RegExp(`^${harmed.toLocaleString('en')} of `));
    // A journey opens where it came to that harm, and the link says the same to somebody else.
    await page.locator('.list-row').nth(1).click();
    await page.locator('.hop-note', { hasText: 'clobbered' }).waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(() => new URL(page.url()).searchParams.get('harm')).toBeNull();
  });

  it('counts in the sentence what the table counts', async () => {
    await page.goto(site.url);
    await site.drop('generated.pcapng', generatedCapture(4000));
    await waitForState(page, 'done');
    const [first] = (await page.evaluate(() => globalThis.whither.api.lossSummary()))!.rows;
    await page.keyboard.press('l');
    await page.locator('.loss-table tbody tr').first().getByRole('button').click();
    await page.getByRole('heading', { name: `Journey ${first?.exampleId ?? ''}` }).waitFor();
    expect(await page.locator('.verdict').first().textContent()).toContain(
      `as in ${first?.journeys} of ${first?.arrived} journeys that came there with metadata`,
    );
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
    await site.openSample();
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

  it('opens what is beside the area by its key, and tells of the chosen hop what is known and how', async () => {
    await site.openSample();
    await page.locator('.list-row').first().click();
    await page.locator('.matrix thead th').nth(1).click();
    expect(await page.locator('.hop-note').textContent()).toMatch(
      /causean XDP program.*knownimplied.*evidence.*writeredge_xdp#/,
    );
    expect(await page.locator('[data-row="mark"]').count()).toBe(0);
    await page.keyboard.press('b');
    expect(await page.locator('[data-row="mark"] td').first().textContent()).toBe('0x00000000');
    await page.keyboard.press('b');
    expect(await page.locator('[data-row="mark"]').count()).toBe(0);
  });
});

describe('a TLV that goes on', () => {
  const journey = (id: number) => `${site.url}?source=sample:taps&journey=${id}`;

  it('is one line from packet data over area and tap to map and socket', async () => {
    await page.goto(journey(43));
    await page.locator('.matrix').waitFor();
    const way = await page.$$eval('.matrix tr[data-row="request"] td', (cells) =>
      cells.map((cell) => ({
        on: cell.classList.contains('way'),
        text: cell.textContent.replace(/\s+/g, ' ').trim(),
      })),
    );
    const stops = way.filter(({ text }) => /packet|area|tap|map|socket/.test(text)).map(({ text }) => text);
    expect(stops).toEqual(['20 packet ≈', '+ 20 area', '= tap', '20 map ≈', '20 socket ≈']);
    expect(way.every(({ on }) => on)).toBe(true);
    const ways = page.getByRole('list', { name: 'Where each TLV was seen' });
    expect(await ways.textContent()).toContain('no other packet of the flow around it carries this value');
    // The stage is the same in every packet: which of them the map has it from is not known.
    expect(await page.locator('.matrix tr[data-row="stage"] .place-ambiguous').count()).toBe(2);
  });

  it('has taps as hops by their names, with what they showed', async () => {
    await page.goto(journey(43));
    const tap = page.locator('.matrix thead th', { hasText: 'tap/to_flow_map' });
    await tap.click();
    expect(await page.locator('.hop-note').textContent()).toMatch(
      /taps0:tap\/to_flow_map.*tapa program shows bytes of its own.*exact, the same sk_buff.*blob21 08 14/,
    );
    await page.getByRole('heading', { name: 'Shown by the tap' }).waitFor();
    await page.keyboard.press('End');
    await page.getByRole('heading', { name: 'Shown by the tap' }).waitFor({ state: 'detached' });
    // No key goes behind the last hop, so what is there comes into view with it.
    const right = await page.locator('.matrix thead th').last().boundingBox();
    const pane = await page.locator('[data-pane="journey"]').boundingBox();
    expect((right?.x ?? Infinity) - 1).toBeLessThan((pane?.x ?? 0) + (pane?.width ?? 0));
  });
});
