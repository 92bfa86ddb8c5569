/** Types of a program that is loaded, from the agent: a struct of the lab's, and the kernel's. */
import { existsSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { labMissing, startAgent, type RunningAgent } from './agent.ts';
import { launchBrowser, openPage, type WatchedPage } from './browser.ts';
import { waitForState } from './look.ts';

const missing = labMissing();
const required = process.env['WHITHER_REQUIRE_KERNEL'] === '1';
const POLL = { timeout: 30_000 };
/** Of struct edge_counts, which maps of the lab's programs hold. */
const FIRST_FIELD = 'xdp';

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

    it('a struct of a loaded program becomes a schema that live areas are read by', async () => {
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
      await dialog.getByLabel('Search types').fill('edge_counts');
      await dialog
        .getByRole('list', { name: 'Types', exact: true })
        .getByRole('button', { name: /edge_counts/ })
        .click();
      if (process.env.WHITHER_SHOTS !== undefined)
        await page.screenshot({ path: `${process.env.WHITHER_SHOTS}/types-live.png` });
      await dialog.getByRole('button', { name: 'As the schema' }).click();
      const names = () => page.evaluate(() => globalThis.whither.state.newest?.tlvNames ?? []);
      await expect.poll(names, POLL).toContain(FIRST_FIELD);
      // The program's areas begin with a TLV of type 1 and length 8: so does the first of three numbers of 8 bytes.
      const value = dialog.locator('.schema-tlvs tr', { hasText: FIRST_FIELD }).first().locator('td').last();
      await expect.poll(async () => Number(BigInt(await value.innerText()) & 0xffffn), POLL).toBe(0x0801);
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
