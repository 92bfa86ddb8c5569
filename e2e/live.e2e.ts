/** The page live, on the edge lab of this kernel: packets arrive, the cable is cut and mended, nothing is lost. */
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CELL } from '#workers/api.ts';
import { inspectFile, labMissing, startAgent, type RunningAgent } from './agent.ts';
import { launchBrowser, openPage, type WatchedPage } from './browser.ts';
import { allRows, inspectAll, matrix, pathTable, waitForState } from './look.ts';
import { startProxy, type TcpProxy } from './tcp-proxy.ts';

const missing = labMissing();
const required = process.env['WHITHER_REQUIRE_KERNEL'] === '1';
/** What Chromium logs when a connection is refused: the test cuts the cable on purpose. */
const CUT = /WebSocket connection to .* failed|net::ERR_(CONNECTION|SOCKET|EMPTY)/;
const POLL = { timeout: 30_000 };
const COMPARED_ROWS = 60;
/** Several Updates long: what the browser scrolls by itself comes a frame or two later. */
const SETTLE_MS = 700;
const ASSETS = path.join(import.meta.dirname, '../dist/page/assets');
/** Scripts for what is not live: files and their names, shares, other pages; and for the console. */
const NOT_LIVE =
  /^(?:file-reader\.worker|digest|named-fields|arrived?|fragment|unpack|offer|stored|share-gone)-/;

