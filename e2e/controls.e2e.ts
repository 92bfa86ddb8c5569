/** What the agent captures, changed from the page, on the edge lab of this kernel. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { labMissing, startAgent, type RunningAgent } from './agent.ts';
import { launchBrowser, openPage, type WatchedPage } from './browser.ts';
import { headerClashes, waitForState } from './look.ts';

const missing = labMissing();
const required = process.env['WHITHER_REQUIRE_KERNEL'] === '1';
const POLL = { timeout: 30_000 };
const WIDTHS = [1920, 1600, 1599, 1400, 1280, 1200, 1199, 1024, 900, 801];
/** Chromium logs the 422 of a question that the agent does not take. */
const REFUSED = /status of 422/;

describe.skipIf(missing !== null && !required)(
  `capture controls${missing === null ? '' : ` (${missing})`}`,
  () => {
    let agent: RunningAgent;
    let browser: Browser;
    let watched: WatchedPage;
    let page: Page;

    beforeAll(async () => {
      agent = await startAgent(['serve', '--lab', 'edge']);
      browser = await launchBrowser();
      watched = await openPage(browser, { allow: REFUSED });
      ({ page } = watched);
      await page.goto(agent.link);
      await waitForState(page, 'live');
    });
    afterAll(async () => {
      await browser.close();
      await agent.stop();
      expect(watched.faults).toEqual([]);
    });

    const filter = () => page.evaluate(() => globalThis.whither.state.newest?.filter?.expression ?? null);
    const events = () => page.evaluate(() => globalThis.whither.state.newest?.events ?? 0);

    it('a filter that libpcap does not take is told at its place, and the capture goes on', async () => {
      await expect.poll(events, POLL).toBeGreaterThan(50);
      await page.keyboard.press('r');
      const field = page.locator('.controls input[name="filter"]');
      await field.fill('udpp');
      await page.getByRole('button', { name: 'Capture this' }).click();
      await page.locator('.controls-field .controls-error', { hasText: 'udpp' }).waitFor();
      expect(await field.getAttribute('aria-invalid')).toBe('true');
      expect(await filter()).toBeNull();
      const before = await events();
      await expect.poll(events, POLL).toBeGreaterThan(before);
      // What was wrong with another text is not said of this one.
      await field.fill('udp');
      expect(await page.locator('.controls-field .controls-error').count()).toBe(0);
      expect(await field.getAttribute('aria-invalid')).toBe('false');
    });

    it('names of hooks are completed, each of a list', async () => {
      const hooks = page.locator('.controls input[name="hooks"]');
      const choices = () =>
        hooks.evaluate((input: HTMLInputElement) =>
          [...(input.list?.options ?? [])].map(({ value }) => value),
        );
      expect(await choices()).toContain('nf/forward');
      await hooks.fill('tcx, nf');
      expect(await choices()).toContain('tcx, nf/forward');
      await hooks.fill('');
    });

    it('one that it takes is in force in the same capture, which says so', async () => {
      const before = await events();
      await page.getByRole('button', { name: 'Capture this' }).click();
      await page.locator('.controls').waitFor({ state: 'detached', timeout: 30_000 });
      await expect.poll(filter, POLL).toBe('udp');
      await page.locator('[data-testid="kept"]', { hasText: 'udp' }).waitFor();
      await expect.poll(events, POLL).toBeGreaterThan(before);
      // What came before is still there.
      expect(await page.evaluate(async () => (await globalThis.whither.api.rows(0, 1)).count)).toBe(1);
      const gaps = await page.evaluate(() => globalThis.whither.state.newest?.gaps ?? []);
      expect(gaps.some(({ count, leftOut }) => count === null && leftOut)).toBe(true);
      // Nothing went wrong.
      expect(await page.getByTestId('counts').textContent()).toContain('0 missed');
      await page.getByText('none missed', { exact: true }).waitFor();
    });

    it.each(['live', 'paused'])('the header has room for all of that while it is %s', async (how) => {
      if (how === 'paused') await page.getByRole('button', { name: 'Pause view' }).click();
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 768 });
        expect(await headerClashes(page), `${width} px`).toEqual([]);
        const chip = page.getByTestId('source');
        expect(await chip.textContent()).toMatch(new RegExp(`^${how}`));
        expect(await chip.evaluate((box) => box.scrollWidth - box.clientWidth)).toBeLessThanOrEqual(0);
        expect(await page.getByRole('button', { name: 'Keys and signs' }).boundingBox()).not.toBeNull();
      }
    });
  },
);
