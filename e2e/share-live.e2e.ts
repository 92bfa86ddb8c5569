/**
 * A share of a live capture, made by whoever sees the host, and opened by somebody who does not: by the agent's link in a second browser
 * with a profile of its own (profile.ts), and there as one file from disk without a network. Both see the same packet, matrix and note.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { labMissing, startAgent, type RunningAgent } from './agent.ts';
import { launchBrowser, openPage, type WatchedPage } from './browser.ts';
import { waitForState } from './look.ts';
import { cleanPage } from './profile.ts';

const missing = labMissing();
const required = process.env['WHITHER_REQUIRE_KERNEL'] === '1';
const POLL = { timeout: 30_000 };
/** Chromium logs what is refused to whoever has only a share. */
const REFUSED = /status of 403/;
const SAMPLE = path.join(import.meta.dirname, '../public/samples/edge.pcapng');
const NOTE = 'the tag is gone **here**';

/** What both must see: of values, which have pseudonyms, only what became of them. */
function seen(page: Page) {
  return page.evaluate(() => {
    const { detail, at, link } = globalThis.whither.state;
    return {
      journey: detail?.id,
      at,
      metadata: link.metadata,
      where: link.where,
      hops: detail?.hops.map(({ timeNs, state, cause }) => [timeNs, state, cause.name]),
      matrix: detail?.rows.map(({ name, cells }) => [name, cells.map((cell) => cell.state)]),
    };
  });
}

