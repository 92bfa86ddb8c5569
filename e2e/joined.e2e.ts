/** Two agents on two edge labs, each under its own host name, and one page that shows both: packets, hops, and their links. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { labMissing, startAgent, type RunningAgent } from './agent.ts';
import { launchBrowser, openPage, type WatchedPage } from './browser.ts';
import { waitForState } from './look.ts';

const missing = labMissing();
const required = process.env['WHITHER_REQUIRE_KERNEL'] === '1';
const POLL = { timeout: 30_000 };
const SHOTS = process.env['WHITHER_SHOTS'];

describe.skipIf(missing !== null && !required)(
  `two agents on one page${missing === null ? '' : ` (${missing})`}`,
  () => {
    let near: RunningAgent;
    let far: RunningAgent;
    let browser: Browser;
    let watched: WatchedPage;
    let page: Page;

    beforeAll(async () => {
      far = await startAgent(['serve', '--lab', 'edge'], { hostname: 'edge-b' });
      near = await startAgent(['serve', '--lab', 'edge', '--join', far.link], { hostname: 'edge-a' });
      browser = await launchBrowser();
      watched = await openPage(browser);
      ({ page } = watched);
      await page.goto(near.link);
    });
    afterAll(async () => {
      await browser.close();
      await near.stop();
      await far.stop();
    });

    /** Events by the host of their hop. */
    const byHost = () =>
      page.evaluate(() => {
        const counts: Record<string, number> = {};
        for (const { host, events } of globalThis.whither.state.newest?.hops ?? [])
          counts[host] = (counts[host] ?? 0) + events;
        return counts;
      });
    const problems = () => page.evaluate(() => globalThis.whither.state.newest?.problems ?? []);
    const shot = async (name: string) => {
      if (SHOTS !== undefined) await page.screenshot({ path: `${SHOTS}/${name}.png` });
    };

    it('both are live, and each hop is of its host', async () => {
      await waitForState(page, 'live');
      for (const host of ['edge-a', 'edge-b'])
        await expect.poll(async () => (await byHost())[host] ?? 0, POLL).toBeGreaterThan(300);
      expect(Object.keys(await byHost()).sort()).toEqual(['edge-a', 'edge-b']);
      await page.locator('.joined-agent[data-link="live"]', { hasText: 'edge-b' }).waitFor();
      expect(await problems()).toEqual([]);
      await shot('joined');
    });

    it('a click on an agent asks for its host alone', async () => {
      const chip = page.locator('button.joined-agent');
      await chip.click();
      await page.waitForFunction(() => globalThis.whither.state.link.where === 'host == "edge-b"');
      const hosts = await page.evaluate(async () => {
        const { api, state } = globalThis.whither;
        const rows = await api.rows(0, 200);
        const hops = state.newest?.hops ?? [];
        const seen = new Set<string>();
        for (const journey of Array.from(rows.journey).slice(0, 20)) {
          const detail = await api.journey(journey);
          for (const { hop } of detail.hops) seen.add(hops[hop]?.host ?? '');
        }
        return [...seen];
      });
      expect(hosts).toEqual(['edge-b']);
      await shot('joined-filter');
      await chip.click();
    });

    it('an agent that ends is said to be gone, the other goes on', async () => {
      await far.stop();
      const chip = page.locator('.joined-agent[data-link="connecting"]', { hasText: 'edge-b' });
      await chip.filter({ hasText: 'does not answer' }).waitFor();
      const before = (await byHost())['edge-a'] ?? 0;
      await expect.poll(async () => (await byHost())['edge-a'] ?? 0, POLL).toBeGreaterThan(before);
      await waitForState(page, 'live');
      await shot('joined-cut');
    });
  },
);
