/** The page on a host of static files: without a network, and beside other pages. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchBrowser } from './browser.ts';
import { waitForState } from './look.ts';
import { serveStatic, type StaticHost } from './static.ts';

const ELSEWHERE = 'https://captures.example/a.pcapng';
const SAMPLE = readFileSync(path.join(import.meta.dirname, '../public/samples/edge.pcapng'));

// Or what a service worker asks for is not seen by `route`.
process.env['PW_EXPERIMENTAL_SERVICE_WORKER_NETWORK_EVENTS'] = '1';

let browser: Browser;
let host: StaticHost;
let context: BrowserContext;
let page: Page;
/** What left for other hosts, localhost by any name and port among them. */
let left: string[];
/** The other page of a test. */
let sender: URL;

beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());
beforeEach(async () => {
  host = await serveStatic();
  sender = new URL(host.url);
  sender.hostname = 'localhost';
  context = await browser.newContext({ viewport: { width: 1280, height: 720 } });
  left = [];
  await context.route(
    (url) => url.origin !== new URL(host.url).origin && url.origin !== sender.origin,
    (route) => {
      left.push(`${route.request().method()} ${route.request().url()}`);
      return route.request().url() === ELSEWHERE
        ? route.fulfill({ body: SAMPLE, headers: { 'access-control-allow-origin': '*' } })
        : route.abort();
    },
  );
  page = await context.newPage();
});
afterEach(async () => {
  await context.close();
  await host.close();
});

/** Until the page is kept, and its requests pass through the service worker. */
async function visit(): Promise<void> {
  await page.goto(host.url);
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
}

async function openEdge(): Promise<number> {
  await page.locator('[data-sample="edge"]').click();
  await waitForState(page, 'done');
  return page.evaluate(() => globalThis.whither.state.newest!.events);
}

describe('the page on a static host', () => {
  it('opens again when that is gone, with what was seen before', async () => {
    await visit();
    const seen = await openEdge();
    await page.locator('.list-row').first().click();
    await page.locator('.matrix').waitFor();
    // Another file of the folder in a tab is not the page.
    await page.goto(new URL('samples/index.json', host.url).href);
    await host.close();
    await page.goto(host.url);
    expect(await openEdge()).toBe(seen);
    // A part that was not loaded before.
    await page.keyboard.press('?');
    await page.getByRole('dialog').waitFor();
    // And the page that a share goes into.
    await page.keyboard.press('Escape');
    await page.keyboard.press('u');
    await page.getByRole('button', { name: /Make it, and see/ }).click();
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download page (HTML)' }).click();
    expect(readFileSync(await (await download).path(), 'utf8')).toContain('id="whither-capture"');
    expect(left).toEqual([]);
  });

  it('lets only a capture that was asked for come from elsewhere, and sends nothing anywhere', async () => {
    await visit();
    const tries = await page.evaluate(async (url) => {
      const outcome = (input: string, init?: RequestInit) =>
        fetch(input, init).then(
          () => 'answered',
          () => 'refused',
        );
      return [
        await outcome(url),
        await outcome('https://captures.example/', { method: 'POST', body: 'x' }),
        await outcome('api/host', { method: 'POST', body: 'x' }),
        await outcome('api/host'),
      ];
    }, ELSEWHERE);
    expect(tries).toEqual(['refused', 'refused', 'refused', 'answered']);
    expect(left).toEqual([]);
    const elsewhere = `source=${encodeURIComponent(`url:${ELSEWHERE}`)}`;
    await page.goto(`${host.url}?${elsewhere}`);
    await waitForState(page, 'done');
    expect(left).toEqual([`GET ${ELSEWHERE}`]);
    await page.goto(`${host.url}?source=sample:forward&${elsewhere}`);
    await waitForState(page, 'done');
    expect(left).toEqual([`GET ${ELSEWHERE}`, `GET ${ELSEWHERE}`]);
  });
});

describe('a capture of another page', () => {
  it('is shown when a person says so, and from then on without being asked where that was allowed', async () => {
    await page.goto(new URL('samples/index.json', sender).href);
    const send = async (): Promise<Page> => {
      const opened = context.waitForEvent('page');
      await page.evaluate(
        ([address, base64]) => {
          const capture = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0)).buffer;
          addEventListener(
            'message',
            ({ source, data }: MessageEvent<{ whither?: string }>) => {
              if (data.whither !== 'ready') return;
              // Not what it may send.
              (source as Window).postMessage({ whither: 'open', capture: 'text' }, '*');
              (source as Window).postMessage({ whither: 'open', name: 'theirs.pcapng', capture }, '*');
            },
            { once: true },
          );
          window.open(address);
        },
        [host.url, SAMPLE.toString('base64')] as const,
      );
      return opened;
    };
    const first = await send();
    const dialog = first.getByRole('dialog', { name: 'A capture from another page' });
    await dialog.waitFor();
    expect(await dialog.innerText()).toContain(`${sender.origin} wants to show theirs.pcapng`);
    expect(await first.evaluate(() => globalThis.whither.state.capture)).toBeNull();
    await first.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect(await first.evaluate(() => globalThis.whither.state.capture)).toBeNull();
    await first.close();

    const second = await send();
    await second.getByRole('button', { name: `Always show what ${sender.host} sends` }).click();
    await waitForState(second, 'done');
    await second.close();

    const third = await send();
    await waitForState(third, 'done');
    expect(await third.title()).toBe('theirs.pcapng · Whither');
  });
});
