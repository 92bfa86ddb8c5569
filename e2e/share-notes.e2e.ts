/** Notes on everything that a note can be on, kept in a share that is within a link, and what a clean profile sees of them. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { flowsOf, tasksOf } from '#core/share/testing/filters.ts';
import { storeOf } from '#core/store/testing/scenario.ts';
import { launchBrowser, openPage, type WatchedPage } from './browser.ts';
import { waitForState } from './look.ts';
import { serveStatic, type StaticHost } from './static.ts';

const NOTES = [
  ['journey', 'of the journey'],
  ['hop', 'of the hop'],
  ['TLV', 'of the TLV'],
  // As a range of time is written.
  ['2026-', 'of the time'],
  ['cause', 'of the cause'],
] as const;
const POLL = { timeout: 30_000 };
let browser: Browser;
let host: StaticHost;

beforeAll(async () => {
  host = await serveStatic();
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
  await host.close();
});

const kinds = ({ page }: WatchedPage) =>
  page.evaluate(() => {
    const { marks, pins } = globalThis.whither.state;
    return [
      ...marks.map(({ note }) => `journey: ${note}`),
      ...pins.map(({ pin, text }) => `${pin.on}: ${text}`),
    ];
  });

it('notes on a journey, a hop, a TLV, a time and a cause go in the link, and are read from it', async () => {
  const sender = await openPage(browser);
  const { page } = sender;
  // The journey whose metadata was overwritten, and a time that is chosen.
  await page.goto(
    `${host.url}?source=sample:forward&journey=11&harm=clobbered&time=2026-11-26T00:00:00Z..2026-11-27T00:00:00Z`,
  );
  await waitForState(page, 'done');
  await page.locator('.matrix').waitFor();
  for (const [on, text] of NOTES) {
    await page.keyboard.press('n');
    const choice = page.getByRole('dialog', { name: 'Note' }).getByRole('combobox');
    await choice.waitFor();
    const options = await choice.locator('option').allTextContents();
    const label = options.find((option) => option.startsWith(on));
    expect(label, `${on} among ${options.join(', ')}`).toBeDefined();
    await choice.selectOption({ label: label! });
    const field = page.getByRole('textbox', { name: 'Note' });
    await field.fill(text);
    if (on === 'journey') {
      // What was typed is there again, and kept by the keyboard.
      await page.keyboard.press('Escape');
      await choice.waitFor({ state: 'detached' });
      expect(await kinds(sender)).toEqual([]);
      await page.keyboard.press('n');
      expect(await field.inputValue()).toBe(text);
      await page.keyboard.press('Control+Enter');
      await choice.waitFor({ state: 'detached' });
      continue;
    }
    await page.getByRole('button', { name: 'Keep the note' }).click();
  }
  const written = await kinds(sender);
  expect(written).toHaveLength(NOTES.length);
  await page.keyboard.press('u');
  await page.getByRole('button', { name: /Make it, and see/ }).click();
  await page.getByRole('button', { name: 'Link with it inside' }).click();
  const link = await page.getByRole('textbox', { name: 'Link' }).inputValue();
  expect(link).toContain('#share=');
  expect(link.length).toBeLessThanOrEqual(8000);
  expect(sender.faults).toEqual([]);
  await sender.close();

  const receiver = await openPage(browser);
  const asked: string[] = [];
  receiver.page.on('request', (request) => asked.push(request.url()));
  await receiver.page.goto(link);
  await waitForState(receiver.page, 'done');
  await expect.poll(() => kinds(receiver), POLL).toEqual(written);
  // No server was told what is in it.
  expect(asked.filter((url) => url.includes('share=') && url !== link)).toEqual([]);
  // Who opens it is told what it is, and where to read.
  const line = receiver.page.getByRole('region', { name: 'Share' });
  expect(await line.textContent()).toContain('addresses and names are pseudonyms');
  // Without a report the first note is there to be read, and leads to what it is about.
  const first = line.getByRole('button', { name: /of the journey/ });
  await first.click();
  expect(await receiver.page.evaluate(() => globalThis.whither.state.link.journey !== null)).toBe(true);
  await line.getByRole('button', { name: `All ${NOTES.length} notes` }).click();
  const shown = receiver.page.locator('.report-notes li');
  await expect.poll(() => shown.allTextContents(), POLL).toHaveLength(NOTES.length);
  for (const [, text] of NOTES) expect((await shown.allTextContents()).join('\n')).toContain(text);
  expect(receiver.faults).toEqual([]);
  if (process.env['WHITHER_SHOTS']) {
    await receiver.page.keyboard.press('Escape');
    await receiver.page.screenshot({ path: `${process.env['WHITHER_SHOTS']}/share-line.png` });
  }
  await receiver.close();
});

/** A page with the report of one journey. */
async function openReport(): Promise<WatchedPage> {
  const opened = await openPage(browser);
  const { page } = opened;
  await page.goto(`${host.url}?source=sample:forward&journey=11`);
  await waitForState(page, 'done');
  await page.locator('.matrix').waitFor();
  await page.keyboard.press('y');
  await page.getByRole('textbox', { name: 'Report, Markdown' }).waitFor();
  return opened;
}

