/** The frame of the page: widths of panes, small windows, a worker that dies, the keyboard. No agent. */
import type { Page } from 'playwright-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { HOOKS } from '#core/format/hooks.ts';
import { allRows, waitForState } from './look.ts';
import { StaticPage } from './static-page.ts';

const site = new StaticPage();
let page: Page;
beforeEach(() => {
  ({ page } = site);
});

describe('the panes', () => {
  it('are made wider with the arrow keys, and stay so', async () => {
    await site.openSample();
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

  it('have more room when the path is made lower, which stays so', async () => {
    await site.openSample();
    const heightOf = () => page.locator('[data-pane="path"]').evaluate((pane) => pane.clientHeight);
    const before = await heightOf();
    const separator = page.getByRole('separator', { name: 'Height of the path' });
    await separator.focus();
    await page.keyboard.press('ArrowUp');
    const after = await heightOf();
    // One press is seen, though the path may have been higher than it is.
    expect(after).toBeLessThan(before);
    await page.reload();
    await waitForState(page, 'done');
    await expect.poll(heightOf).toBe(after);
    await separator.focus();
    await page.keyboard.press('Home');
    await expect.poll(heightOf).toBe(before);
  });

  it.each(['edge', 'forward', 'sniffed-flow', 'taps', 'two-writers'])(
    'at 1280 × 720 have eight rows of the matrix of %s, eight of the list, and all of its path in view',
    async (sample) => {
      await page.goto(`${site.url}?source=sample:${sample}`);
      await waitForState(page, 'done');
      await page.locator('.matrix').waitFor();
      const inView = () =>
        page.evaluate(() => {
          const count = (rows: string, within: string) => {
            const { bottom } = document.querySelector(within)!.getBoundingClientRect();
            const all = [...document.querySelectorAll(rows)];
            return Math.min(all.filter((row) => row.getBoundingClientRect().bottom <= bottom + 1).length, 8);
          };
          const { clientHeight, scrollHeight } = document.querySelector('.path-scroll')!;
          const listed = globalThis.whither.state.newest!.listed;
          return {
            matrix: count('.matrix tbody tr', '[data-pane="journey"]'),
            list: count('.list-row', '[data-pane="list"]') === Math.min(8, listed),
            hidden: scrollHeight - clientHeight,
          };
        });
      await expect.poll(inView).toEqual({ matrix: 8, list: true, hidden: 0 });
    },
  );

  it('say of a journey a line or three, and all of it when that is asked for', async () => {
    await page.setViewportSize({ width: 1280, height: 720 });
    await page.goto(`${site.url}?source=sample:sniffed-flow&harm=lost`);
    await waitForState(page, 'done');
    const said = page.locator('.verdict-text');
    const heightOf = () => said.evaluate((text) => text.clientHeight);
    await page.getByRole('button', { name: 'more', exact: true }).click();
    const whole = await heightOf();
    await page.getByRole('button', { name: 'less', exact: true }).click();
    expect(await heightOf()).toBeLessThan(whole);
  });

  it('show the first TLV at 1280 px without scrolling', async () => {
    await site.openSample();
    const value = page.locator('.list-row [data-column="0"]').first();
    await value.waitFor();
    const [cell, pane] = [await value.boundingBox(), await page.locator('.list-scroll').boundingBox()];
    expect((cell?.x ?? 0) + (cell?.width ?? 0)).toBeLessThanOrEqual((pane?.x ?? 0) + (pane?.width ?? 0));
  });
});

describe('a small window', () => {
  it.each([
    [640, 360],
    [320, 256],
  ])('of %i × %i has every pane below the other, within its width', async (width, height) => {
    await page.setViewportSize({ width, height });
    await site.openSample();
    await page.locator('.matrix').waitFor();
    // That of the area is one line until it is opened.
    const boxes = await page.$$eval('[data-pane]:not([data-pane="area"])', (panes) =>
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

describe('a page that is narrow', () => {
  it.each([861, 800, 640])('by %i pixels does not scroll sideways into nothing', async (width) => {
    await page.setViewportSize({ width, height: 600 });
    await site.openSample();
    await page.locator('.matrix').waitFor();
    const [wide, high] = await page.evaluate(() => {
      const { scrollWidth, scrollHeight, clientHeight } = document.documentElement;
      return [scrollWidth, scrollHeight - clientHeight];
    });
    expect(wide).toBeLessThanOrEqual(width);
    // Of a window that has room for the panes beside each other nothing is below it either.
    if (width > 800) expect(high).toBe(0);
  });

  it.each([1280, 1024])(
    'by %i pixels has all tools of the list, also with marks and an order',
    async (width) => {
      await page.setViewportSize({ width, height: 720 });
      await page.goto(`${site.url}?source=sample:edge&sort=tlv.verdict`);
      await waitForState(page, 'done');
      await page.locator('.list-row').first().click();
      await page.keyboard.press('v');
      await page.getByRole('button', { name: /marked/ }).waitFor();
      const [pane, ...tools] = await page.$$eval('.list-tools, .list-tools > *', (all) =>
        all.map((one) => Math.floor(one.getBoundingClientRect().right)),
      );
      expect(Math.max(...tools)).toBeLessThanOrEqual(pane!);
      expect(await page.locator('.list-head [aria-sort]').textContent()).toMatch(/^verdict *[▴▾]$/);
    },
  );
});

it('with forced colours still says the parts of the buffer and of the area by colour', async () => {
  await page.emulateMedia({ forcedColors: 'active' });
  await site.openSample();
  await page.locator('.room-parts .room-area').waitFor();
  const grounds = await page.$$eval(
    '.room-parts i, .hex[aria-label$="of the area"] .byte:is([class*="stripe-"], .typed)',
    (all) => all.map((one) => getComputedStyle(one)).map((look) => look.background + look.forcedColorAdjust),
  );
  expect(grounds.every((look) => look.endsWith('none'))).toBe(true);
  expect(new Set(grounds).size).toBeGreaterThanOrEqual(5);
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
    await site.openSample();
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
    await page.goto(site.url);
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
    return page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? null);
  }
  function focusedText(): Promise<string | null> {
    return page.evaluate(() => document.activeElement?.textContent ?? null);
  }
});

describe('on paper', () => {
  it.each([
    ['upright', 718],
    ['across', 1046],
  ])('%s, everything is within the sheet, light and whole', async (_how, width) => {
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.goto(`${site.url}?source=sample:forward`);
    await waitForState(page, 'done');
    await page.locator('.matrix').waitFor();
    await page.keyboard.press('1');
    await page.keyboard.press('+');
    const larger = await page.locator('.path-drawing').evaluate((drawing) => drawing.clientWidth);
    await page.setViewportSize({ width, height: width === 718 ? 1046 : 718 });
    // As the browser does before it lays out the sheets.
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
    const beyond = await page.evaluate(() => {
      const seen = [...document.querySelectorAll('.app *')].filter((one) => one.checkVisibility());
      return seen
        .filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
        .map((one) => one.getAttribute('class') ?? one.tagName);
    });
    expect(beyond).toEqual([]);
    const tops = await page.evaluate(() =>
      ['.path-drawing', '.list-rows', '.matrix', '.bytes-body'].map((one) => {
        const { top, bottom } = document.querySelector(one)!.getBoundingClientRect();
        return { top, bottom };
      }),
    );
    // One below the other, each with a height of its own: nothing is scrolled, nothing lies upon anything.
    for (const [i, { top, bottom }] of tops.entries()) {
      expect(bottom).toBeGreaterThan(top + 20);
      expect(top).toBeGreaterThanOrEqual(tops[i - 1]?.bottom ?? 0);
    }
    const inks = await page.evaluate(() => getComputedStyle(document.querySelector('.path-title')!).fill);
    expect(inks).toBe('rgb(23, 25, 28)');
    await page.evaluate(() => dispatchEvent(new Event('afterprint')));
    await page.emulateMedia({ media: 'screen', colorScheme: 'dark' });
    await page.setViewportSize({ width: 1280, height: 720 });
    await expect
      .poll(() => page.locator('.path-drawing').evaluate((drawing) => drawing.clientWidth))
      .toBe(larger);
    expect(await page.evaluate(() => getComputedStyle(document.querySelector('.path-title')!).fill)).toBe(
      'rgb(233, 234, 236)',
    );
  });
});
