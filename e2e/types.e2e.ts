/** Types of a program that is loaded, from the agent: those of the lab's own, on what it writes. */
import { existsSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { labMissing, startAgent, type RunningAgent } from './agent.ts';
import { launchBrowser, openPage, type WatchedPage } from './browser.ts';
import { waitForState } from './look.ts';

const missing = labMissing();
const required = process.env['WHITHER_REQUIRE_KERNEL'] === '1';
const POLL = { timeout: 30_000 };

describe.skipIf(missing !== null && !required)(
  `types of this host${missing === null ? '' : ` (${missing})`}`,
  () => {
    let agent: RunningAgent;
    let browser: Browser;
    let watched: WatchedPage;
    let page: Page;

    beforeAll(async () => {
      agent = await startAgent(['serve', '--lab', 'edge']);
      browser = await launchBrowser();
      watched = await openPage(browser);
      ({ page } = watched);
      await page.goto(agent.link);
      await waitForState(page, 'live');
    });
    afterAll(async () => {
      await browser.close();
      await agent.stop();
    });

    it('the struct of a loaded program becomes the schema of what it writes', async () => {
      await expect
        .poll(() => page.evaluate(() => globalThis.whither.state.newest?.events ?? 0), POLL)
        .toBeGreaterThan(50);
      await page.keyboard.press('s');
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('tab', { name: 'Types' }).click();
      await dialog
        .getByRole('list', { name: 'Loaded programs' })
        .getByRole('button', { name: /edge_xdp#\d+$/ })
        .first()
        .click();
      await dialog.getByLabel('Search types').fill('edge_area');
      await dialog
        .getByRole('list', { name: 'Types', exact: true })
        .getByRole('button', { name: /edge_area/ })
        .click();
      if (process.env.WHITHER_SHOTS !== undefined)
        await page.screenshot({ path: `${process.env.WHITHER_SHOTS}/types-live.png` });
      await dialog.getByRole('button', { name: 'As the schema' }).click();
      const names = () => page.evaluate(() => globalThis.whither.state.newest?.tlvNames ?? []);
      await expect.poll(names, POLL).toContain('verdict_type');
      // What follows is read by it as well: 2 is the type of a verdict, 1 its length.
      const areas = dialog.locator('.schema-tlvs tr', { hasText: 'verdict_type' });
      await expect
        .poll(async () => (await areas.first().locator('td').last().textContent()) ?? '', POLL)
        .toBe('2');
      expect(watched.faults).toEqual([]);
    });

    it.skipIf(!existsSync('/sys/kernel/btf/vmlinux'))(
      'the kernel’s are searched as they are typed',
      async () => {
        const dialog = page.getByRole('dialog');
        await dialog.getByRole('tab', { name: 'Types' }).click();
        await dialog.getByRole('button', { name: 'The kernel’s' }).click();
        await dialog.getByLabel('Search types').fill('xdp_md');
        await dialog.getByRole('button', { name: /struct xdp_md/ }).click();
        await dialog.getByRole('table', { name: 'Fields' }).getByText('data_meta').waitFor();
        expect(watched.faults).toEqual([]);
      },
    );
  },
);
