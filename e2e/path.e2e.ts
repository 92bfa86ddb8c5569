/** The path, the matrix of many journeys, and bytes against bytes, on samples. No agent. */
import type { Page } from 'playwright-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { waitForState } from './look.ts';
import { StaticPage } from './static-page.ts';

const site = new StaticPage();
let page: Page;
beforeEach(() => {
  ({ page } = site);
});

async function open(query: string): Promise<void> {
  await page.goto(`${site.url}?${query}`);
  await waitForState(page, 'done');
  await page.locator('.path-segment').first().waitFor();
}

const where = () => new URL(page.url()).searchParams.get('where');
const listed = () => page.evaluate(() => globalThis.whither.state.newest?.listed);

describe('the path', () => {
  it('goes on over two devices in one row, and names the layers', async () => {
    await open('source=sample:forward');
    expect(await page.$$eval('.path-row', (rows) => rows.length)).toBe(1);
    expect(await page.$$eval('.path-title', (titles) => titles.map((one) => one.textContent))).toEqual([
      'in0',
      'out0',
    ]);
    const layers = await page.$$eval('.path-layer text', (all) => all.map((one) => one.textContent));
    expect(layers).toEqual(expect.arrayContaining(['GRO', 'tc', 'netfilter', 'qdisc', 'driver']));
    expect(await page.locator('.path-silent').textContent()).toContain('out0 Rx');
  });

  it('has room for every hop of the taps lab in 1280 pixels', async () => {
    await open('source=sample:taps');
    const [inner, outer] = await page
      .locator('.path-scroll')
      .evaluate((scroll) => [scroll.scrollWidth, scroll.clientWidth]);
    expect(inner).toBeLessThanOrEqual(outer);
  });

  it('filters by a cause where it happened, and by a band; again takes it away', async () => {
    await open('source=sample:forward');
    const callout = page.locator('.callout-lost');
    expect(await callout.locator('text').textContent()).toContain('1 clobbered: neigh_hh_output');
    const words = callout.locator('text');
    const place = await words.boundingBox();
    await callout.click();
    await expect.poll(listed).toBe(1);
    await expect.poll(() => page.locator('.filter-said').textContent()).toContain('Journeys where ');
    // What the filter line says of it moves nothing: the next click finds it where it was.
    expect(await words.boundingBox()).toEqual(place);
    expect(where()).toBe(
      'any(hop == "out0:tcx/egress@first" && state == clobbered && cause == neighbourHeader && known == implied)',
    );
    await callout.click();
    await expect.poll(listed).toBe(2);
    await page.locator('.path-segment').first().click();
    await expect.poll(where).toContain(' && any(hop == ');
    expect(await listed()).toBe(2);
  });

  it('keeps a journey that the filter does not pass, says so, and counts damage of those that do', async () => {
    await open('source=sample:forward');
    const harmed = '[data-pane="losses"] .loss-worst';
    await expect.poll(() => page.locator(harmed).textContent()).toContain('1 clobbered');
    await page.locator('.callout-lost').click();
    await expect.poll(listed).toBe(1);
    const chosen = () => page.evaluate(() => globalThis.whither.state.selection?.journey ?? -1);
    await page.locator('.list-row').first().click();
    const before = await chosen();
    await page.goto(page.url().replace(/where=[^&]*/, 'where=!(state+%3D%3D+clobbered)'));
    await waitForState(page, 'done');
    await page.locator('.journey-outside').waitFor();
    const [said, pane] = await Promise.all(
      ['.journey-outside', '.journey-pane'].map((one) => page.locator(one).boundingBox()),
    );
    expect(said!.x).toBeGreaterThanOrEqual(pane!.x);
    expect(await chosen()).toBe(before);
    await expect.poll(() => page.locator(harmed).textContent()).toBe('none');
    await page.getByRole('button', { name: 'show the first that does' }).click();
    await page.locator('.journey-outside').waitFor({ state: 'detached' });
    expect(await chosen()).not.toBe(before);
  });

  it('tells of damage that is out of sight, and goes there', async () => {
    await page.setViewportSize({ width: 1280, height: 600 });
    await open('source=sample:sniffed-flow');
    // The times between hops leave less room for it.
    await page.keyboard.press('d');
    const hidden = page.locator('.path-hidden');
    await hidden.waitFor();
    expect(await hidden.allTextContents()).toEqual(['✕ 16 lost below ↓']);
    await hidden.click();
    await hidden.waitFor({ state: 'detached' });
    expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toContain(
      '✕ 16 lost: pskb_expand_head for a TC program',
    );
    const inView = () =>
      page.evaluate(() => {
        const [box, callout] = ['.path-scroll', '.callout-lost'].map((one) =>
          document.querySelector(one)!.getBoundingClientRect(),
        );
        return callout!.bottom <= box!.bottom + 1;
      });
    expect(await inView()).toBe(true);
    // Where it is scrolled to is known behind its table as well.
    const asTable = page.locator('.path-pane').getByRole('button', { name: 'Table' });
    await asTable.click();
    await asTable.click();
    await page.locator('g.callout-lost').waitFor();
    await expect.poll(async () => (await hidden.count()) === ((await inView()) ? 0 : 1)).toBe(true);
  });

  it('ends a comparison by one key, says so, and has it back by Back', async () => {
    await open('source=sample:forward&where=len+%3E+1&compare=1&b=meta');
    await page.locator('.compare-bar').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('.compare-bar').waitFor({ state: 'detached' });
    expect(where()).toBe('len > 1');
    expect(await page.locator('.compare-ended').textContent()).toContain('The comparison has ended');
    await page.goBack();
    await page.locator('.compare-bar').waitFor();
    expect(new URL(page.url()).searchParams.get('b')).toBe('meta');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'compare again' }).click();
    await page.locator('.compare-bar').waitFor();
    // Of another filter it is another comparison.
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await page.locator('.compare-ended').waitFor({ state: 'detached' });
  });

  it('is walked by keys: to a band, to a cause, larger and back', async () => {
    await open('source=sample:sniffed');
    await page.keyboard.press('1');
    const label = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? '');
    await page.keyboard.press('Home');
    for (let step = 0; step < 40 && !(await label()).startsWith('lab0:napi_gro_receive'); step++) {
      await page.keyboard.press('ArrowRight');
    }
    await page.keyboard.press('e');
    expect(await label()).toContain('GRO in → netif_receive_skb: 2 journeys');
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowDown');
    expect(await label()).toContain('2 written: an XDP program');
    await page.keyboard.press('Enter');
    await expect.poll(where).toContain('state == written');
    const scroll = page.locator('.path-scroll');
    const room = () => scroll.evaluate(({ scrollWidth, clientWidth }) => scrollWidth / clientWidth);
    const letters = () =>
      page
        .locator('.station-label')
        .first()
        .evaluate((label) => getComputedStyle(label).fontSize);
    const small = await letters();
    // As far as it goes, and what has the focus is in view still, in letters of the same size.
    for (let step = 0; step < 6; step++) await page.keyboard.press('+');
    await expect.poll(room).toBeGreaterThan(3.5);
    expect(await letters()).toBe(small);
    const inView = (one: string) =>
      page.evaluate((selector) => {
        const mark = (
          selector === '' ? document.activeElement : document.querySelector(selector)
        )!.getBoundingClientRect();
        const view = document.querySelector('.path-scroll')!.getBoundingClientRect();
        return mark.right <= view.right && mark.left >= view.left;
      }, one);
    expect(await inView('')).toBe(true);
    // Walked to at the other end: there as well, with the name of the lane beside it.
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('End');
    await expect.poll(() => scroll.evaluate(({ scrollLeft }) => scrollLeft)).toBeGreaterThan(1000);
    expect([await inView(''), await inView('.path-title')]).toEqual([true, true]);
    expect(await page.locator('.path-zoom output').textContent()).toBe('Path 400 % as wide');
    await page.locator('.path-hidden', { hasText: 'to the left' }).click();
    await expect.poll(label).toContain('lost');
    expect(await inView('')).toBe(true);
    // The size is in the address when the hand has rested. Dragged it is scrolled, and nothing is chosen by that.
    await expect.poll(() => new URL(page.url()).searchParams.get('scale')).toBe('4');
    const before = [page.url(), await scroll.evaluate(({ scrollLeft }) => scrollLeft)];
    const { y } = (await page.locator('.path-segment').first().boundingBox())!;
    await page.mouse.move(800, y + 8);
    await page.mouse.down();
    await page.mouse.move(650, y + 8, { steps: 3 });
    await page.mouse.up();
    expect([page.url(), await scroll.evaluate(({ scrollLeft }) => scrollLeft - 150)]).toEqual(before);
    await page.keyboard.down('Control');
    await page.mouse.wheel(0, 200);
    await page.keyboard.up('Control');
    await expect.poll(room).toBeLessThan(3);
    await page.getByRole('button', { name: 'whole path (0)' }).click();
    await expect.poll(room).toBe(1);
    expect(await page.getByRole('button', { name: 'whole path (0)' }).count()).toBe(0);
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowDown');
    // The filter has drawn the causes anew, and the focus is on this one still.
    await expect.poll(label).toContain('2 written: an XDP program');
  });

  it('compares two sides: by a preset, in the link, with both numbers in its table', async () => {
    await open('source=sample:sniffed');
    await page.getByRole('button', { name: 'Compare…' }).click();
    await page.getByLabel('Sides to begin with').selectOption({ label: 'With and without trace_id' });
    await expect
      .poll(() => page.locator('.compare-side').allTextContents())
      .toEqual(['A2 journeys', 'B2 journeys']);
    const table = page.getByRole('table', { name: 'Path as a table' });
    const row = () => table.locator('tr[data-hop="lab0:netif_receive_skb"] td').allTextContents();
    await expect.poll(row).toEqual(['Rx', '2', '100 %', '', '0', '–', '', '–']);
    expect(await page.locator('.path-side').allTextContents()).toEqual(['A', 'B', 'A', 'B']);
    const link = page.url();
    expect(new URL(link).searchParams.get('a')).toBe('tlv.trace_id');
    await page.goto('about:blank');
    await page.goto(link);
    await expect.poll(row).toEqual(['Rx', '2', '100 %', '', '0', '–', '', '–']);
    await page.getByRole('button', { name: 'Stop comparing' }).click();
    await expect.poll(() => page.locator('.path-side').count()).toBe(0);
  });
});

