/**
 * One headless Chromium for a test file, and pages that fail the test on what a person would never see:
 * console errors, uncaught exceptions, and violations of the Content Security Policy.
 */
import { existsSync } from 'node:fs';
import { chromium, type Browser, type Page } from 'playwright-core';

/** Chromium's engine without the windows of a browser around it: half of the processor's time. For `WHITHER_SHELL=1`. */
const SHELL = '/usr/bin/chromium-headless-shell';
const EXECUTABLES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const ARGS = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** `extra` are more command line switches of Chromium. */
export async function launchBrowser(extra: readonly string[] = []): Promise<Browser> {
  const usable = process.env['WHITHER_SHELL'] === '1' ? [SHELL, ...EXECUTABLES] : EXECUTABLES;
  const executablePath = process.env['WHITHER_CHROMIUM'] ?? usable.find((path) => existsSync(path));
  if (executablePath === undefined) {
    throw new Error('no Chromium: apt-get install chromium, or set WHITHER_CHROMIUM');
  }
  return chromium.launch({ executablePath, headless: true, args: [...ARGS, ...extra] });
}

export interface WatchedPage {
  readonly page: Page;
  /** What went wrong so far. */
  readonly faults: readonly string[];
  close(): Promise<void>;
}

export interface PageOptions {
  readonly width?: number;
  readonly height?: number;
  readonly dark?: boolean;
  /** A console error that the test provokes on purpose. */
  readonly allow?: RegExp;
}

export async function openPage(browser: Browser, options: PageOptions = {}): Promise<WatchedPage> {
  const context = await browser.newContext({
    viewport: { width: options.width ?? 1280, height: options.height ?? 720 },
    colorScheme: options.dark === true ? 'dark' : 'light',
    reducedMotion: 'reduce',
    timezoneId: 'UTC',
    locale: 'en-GB',
  });
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const page = await context.newPage();
  const faults: string[] = [];
  const add = (text: string) => {
    if (options.allow === undefined || !options.allow.test(text)) faults.push(text);
  };
  page.on('console', (message) => {
    if (message.type() === 'error') add(`console: ${message.text()} ${message.location().url}`);
    // Arrives from the listener below, with the directive and what it refused.
    else if (message.text().startsWith('csp:')) add(message.text());
  });
  page.on('pageerror', (error) => add(`exception: ${error.message}`));
  page.on('crash', () => add('the page crashed'));
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      console.info(
        `csp: ${event.violatedDirective} refused ${event.blockedURI} at ${event.sourceFile}:${event.lineNumber}`,
      );
    });
  });
  return { page, faults, close: () => context.close() };
}
