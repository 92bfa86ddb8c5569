/** A capture in a page of one file, opened from disk by somebody who has neither the host nor a network. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser, openPage } from './browser.ts';

const ROOT = path.join(import.meta.dirname, '..');
const AGENT = path.join(ROOT, 'dist/agent/whither.mjs');
let browser: Browser;
let folder: string;

beforeAll(async () => {
  browser = await launchBrowser();
  folder = mkdtempSync(path.join(os.tmpdir(), 'whither-share-'));
});
afterAll(async () => {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
});

function shared(...options: string[]): string {
  const sample = path.join(ROOT, 'public/samples/forward.pcapng');
  const page = execFileSync(process.execPath, [AGENT, 'share', '--html', sample, ...options], {
    stdio: ['ignore', 'pipe', 'ignore'],
    maxBuffer: 64 * 1024 * 1024,
  });
  const file = path.join(folder, 'share.html');
  writeFileSync(file, page);
  return `file://${file}`;
}

test('opens without a network, asks for nothing, and shows what was shared', async () => {
  const watched = await openPage(browser);
  const { page, faults } = watched;
  await page.context().setOffline(true);
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  const url = shared();
  await page.goto(url);
  await page.getByText('complete', { exact: true }).waitFor();
  await page.getByRole('grid').first().locator('[role="row"]').nth(1).waitFor();
  expect(await page.getByText('trace_id').count()).toBeGreaterThan(0);
  // Its own text, and what it made of it.
  expect(asked.filter((one) => one !== url && !one.startsWith('blob:'))).toEqual([]);
  expect(faults).toEqual([]);
  expect(await page.content()).not.toContain('10.71.0.');
  await watched.close();
});

test('a file that was damaged says so, and what to do', async () => {
  const url = shared();
  const file = url.replace('file://', '');
  const text = execFileSync('cat', [file], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  writeFileSync(file, text.replace(/(id="whither-capture"[^>]*>.{40}).{40}/, '$1'));
  const watched = await openPage(browser);
  const { page, faults } = watched;
  await page.goto(url);
  await page.getByText(/The capture in this page cannot be read/).waitFor();
  expect(faults).toEqual([]);
  await watched.close();
});
