/** `whither open FILE`: the printed link leads to the file, in a browser, also after a reload. */
import { copyFile, mkdtemp, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inspectFile, startAgent, type RunningAgent } from './agent.ts';
import { launchBrowser, openPage } from './browser.ts';
import { inspectAll, waitForState } from './look.ts';

const SAMPLE = fileURLToPath(new URL('../public/samples/edge.pcapng', import.meta.url));

describe('whither open FILE', () => {
  let agent: RunningAgent;
  let browser: Browser;
  let folder: string;
  let file: string;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'whither-e2e-'));
    file = path.join(folder, 'my capture #1.pcapng');
    await copyFile(SAMPLE, file);
    agent = await startAgent(['open', file]);
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await agent.stop();
    await rm(folder, { recursive: true });
  });

  it('shows the file at the printed link, and again after a reload', async () => {
    const watched = await openPage(browser);
    const { page } = watched;
    await page.goto(agent.link);
    await waitForState(page, 'done');
    const expected = await inspectFile(file);
    expect(expected.length).toBeGreaterThan(100);
    expect(await inspectAll(page)).toEqual(expected);
    expect(await page.evaluate(() => globalThis.whither.state.newest?.bytesRead)).toBe(
      (await stat(file)).size,
    );
    await page.reload();
    await waitForState(page, 'done');
    expect(await inspectAll(page)).toEqual(expected);
    expect(watched.faults).toEqual([]);
  });
});
