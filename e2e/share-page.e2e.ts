/** What is said of a share on the page: of one among several files, of one in a page that is dropped, and of notes in little room. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchBrowser, openPage } from './browser.ts';
import { waitForState } from './look.ts';
import { serveStatic, type StaticHost } from './static.ts';

const ROOT = path.join(import.meta.dirname, '..');
const AGENT = path.join(ROOT, 'dist/agent/whither.mjs');
const RAW = path.join(ROOT, 'public/samples/edge.pcapng');
let browser: Browser;
let host: StaticHost;
let folder: string;
/** A share in a page, and when it was to be deleted. */
let html: string;

beforeAll(async () => {
  host = await serveStatic();
  browser = await launchBrowser();
  folder = mkdtempSync(path.join(os.tmpdir(), 'whither-share-page-'));
  html = path.join(folder, 'shared.html');
  const made = `"${process.execPath}" "${AGENT}" share --html "${RAW}" --expires 1s > "${html}"`;
  execFileSync('sh', ['-c', made], { stdio: 'ignore' });
});
afterAll(async () => {
  await browser.close();
  await host.close();
  rmSync(folder, { recursive: true, force: true });
});

async function choose(page: Page, ...files: readonly string[]): Promise<void> {
  await page.goto(host.url);
  await page.locator('input[type=file]').first().setInputFiles(files);
  await waitForState(page, 'done');
}

it('a share in a page is opened from the page, and says that its time is over', async () => {
  const watched = await openPage(browser);
  const { page, faults } = watched;
  await choose(page, html);
  const line = page.getByRole('region', { name: 'Share' });
  await line.getByText(/^A share of /).waitFor();
  await line.getByText(/^Its time was over on .*: delete it\.$/).waitFor();
  expect(await page.evaluate(() => globalThis.whither.state.newest!.events)).toBeGreaterThan(100);
  expect(faults).toEqual([]);
  await watched.close();
});

it('with a capture that is none only it is said to be a share', async () => {
  const watched = await openPage(browser);
  const { page, faults } = watched;
  await choose(page, html, RAW);
  const line = page.getByRole('region', { name: 'Share' });
  const [name] = await page.evaluate(() =>
    globalThis.whither.state.newest!.files.map((file) => file.name).filter((one) => one !== 'edge.pcapng'),
  );
  await line.getByText(`${name} is a share of `).waitFor();
  expect(await line.textContent()).not.toContain('edge.pcapng is');
  expect(faults).toEqual([]);
  await watched.close();
});

it('a note has its sign alone where there is no room for words, and its lists are lists', async () => {
  const watched = await openPage(browser);
  const { page } = watched;
  await page.goto(`${host.url}?source=sample:edge`);
  await waitForState(page, 'done');
  await page.keyboard.press('j');
  await expect.poll(() => page.evaluate(() => globalThis.whither.state.link.journey)).not.toBeNull();
  await page.keyboard.press('n');
  await page.getByRole('textbox', { name: 'Note' }).fill('what is here and what is not\n\n- a\n- b');
  await page.keyboard.press('Control+Enter');
  const note = page.locator('.list-note');
  const seen = () =>
    note.evaluate((element) => {
      const [sign, words] = [...element.children].map((child) => child.getBoundingClientRect());
      const { bottom } = element.getBoundingClientRect();
      return { sign: sign!.top < bottom, words: words!.top < bottom, room: words!.width };
    });
  await page.setViewportSize({ width: 1600, height: 900 });
  await expect.poll(async () => (await seen()).words).toBe(true);
  await page.setViewportSize({ width: 1080, height: 900 });
  await expect.poll(async () => (await seen()).words).toBe(false);
  expect((await seen()).sign).toBe(true);
  await page.keyboard.press('y');
  const dialog = page.getByRole('dialog', { name: /^Report/ });
  const nested = dialog.locator('.report-notes .markdown li');
  await nested.first().waitFor();
  const lines = await nested.evaluateAll((items) =>
    items.map((item) => getComputedStyle(item).borderTopWidth),
  );
  expect(lines).toEqual(['0px', '0px']);
  // The report is as wide as its dialog.
  const width = (selector: string) =>
    dialog.locator(selector).evaluate((element) => element.getBoundingClientRect().width);
  expect(await width('textarea')).toBeGreaterThan((await width('.dialog-body')) - 40);
  await watched.close();
});
