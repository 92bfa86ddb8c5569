/** The page as it is built for people, on a static host, in a Chromium of its own. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { build } from 'vite';
import { launchBrowser } from '../../e2e/browser.ts';
import { serveStatic } from '../../e2e/static.ts';

export const VIEWPORT = { width: 1280, height: 720 };

export interface BuiltPage {
  readonly browser: Browser;
  /** Where its files are. */
  readonly folder: string;
  /** Of the start screen. */
  readonly url: string;
  /** A new page of it. */
  open(): Promise<Page>;
  close(): Promise<void>;
}

/** `minify`: as it is for people; false keeps the names of functions for a trace. */
export async function buildPage(minify = true): Promise<BuiltPage> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'whither-bench-'));
  try {
    await build({
      logLevel: 'error',
      build: { outDir: folder, emptyOutDir: true, ...(minify ? {} : { minify: false }) },
    });
    const host = await serveStatic(new Map(), folder);
    const browser = await launchBrowser();
    return {
      browser,
      folder,
      url: host.url,
      async open() {
        const page = await browser.newPage({ viewport: VIEWPORT });
        await page.goto(host.url);
        await page.locator(FILE_INPUT).waitFor({ state: 'attached' });
        return page;
      },
      async close() {
        await browser.close();
        await host.close();
        await rm(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

export const FILE_INPUT = '.start-choose input[type="file"]';