function shares(args: readonly string[], state: string): void {
  let agent: RunningAgent;
  let browser: Browser;
  /** Of whoever has only the share. */
  let second: Browser;
  let sender: WatchedPage;
  let folder: string;
  let sent: Awaited<ReturnType<typeof seen>>;
  let device = '';

  beforeAll(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'whither-share-'));
    agent = await startAgent(args);
    browser = await launchBrowser();
    second = await launchBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await second.close();
    await agent.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function isTheSame(watched: WatchedPage): Promise<void> {
    const { page, faults } = watched;
    await waitForState(page, 'done');
    await expect
      .poll(() => page.evaluate(() => globalThis.whither.state.detail?.id), POLL)
      .toBe(sent.journey);
    // It opens with the report, which has the note.
    const report = page.getByRole('dialog', { name: /^Report/ });
    await report.getByRole('heading', { name: 'By which cause' }).waitFor();
    expect(await report.locator('.report-notes strong').textContent()).toBe('here');
    expect(await report.textContent()).toMatch(/a share of .*addresses and names are pseudonyms/);
    // A name in the filter is that of the share.
    const where = sent.where.replace(device, 'dev1');
    await expect.poll(() => seen(page), POLL).toEqual({ ...sent, where });
    expect(await page.content()).not.toContain(device);
    await page.keyboard.press('Escape');
    await page.getByText('the tag is gone').first().waitFor();
    expect(faults).toEqual([]);
    await watched.close();
  }

  it('is made of what the filter passes, with the journey, note and report that are on screen', async () => {
    sender = await openPage(browser);
    const { page } = sender;
    await page.goto(agent.link);
    await waitForState(page, state);
    await expect
      .poll(() => page.evaluate(() => globalThis.whither.state.newest?.events ?? 0), POLL)
      .toBeGreaterThan(200);
    // A filter, a journey and hop of it, and a note.
    await page.keyboard.press('m');
    await page.keyboard.press('/');
    device = await page.evaluate(() => globalThis.whither.state.places[0]?.device ?? '');
    const where = `len > 40 && device == ${device}`;
    await page.keyboard.type(where);
    await page.keyboard.press('Enter');
    await expect.poll(() => page.evaluate(() => globalThis.whither.state.link.where), POLL).toBe(where);
    await page.evaluate(() => (document.activeElement as HTMLElement).blur());
    await expect
      .poll(() => page.evaluate(() => globalThis.whither.state.newest?.listed ?? 0), POLL)
      .toBeGreaterThan(2);
    await page.keyboard.press('p');
    await page.keyboard.press('j');
    // With what says where the keys went, should none be chosen.
    const choice = () =>
      page.evaluate(() => {
        const { link, newest, shown, selection, problems, dialog } = globalThis.whither.state;
        return {
          chosen: link.journey !== null,
          dialog,
          paused: link.paused,
          generations: [newest?.generation, shown?.generation],
          focus: document.activeElement?.className,
          where: link.where,
          listed: [newest?.listed, shown?.listed],
          selected: selection?.journey,
          problems: problems.map(({ cause }) => cause),
        };
      });
    await expect.poll(async () => JSON.stringify(await choice()), POLL).toContain('"chosen":true');
    await expect
      .poll(() => page.evaluate(() => globalThis.whither.state.detail?.rows.length ?? 0), POLL)
      .toBeGreaterThan(0);
    await page.keyboard.press(']');
    await page.keyboard.press('n');
    await page.getByRole('textbox', { name: 'Note' }).fill(NOTE);
    await page.getByRole('button', { name: 'Keep the note' }).click();
    await page.keyboard.press('y');
    await page.getByRole('textbox', { name: 'Report, Markdown' }).waitFor();
    await expect
      .poll(() => page.evaluate(() => globalThis.whither.state.report), POLL)
      .toContain('## Evidence');
    await page.keyboard.press('Escape');
    sent = await seen(page);
    await page.keyboard.press('u');
    await page.getByRole('button', { name: /Make it, and see/ }).click();
    await page.getByTestId('share-made').waitFor({ timeout: 60_000 });
    expect([sent.metadata, sent.where]).toEqual(['with', where]);
  });

  it('a preview shows packets before and after, and what is taken out', async () => {
    const made = sender.page.getByRole('region', { name: 'What would leave' });
    const packet = made.locator('.share-packet').first();
    const rows = await packet.locator('.share-changes tbody tr').allTextContents();
    // Its hop, as it is and as it goes.
    expect(rows[0]).toMatch(new RegExp(`^hopname${device}:.*→ dev1:`));
    expect(rows.filter((row) => /^(?:Ethernet|IPv4)?Source.*→ /.test(row)).length).toBeGreaterThan(0);
    const bytes = packet.locator('.share-bytes');
    expect(await bytes.isVisible()).toBe(false);
    await packet.getByText('Bytes', { exact: true }).click();
    const [before, after] = await bytes.locator('dd').allTextContents();
    expect(before).toMatch(/^[0-9a-f]{28,}/);
    expect(after).not.toBe(before);
    expect(await made.textContent()).toMatch(/events of .* bytes of payload/);
  });

  it('is kept by the agent, and its link opens at what its sender saw, in a second, clean profile', async () => {
    const { page } = sender;
    await page.getByRole('button', { name: 'Keep at the agent' }).click();
    const link = await page.getByRole('textbox', { name: 'Link' }).inputValue();
    expect(link).toMatch(/\/s\/[\w-]{32}$/);
    const receiver = await cleanPage(page, second, { allow: REFUSED });
    await receiver.page.goto(link);
    expect(await receiver.page.evaluate(() => fetch('/spool.pcapng').then(({ status }) => status))).toBe(403);
    await isTheSame(receiver);
  });

  it('is a file that opens from disk with the network cut', async () => {
    const { page } = sender;
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download page (HTML)' }).click();
    const file = path.join(folder, 'share.html');
    await (await download).saveAs(file);
    const receiver = await openPage(second);
    await receiver.page.context().setOffline(true);
    const asked: string[] = [];
    receiver.page.on('request', (request) => asked.push(request.url()));
    await receiver.page.goto(`file://${file}`);
    await isTheSame(receiver);
    expect(asked.filter((url) => !url.startsWith('blob:') && url !== `file://${file}`)).toEqual([]);
  });

  it('can be taken back', async () => {
    const { page, faults } = sender;
    const list = page.locator('details', { hasText: 'The agent keeps 1 share' });
    await list.locator('summary').click();
    const link = await list.getByRole('link').getAttribute('href');
    await list.getByRole('button', { name: /^Delete/ }).click();
    await page
      .getByRole('dialog', { name: 'Delete this share?' })
      .getByRole('button', { name: 'Delete it' })
      .click();
    await list.waitFor({ state: 'detached' });
    const focused = () => page.evaluate(() => document.activeElement?.textContent);
    await expect.poll(focused, POLL).toBe('The agent keeps no share any more.');
    expect(faults).toEqual([]);
    expect((await fetch(link!)).status).toBe(404);
    await sender.close();
  });
}

describe('a share of a file', () => shares(['open', SAMPLE], 'done'));
describe.skipIf(missing !== null && !required)(
  `a share of a live capture${missing === null ? '' : ` (${missing})`}`,
  () => shares(['serve', '--lab', 'edge'], 'live'),
);