describe.skipIf(missing !== null && !required)(
  `live on the edge lab${missing === null ? '' : ` (${missing})`}`,
  () => {
    let agent: RunningAgent;
    let proxy: TcpProxy;
    let browser: Browser;
    let watched: WatchedPage;
    let page: Page;
    let folder: string;

    beforeAll(async () => {
      folder = await mkdtemp(path.join(os.tmpdir(), 'whither-e2e-'));
      agent = await startAgent(['serve', '--lab', 'edge']);
      proxy = await startProxy(new URL(agent.link));
      browser = await launchBrowser([proxy.browserSwitch]);
      watched = await openPage(browser, { allow: CUT });
      ({ page } = watched);
      await page.goto(agent.link);
    });
    afterAll(async () => {
      await browser.close();
      await proxy.close();
      await agent.stop();
      await rm(folder, { recursive: true });
    });

    const events = () => page.evaluate(() => globalThis.whither.state.newest?.events ?? 0);

    it('packets appear, on both lanes', async () => {
      expect(new URL(page.url()).search).toBe('?source=live');
      await waitForState(page, 'live');
      await expect.poll(events, POLL).toBeGreaterThan(200);
      await expect
        .poll(async () => {
          const hops = await pathTable(page);
          return ['Rx', 'Tx'].map(
            (lane) => hops.filter((hop) => hop.lane === lane && hop.packets > 0).length,
          );
        }, POLL)
        .toEqual([9, 7]);
    });

    it('this host is offered on the start screen, and opens', async () => {
      await page.goto(`${new URL(agent.link).origin}/`);
      await page.getByRole('button', { name: /Connect to this host/ }).click();
      await waitForState(page, 'live');
      expect(new URL(page.url()).search).toBe('?source=live');
      await expect.poll(events, POLL).toBeGreaterThan(200);
    });

    it('a journey shows the four TLVs and where each appeared', async () => {
      const names = () => page.evaluate(() => globalThis.whither.state.newest?.tlvNames.join(' '));
      await expect.poll(names, POLL).toBe('trace_id verdict origin tenant');
      // Those that came while the probe was still attaching its hooks were not seen from the first one on.
      const wholeJourney = () =>
        page.evaluate(async (present) => {
          const { api, state } = globalThis.whither;
          const first = state.newest?.hops.find((hop) => hop.label === 'GRO in')?.index ?? -1;
          const rows = await api.rows(0, 400);
          const row = Array.from(rows.journey).findIndex(
            (_, i) =>
              (rows.cells[i * rows.hops + first] ?? 0) >= present &&
              rows.tlv.every((column) => column[i] !== ''),
          );
          return row < 0 ? '' : String((BigInt(rows.idHi[row] ?? 0) << 32n) | BigInt(rows.idLo[row] ?? 0));
        }, CELL.present);
      await expect.poll(wholeJourney, POLL).not.toBe('');
      const id = await wholeJourney();
      await page.goto(`${new URL(agent.link).origin}/?source=live&journey=${id}`);
      await page.locator('.matrix').waitFor();
      await expect.poll(async () => [...(await matrix(page)).keys()], POLL).toContain('tenant');
      const cells = await matrix(page);
      const headings = await page.$$eval('.matrix thead th', (all) =>
        all.slice(1).map((th) => th.textContent),
      );
      const writtenAt = (name: string) =>
        headings[(cells.get(name) ?? []).findIndex((text) => text.startsWith('+'))];
      for (const name of ['trace_id', 'verdict', 'origin']) {
        expect(writtenAt(name), name).toContain('GRO in');
      }
      // Seen behind the program, or where what it dropped was freed.
      expect(writtenAt('tenant')).toMatch(/tcx ingress, last|dropped/);
    });

    it('pausing freezes the view, not the capture', async () => {
      await page.getByRole('button', { name: 'Pause view' }).click();
      const shown = await page.getByTestId('list-count').textContent();
      const before = await events();
      await expect.poll(events, POLL).toBeGreaterThan(before + 50);
      expect(await page.getByTestId('list-count').textContent()).toBe(shown);
      expect(await page.locator('.badge').textContent()).toMatch(/^\+\d/);
      await page.getByRole('button', { name: 'Resume view' }).click();
      await expect.poll(() => page.getByTestId('list-count').textContent(), POLL).not.toBe(shown);
    });

    it('following goes on when a hop is chosen or the window is resized, and ends with a turn of the wheel', async () => {
      const follow = page.getByRole('button', { name: 'follow', exact: true });
      const pressed = () => follow.getAttribute('aria-pressed');
      if ((await pressed()) !== 'true') await follow.click();
      const newest = () => page.locator('.list-row').last().textContent();
      for (const hook of ['local_in', 'prerouting']) {
        for (let times = 0; times < 2; times++) {
          await page.locator(`.station-button[aria-label*="nf/${hook}:"]`).click();
          await page.waitForTimeout(SETTLE_MS);
          expect(await pressed(), hook).toBe('true');
        }
      }
      for (const [width, height] of [
        [1920, 1080],
        [1024, 768],
        [1280, 720],
      ] as const) {
        await page.setViewportSize({ width, height });
        await page.waitForTimeout(SETTLE_MS);
        expect(await pressed(), `${width} × ${height}`).toBe('true');
      }
      const before = await newest();
      await expect.poll(newest, POLL).not.toBe(before);
      await page.locator('.list-scroll').hover();
      await page.mouse.wheel(0, -200);
      await expect.poll(pressed, POLL).toBe('false');
    });

    it('a cut cable is said, and once mended nothing is lost and nothing repeated', async () => {
      const connections = proxy.connections();
      for (let cuts = 0; cuts < 2; cuts++) {
        const before = await events();
        proxy.cut();
        await waitForState(page, 'reconnecting');
        proxy.restore();
        await waitForState(page, 'live');
        await expect.poll(events, POLL).toBeGreaterThan(before + 100);
      }
      expect(proxy.connections()).toBeGreaterThanOrEqual(connections + 2);
      const seen = await inspectAll(page);
      const rows = (await allRows(page)).slice(0, COMPARED_ROWS);

      const file = path.join(folder, 'spool.pcapng');
      const download = page.waitForEvent('download');
      await page.getByRole('link', { name: 'Download' }).click();
      await (await download).saveAs(file);
      const spooled = await inspectFile(file);
      expect(spooled.length).toBeGreaterThanOrEqual(seen.length);
      expect(seen).toEqual(spooled.slice(0, seen.length));

      // And the same bytes as a file give the same rows.
      await page.goto(`${new URL(agent.link).origin}/`);
      await page.locator('input[type="file"]').first().setInputFiles(file);
      await waitForState(page, 'done');
      expect((await allRows(page)).slice(0, COMPARED_ROWS)).toEqual(rows);
    });

    it('what a page may need when the agent has gone is loaded while it is there', async () => {
      const asked = new Set<string>();
      page.on('request', (request) => asked.add(new URL(request.url()).pathname.replace('/assets/', '')));
      await page.goto(agent.link);
      await waitForState(page, 'live');
      await expect.poll(events, POLL).toBeGreaterThan(200);
      const scripts = readdirSync(ASSETS).filter((name) => name.endsWith('.js'));
      const missed = () => scripts.filter((name) => !asked.has(name) && !NOT_LIVE.test(name));
      await expect.poll(missed, POLL).toEqual([]);
    });

    it('the lab leaves no namespace behind', async () => {
      const own = agent.namespaces();
      expect(own).toHaveLength(2);
      await agent.stop();
      const left = execFileSync('ip', ['netns', 'list'], { encoding: 'utf8' });
      for (const name of own) expect(left).not.toContain(name);
    });

    it('without the agent all that is in the page can be downloaded, noted and shared', async () => {
      await waitForState(page, 'reconnecting');
      const count = await events();
      const save = async (button: string): Promise<readonly unknown[]> => {
        const file = path.join(folder, `${button}.pcapng`);
        const download = page.waitForEvent('download');
        await page.getByRole('button', { name: button, exact: true }).click();
        await (await download).saveAs(file);
        return inspectFile(file);
      };
      const inPage = await inspectAll(page);
      expect(inPage).toHaveLength(count);
      expect(await save('Download')).toEqual(inPage);

      await page.keyboard.press('j');
      await page.keyboard.press('n');
      await page.getByRole('textbox', { name: 'Note' }).fill('before the agent ended');
      await page.keyboard.press('Control+Enter');
      await page.keyboard.press('u');
      await page.getByRole('button', { name: /Make it, and see/ }).click();
      await page.getByTestId('share-made').waitFor(POLL);
      expect(await save('Download pcapng')).toHaveLength(count);
      const html = page.waitForEvent('download');
      await page.getByRole('button', { name: 'Download page (HTML)' }).click();
      expect((await html).suggestedFilename()).toMatch(/^share-.*\.html$/);
      expect(await page.getByRole('dialog').getByRole('alert').allTextContents()).toEqual([]);
    });

    it('nothing was refused or logged on the way', () => {
      expect(watched.faults).toEqual([]);
    });
  },
);