it('the report is printed alone, without the page around it', async () => {
  const opened = await openReport();
  const { page, faults } = opened;
  await expect
    .poll(() => page.evaluate(() => globalThis.whither.state.report), POLL)
    .toContain('## Evidence');
  await page.emulateMedia({ media: 'print' });
  expect(await page.getByRole('heading', { name: 'Evidence' }).isVisible()).toBe(true);
  expect(await page.getByRole('textbox', { name: 'Report, Markdown' }).isVisible()).toBe(false);
  expect(await page.locator('.report-actions').isVisible()).toBe(false);
  expect(await page.locator('.list-row').first().isVisible()).toBe(false);
  expect(faults).toEqual([]);
  await opened.close();
});

it('headings of a text are the larger the higher they are, and all larger than the text or as large', async () => {
  const opened = await openReport();
  const { page, faults } = opened;
  await page
    .getByRole('textbox', { name: 'Report, Markdown' })
    .fill('# One\n\n## Two\n\n### Three\n\n#### Four\n\ntext');
  await page.getByRole('button', { name: 'Read', exact: true }).click();
  const sizes = await page.$$eval('.markdown > *', (parts) =>
    parts.map((part) => parseFloat(getComputedStyle(part).fontSize)),
  );
  const [one = 0, two = 0, three, four, text = 0] = sizes;
  expect([one > 1.2 * two, two > 1.1 * text, three, four]).toEqual([true, true, text, text]);
  expect(faults).toEqual([]);
  await opened.close();
});

it('a filter by a process and a flow of the capture goes along in the names of the share, and selects the same', async () => {
  const sample = path.join(import.meta.dirname, '../public/samples/edge.pcapng');
  const store = storeOf(new Uint8Array(readFileSync(sample)));
  const task = tasksOf(store).find((name) => name.includes('/'))!;
  const flow = flowsOf(store).find((text) => text.startsWith('TCP 10.71.0.10:44319 >'))!;
  const where = `flow == "${flow}" || task == "${task}"`;
  const sender = await openPage(browser);
  await sender.page.goto(`${host.url}?source=sample:edge&where=${encodeURIComponent(where)}`);
  await waitForState(sender.page, 'done');
  const listed = ({ page }: WatchedPage) => page.evaluate(() => globalThis.whither.state.newest!.listed);
  await expect.poll(() => listed(sender), POLL).toBeGreaterThan(1);
  const journeys = await listed(sender);
  await sender.page.keyboard.press('u');
  await sender.page.getByText('the whole capture').click();
  await sender.page.getByRole('button', { name: /Make it, and see/ }).click();
  await sender.page.getByTestId('share-made').waitFor();
  expect(await sender.page.getByText('Of this view there stays here').count()).toBe(0);
  const download = sender.page.waitForEvent('download');
  await sender.page.getByRole('button', { name: 'Download page (HTML)' }).click();
  const file = `${await (await download).path()}.html`;
  await (await download).saveAs(file);
  await sender.close();

  const receiver = await openPage(browser);
  await receiver.page.goto(`file://${file}`);
  await waitForState(receiver.page, 'done');
  const asked = await receiver.page.evaluate(() => globalThis.whither.state.link.where);
  expect(asked).toMatch(/^flow == "TCP [\d.]+:44319 > [\d.]+:8080" \|\| task == "?process\d+(?:\/\d+)?"?$/);
  expect(asked).not.toContain('10.71.0.');
  await expect.poll(() => listed(receiver), POLL).toBe(journeys);
  if (process.env['WHITHER_SHOTS']) {
    await receiver.page.screenshot({ path: `${process.env['WHITHER_SHOTS']}/share-filter.png` });
  }
  await receiver.close();
});
