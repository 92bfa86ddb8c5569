/** What people drop on the page: ordinary captures, and what is none. No agent. */
import type { Page } from 'playwright-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { brokenLength, pcapngBlocks, plainPcap } from './captures.ts';
import { waitForState } from './look.ts';
import { StaticPage } from './static-page.ts';

const site = new StaticPage();
let page: Page;
beforeEach(() => {
  ({ page } = site);
});

describe('an ordinary capture', () => {
  it('is shown as plain packets', async () => {
    await page.goto(site.url);
    await site.drop('plain.pcap', plainPcap(300));
    await waitForState(page, 'done');
    await expect.poll(() => page.getByTestId('list-count').textContent()).toBe('300');
    const row = page.locator('.list-row').first();
    await row.waitFor();
    expect(await row.textContent()).toContain('10.0.0.1:4000');
    expect(await row.textContent()).toContain('UDP');
    await page.getByText('a capture without kernel hooks').waitFor();
    await page.getByText('Source Port', { exact: false }).first().waitFor();
  });

  it('scrolls to its last packet, also when the page finds its first journey behind that', async () => {
    // The page's look for the row of the journey it shows by itself is held until the list has been scrolled.
    await page.addInitScript(() => {
      const held: (() => void)[] = [];
      let open = false;
      const openRowOf = (): void => {
        open = true;
        for (const send of held.splice(0)) send();
      };
      Object.assign(globalThis, {
        openRowOf,
        heldRowOf: held,
        Worker: class extends Worker {
          override postMessage(message: unknown, more?: Transferable[] | StructuredSerializeOptions): void {
            const options = Array.isArray(more) ? { transfer: more } : more;
            const send = (): void => super.postMessage(message, options);
            const path = (message as { readonly path?: readonly string[] } | null)?.path;
            if (path?.[0] === 'rowOf' && !open) held.push(send);
            else send();
          }
        },
      });
    });
    await page.goto(site.url);
    await site.drop('long.pcap', plainPcap(20_000));
    await waitForState(page, 'done');
    await expect.poll(() => page.getByTestId('list-count').textContent()).toBe('20,000');
    await page.locator('.list-row').first().waitFor();
    await page.waitForFunction(
      () => (globalThis as unknown as { heldRowOf: unknown[] }).heldRowOf.length > 0,
    );
    await page.locator('.list-scroll').evaluate((element) => {
      element.scrollTop = element.scrollHeight;
    });
    const last = page.locator('.list-row[aria-rowindex="20001"]');
    await last.waitFor();
    await page.evaluate(() => (globalThis as unknown as { openRowOf(): void }).openRowOf());
    await page.evaluate(() => globalThis.whither.api.rowOf(0));
    await page.evaluate(
      () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
    );
    await last.waitFor({ timeout: 2000 });
  });
});

describe('choosing a file', () => {
  it('opens the same file again', async () => {
    await page.goto(site.url);
    const choose = async () => {
      const input = page.locator('input[type="file"]');
      await input.setInputFiles({
        name: 'plain.pcap',
        mimeType: 'application/octet-stream',
        buffer: Buffer.from(plainPcap(30)),
      });
    };
    await choose();
    await waitForState(page, 'done');
    await page.getByTitle('To the start screen').click();
    expect(await page.locator('input[type="file"]').inputValue()).toBe('');
    await choose();
    await waitForState(page, 'done');
  });
});

describe('bad input', () => {
  it('keeps the capture that is open when the file dropped on it is none', async () => {
    await site.openSample();
    const rows = await page.getByTestId('list-count').textContent();
    await site.drop('notes.txt', Buffer.from('these are not the packets'));
    await page.getByText('What was open stays open.').waitFor();
    expect(await page.getByTestId('list-count').textContent()).toBe(rows);
    await page.locator('.list-row').nth(3).click();
    await expect.poll(() => new URL(page.url()).searchParams.get('journey')).not.toBeNull();
    await page.getByRole('button', { name: 'Dismiss' }).click();
    await site.drop('plain.pcap', plainPcap(20));
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
      await page.goto(site.url);
      await site.drop(name, bytes);
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
      // Of nothing there is nothing to give.
      for (const name of ['Share', 'For Wireshark']) {
        const button = page.getByRole('button', { name, exact: true });
        expect([await button.isDisabled(), await button.getAttribute('title')]).toEqual([
          events === 0,
          events === 0 ? 'Nothing of it could be read' : expect.any(String),
        ]);
      }
      // The page is as good as before: a proper capture opens.
      await site.drop('plain.pcap', plainPcap(3));
      await page.locator('[data-testid="source"] h1', { hasText: 'plain.pcap' }).waitFor();
      await waitForState(page, 'done');
      await expect.poll(() => page.locator('.problem').count()).toBe(0);
    },
  );

  it('a TLV that overruns its area is named, and the TLVs before it stay', async () => {
    await site.openSample();
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
    await page.goto(`${site.url}?source=sample:nothing-like-it&journey=99&at=999&hop=x`);
    await page.locator('.problem').first().waitFor();
    await page.locator('[data-sample="edge"]').click();
    await waitForState(page, 'done');
    expect(new URL(page.url()).search).toContain('source=sample%3Aedge');
  });
});