describe('the matrix of all journeys of the list', () => {
  it('has share and values of each TLV at each hop, and a cell filters', async () => {
    await open('source=sample:forward');
    await page.getByRole('button', { name: /^all 2/ }).click();
    const tenant = page.locator('.shares tr[data-row="tenant"] td');
    await expect.poll(() => tenant.first().textContent()).toBe('100 % 1364349780+ 2');
    const clobbered = tenant.filter({ hasText: '~ 1' });
    expect(await clobbered.textContent()).toBe('100 % 2 values~ 1');
    await clobbered.click();
    await expect.poll(where).toBe('any(hop == "out0:tcx/egress@first" && tlv.tenant)');
  });
});

describe('the matrix of a journey that goes on in another', () => {
  it('has the cells of a hop below its name', async () => {
    await open('source=sample:stale');
    await page.locator('.matrix-parts').waitFor();
    const left = (cells: string) =>
      page.$$eval(cells, (all) => all.map((cell) => Math.round(cell.getBoundingClientRect().left)));
    const names = await left('.matrix thead tr:last-child > th');
    expect(names.length).toBeGreaterThan(8);
    expect(await left('.matrix tbody tr:first-child > *')).toEqual(names);
  });

  it('is walked by keys into that one and back', async () => {
    await open('source=sample:stale&journey=7&at=3');
    const name = page.locator('.matrix-parts .link');
    await name.waitFor();
    await page.keyboard.press('3');
    const said = () => page.evaluate(() => document.activeElement?.getAttribute('title')?.split('\n')[0]);
    await expect.poll(said).toBe('lab0:tcx/ingress@last');
    await page.keyboard.press('ArrowRight');
    const asked = () =>
      ['journey', 'at'].map((key) => new URL(page.url()).searchParams.get(key)?.replace(/@.*/, ''));
    await expect.poll(asked).toEqual(['9', '0']);
    await expect.poll(said).toBe('out0:tcx/egress@first');
    await page.keyboard.press('ArrowRight');
    await expect.poll(asked).toEqual(['9', '1']);
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    await expect.poll(asked).toEqual(['7', '3']);
    await expect.poll(said).toBe('lab0:tcx/ingress@last');
  });

  it('says that its metadata came with it, and by whom it was written alone where it was', async () => {
    await open('source=sample:stale&journey=9');
    const verdict = page.locator('.verdict');
    await expect
      .poll(() => verdict.textContent())
      .toMatch(/^Metadata came with it from journey 7 \(inferred\)/);
    expect(await page.locator('g.callout text').allTextContents()).toEqual([
      expect.stringMatching(/2 written: an XDP program/),
    ]);
    expect(await page.locator('.matrix tr', { hasText: 'state' }).textContent()).not.toContain('unknown');
  });
});

