/** The address while keys are held, while somebody leaves, and where the path is scrolled to. */
import { expect, it, onTestFinished } from 'vitest';
import type { Page } from 'playwright-core';
import { launchBrowser, openPage } from './browser.ts';
import { waitForState } from './look.ts';
import { StaticPage } from './static-page.ts';

const site = new StaticPage();
const parameter = (name: string, page = site.page) => new URL(page.url()).searchParams.get(name);
/** Of the link, without its run. */
const journey = () => parameter('journey')?.split('@')[0];
const chosen = () => site.page.evaluate(() => globalThis.whither.state.detail?.id);

async function open(query = ''): Promise<void> {
  const { page } = site;
  await page.goto(`${site.url}?source=sample:edge${query}`);
  await waitForState(page, 'done');
  await page.locator('.matrix').waitFor();
  await expect.poll(() => parameter('capture')).not.toBeNull();
}

/** How often the address was written from now on. */
async function countWrites(): Promise<() => Promise<number>> {
  await site.page.evaluate(() => {
    document.body.dataset['writes'] = '0';
    for (const name of ['pushState', 'replaceState'] as const) {
      const real = history[name].bind(history);
      history[name] = (...args) => {
        document.body.dataset['writes'] = String(Number(document.body.dataset['writes']) + 1);
        real(...args);
      };
    }
  });
  return () => site.page.evaluate(() => Number(document.body.dataset['writes']));
}

/** As a keyboard repeats it. */
async function hold(key: string, times: number): Promise<void> {
  for (let i = 0; i < times; i++) await site.page.keyboard.down(key);
  await site.page.keyboard.up(key);
}

/** The journey that is chosen when all presses were taken. */
async function rested(): Promise<string> {
  const read = () => site.page.evaluate(() => String(globalThis.whither.state.selection?.id.lo));
  let before = '';
  for (let now = await read(); now !== before; now = await read()) {
    before = now;
    await site.page.waitForTimeout(300);
  }
  return before;
}

it('an arrow key that is held writes few addresses; the last is right, and Back and Forward are', async () => {
  await open();
  const { page } = site;
  await page.locator('.list-row').first().click();
  await expect.poll(() => journey()).toBe('1');
  // A walk of its own: behind the pause it is a step.
  await page.waitForTimeout(1600);
  const writes = await countWrites();
  await page.locator('.list-scroll').focus();
  const from = performance.now();
  await hold('ArrowDown', 180);
  const last = await rested();
  await expect.poll(() => journey()).toBe(last);
  const written = await writes();
  expect(written).toBeLessThanOrEqual(14 + (performance.now() - from) / 400);
  expect(written).toBeLessThan(100);
  const row = () =>
    page.evaluate(() => globalThis.whither.api.rowOf(globalThis.whither.state.selection!.journey));
  expect(await row()).toBeGreaterThan(150);
  await page.goBack();
  await expect.poll(chosen).toBe('1');
  await page.goForward();
  await expect.poll(chosen).toBe(last);

  // Back before the address was written: what was waiting is found by Forward, and not where Back leads to.
  await page.waitForTimeout(1600);
  const next = await page.evaluate(async () => {
    const wanted = () => String(globalThis.whither.state.selection?.id.lo);
    const said = () => new URLSearchParams(location.search).get('journey')?.split('@')[0];
    const list = document.querySelector('.list-scroll')!;
    let presses = 0;
    do {
      list.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowUp', bubbles: true }));
      await new Promise((resolve) => setTimeout(resolve, 15));
    } while (++presses < 150 && said() === wanted());
    const found = said() === wanted() ? 'always written' : wanted();
    history.back();
    return found;
  });
  expect(next).toMatch(/^\d+$/);
  await expect.poll(chosen).toBe(last);
  await page.waitForTimeout(600);
  expect(journey()).toBe(last);
  await page.evaluate(() => history.forward());
  await expect.poll(chosen).toBe(next);
  expect(journey()).toBe(next);
});

it('whoever looks at the address or leaves finds it written', async () => {
  await open();
  const { page } = site;
  await page.locator('.list-scroll').focus();
  const looked = await page.evaluate(async () => {
    const wanted = () => String(globalThis.whither.state.selection?.id.lo);
    const said = () => new URLSearchParams(location.search).get('journey')?.split('@')[0];
    const list = document.querySelector('.list-scroll')!;
    let presses = 0;
    // Until one is not written yet.
    do {
      list.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowDown', bubbles: true }));
      await new Promise((resolve) => setTimeout(resolve, 15));
    } while (++presses < 150 && said() === wanted());
    const before = said() === wanted();
    // As when the browser's address line takes the focus.
    dispatchEvent(new Event('blur'));
    return { before, after: said() === wanted(), presses };
  });
  expect(looked).toMatchObject({ before: false, after: true });
  // A few are written at once.
  expect(looked.presses).toBeGreaterThan(5);
});

const view = (page: Page) =>
  page.locator('.path-scroll').evaluate((scroll) => ({
    left: scroll.scrollLeft / scroll.scrollWidth,
    width: scroll.scrollWidth,
  }));

it('a link has where the path is scrolled to, in a window of another size as well, until somebody scrolls', async () => {
  await open('&scale=3');
  const { page } = site;
  await expect.poll(async () => (await view(page)).width).toBeGreaterThan(3000);
  expect(parameter('pan')).toBeNull();
  await page.locator('.path-scroll').evaluate((scroll) => scroll.scrollTo(0.4 * scroll.scrollWidth, 0));
  await expect.poll(() => parameter('pan')).toBe('400');
  expect(parameter('v')).toBe('7');

  const second = await launchBrowser();
  onTestFinished(() => second.close());
  const receiver = await openPage(second, { width: 1920, height: 1080 });
  await receiver.page.goto(page.url());
  await waitForState(receiver.page, 'done');
  await expect.poll(async () => (await view(receiver.page)).width).toBeGreaterThan(5000);
  await expect.poll(async () => (await view(receiver.page)).left).toBeCloseTo(0.4, 2);
  await receiver.page.setViewportSize({ width: 1280, height: 720 });
  await expect.poll(async () => (await view(receiver.page)).width).toBeLessThan(4500);
  await expect.poll(async () => (await view(receiver.page)).left).toBeCloseTo(0.4, 2);
  // Nobody scrolled: the link is as it came.
  await receiver.page.waitForTimeout(600);
  expect(receiver.page.url()).toBe(page.url());
  expect(receiver.faults).toEqual([]);

  // A step, behind it another place: Back leads to the one before.
  await page.keyboard.press('m');
  await expect.poll(() => parameter('meta')).toBe('with');
  await page.locator('.path-scroll').evaluate((scroll) => scroll.scrollTo(0.1 * scroll.scrollWidth, 0));
  await expect.poll(() => parameter('pan')).toBe('100');
  await page.goBack();
  await expect.poll(async () => (await view(page)).left).toBeCloseTo(0.4, 2);
  expect(parameter('pan')).toBe('400');
  // The whole path is at its beginning.
  await page.getByRole('button', { name: 'whole path' }).click();
  await expect.poll(() => [parameter('pan'), parameter('scale')]).toEqual([null, null]);
});