describe('bytes', () => {
  it('are compared with the hop before, byte by byte, and with bytes that are held', async () => {
    await open('source=sample:forward&journey=11&at=7');
    await page.getByTestId('diff-with').selectOption('hop -1');
    const said = page.locator('.diff-bar p');
    await expect.poll(() => said.textContent()).toContain('2 bytes differ: @14 52 → 00, @15 51 → 00');
    const marked = page.locator('.hex[aria-label$="of the area"] [data-differs]');
    expect(await marked.allTextContents()).toEqual(['00', '00']);
    await page.keyboard.press('4');
    await page.keyboard.press('d');
    await page.locator('.list-row').first().click();
    await page.locator('.matrix thead th', { hasText: 'forward' }).click();
    await expect.poll(() => said.textContent()).toContain('00 → 52');
  });

  it('are copied by keys as hex, as a C array and as JSON', async () => {
    await open('source=sample:forward&journey=5&at=0');
    await page.locator('.tlvs li').first().waitFor();
    await page.keyboard.press('4');
    const copied = () => page.evaluate(() => navigator.clipboard.readText());
    await page.keyboard.press('h');
    await expect.poll(copied).toMatch(/^[0-9a-f]{32}$/);
    const hex = await copied();
    await page.keyboard.press('a');
    await expect.poll(copied).toContain('metadata_area[16] = {');
    expect([...(await copied()).matchAll(/0x(..),/g)].map(([, byte]) => byte).join('')).toBe(hex);
    await page.keyboard.press('i');
    await expect.poll(copied).toContain('"journey"');
    expect((JSON.parse(await copied()) as { n: number }).n).toBe(1);
  });

  it('lie in a buffer that is drawn to scale', async () => {
    await open('source=sample:forward&journey=5&at=0');
    const bar = page.locator('.room-bar');
    expect(await bar.getAttribute('aria-label')).toBe(
      'From data_hard_start, to scale: free 240 B, metadata 16 B, packet 74 B, behind 54 B',
    );
    const whole = (await bar.boundingBox())!.width - 2;
    const free = (await bar.locator('.room-free').boundingBox())!.width;
    expect(free / whole).toBeCloseTo(240 / 384, 2);
    expect(await page.locator('.room-needs').textContent()).toContain('✓ VXLAN');
  });
});
