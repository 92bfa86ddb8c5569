/**
 * Links and shares of somebody who means harm, in a real browser: nothing of them runs, and no request goes anywhere but to the host of the page,
 * by what the browser says that it asks and by what hosts are asked.
 */
import { createServer, type Server } from 'node:http';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { deflateSync } from 'node:zlib';
import type { Browser, BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BLOCK_SUBTYPE } from '#core/format/structs.ts';
import type { CaptureNotes } from '#core/notes/notes.ts';
import { sectionBytes } from '#core/store/testing/scenario.ts';
import { Dice, mutate } from '../scripts/fuzz/mutate.ts';
import { launchBrowser, openPage, type WatchedPage } from './browser.ts';
import { waitForState } from './look.ts';
import { serveStatic, type StaticHost } from './static.ts';

const SAMPLE = readFileSync(path.join(import.meta.dirname, '../public/samples/forward.pcapng'));
/** WHITHER_HOSTILE=all: each attack in each parameter by itself, and more changed fragments; some minutes. */
const ALL = process.env['WHITHER_HOSTILE'] === 'all';
/** Of changed fragments; a million are run without a browser (scripts/fuzz/fragments.ts). */
const CHANGED = ALL ? 200 : 12;
const TIMEOUT_MS = ALL ? 900_000 : 120_000;

let browser: Browser;
let host: StaticHost;
/** Whoever is asked here was led astray. */
let elsewhere: Server;
let evil: string;
const asked: string[] = [];
const left: string[] = [];
const dialogs: string[] = [];
let watched: WatchedPage;

beforeAll(async () => {
  elsewhere = createServer(({ method, url }, response) => {
    asked.push(`${method} ${url}`);
    response.end();
  });
  await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
  evil = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}`;
  host = await serveStatic();
  browser = await launchBrowser();
  watched = await openPage(browser);
  watchRequests(watched.page.context());
  watched.page.on('dialog', (dialog) => {
    dialogs.push(dialog.message());
    void dialog.dismiss();
  });
});
afterAll(async () => {
  await browser.close();
  await host.close();
  await new Promise((resolve) => elsewhere.close(resolve));
});

function watchRequests(context: BrowserContext): void {
  context.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(host.url) && !url.startsWith('blob:') && !url.startsWith('data:')) left.push(url);
  });
}

/** What would run, or ask, if it were taken for more than text. */
const attacks = (): string[] => [
  `<script>globalThis.canary = 1</script>`,
  `<img src=x onerror="globalThis.canary = 1">`,
  `<img src="${evil}/img">`,
  `"><svg onload="globalThis.canary = 1">`,
  `javascript:globalThis.canary=1`,
  `[here](javascript:globalThis.canary=1) ![x](${evil}/markdown) <${evil}/auto>`,
  `</script><script src="${evil}/script"></script>`,
  `<iframe srcdoc="<script>parent.canary = 1</script>"></iframe><link rel="prefetch" href="${evil}/prefetch">`,
  `{{constructor.constructor('globalThis.canary = 1')()}} \${globalThis.canary = 1}`,
  `__proto__`,
];

const PARAMETERS = [
  ...['capture', 'journey', 'at', 'hop', 'meta', 'harm', 'time', 'where', 'a', 'b', 'col'],
  ...['sort', 'group', 'pause', 'v', 'compare', '__proto__'],
] as const;

function fragmentOf(capture: Uint8Array): string {
  return `#share=${deflateSync(capture).toString('base64url')}`;
}

/** A share in which each text is `attack`. */
function hostileShare(attack: string): Uint8Array {
  const notes: CaptureNotes = {
    notes: 1,
    view: [
      ['source', `url:${evil}/view`],
      ['where', attack.slice(0, 200)],
      ['hop', attack.slice(0, 150)],
    ],
    report: `# ${attack}\n\n${attack}\n\n- ${attack}`,
    items: [
      { pin: { on: 'journey', id: '1', run: '' }, text: attack },
      { pin: { on: 'tlv', name: attack.slice(0, 150) }, text: attack },
      { pin: { on: 'hop', hop: attack.slice(0, 150) }, text: attack },
      { pin: { on: 'cause', cause: attack.slice(0, 150) }, text: attack },
    ],
  };
  const text = [...Buffer.from(attack)].slice(0, 120);
  return sectionBytes({
    schema: {
      whither: 2,
      name: attack.slice(0, 40),
      framing: { kind: 'tlv', typeBytes: 1, lengthBytes: 1, endian: 'little', pad: 0 },
      types: [{ type: 1, name: 'said', kind: 'string' }],
    },
    blocks: (writer) => {
      writer.json(BLOCK_SUBTYPE.host, { hostname: attack, kernel: attack });
      writer.json(BLOCK_SUBTYPE.notes, notes);
      writer.json(BLOCK_SUBTYPE.manifest, {
        share: 1,
        created: attack,
        policy: attack,
        values: { [attack]: 1 },
      });
    },
    seen: [
      { hook: 'netif_receive_skb', id: 1n, us: 0, meta: [1, text.length, ...text], comments: [attack] },
      {
        hook: 'tcx/ingress@first',
        id: 1n,
        us: 1,
        meta: [1, text.length, ...text],
        extensions: { task: { pid: 1, tgid: 1, comm: attack.slice(0, 15) } },
      },
    ],
  });
}

function expectHarmless(): void {
  expect(left).toEqual([]);
  expect(asked).toEqual([]);
  expect(dialogs).toEqual([]);
  expect(watched.faults).toEqual([]);
}

async function visit(url: string): Promise<void> {
  const { page } = watched;
  // The address differs in its fragment at most: the page begins anew all the same.
  await page.goto('about:blank');
  await page.goto(url, { waitUntil: 'load' });
  await page.waitForFunction(() => {
    const { capture, newest, problems } = globalThis.whither.state;
    const ended = newest !== null && newest.state !== 'loading';
    // A share in the fragment is unpacked before it is open.
    const isIdle = capture === null && !location.hash.startsWith('#share=');
    return isIdle || ended || problems.length > 0;
  });
  expect(await page.evaluate(() => (globalThis as { canary?: unknown }).canary), url).toBeUndefined();
}

describe('links and shares of somebody who means harm', () => {
  it('a link has no part that runs or asks', { timeout: TIMEOUT_MS }, async () => {
    const parts = ALL ? PARAMETERS.map((one) => [one]) : [PARAMETERS];
    for (const attack of attacks()) {
      for (const names of parts) {
        const query = new URLSearchParams(names.map((name) => [name, attack]));
        // On a capture, so that there is something to filter, sort and group.
        query.set('source', 'sample:forward');
        await visit(`${host.url}?${query}`);
      }
      await visit(`${host.url}?${new URLSearchParams({ source: attack })}`);
    }
    for (const source of [
      `url:javascript:canary=1`,
      `url://127.0.0.1/x`,
      `url:/\\127.0.0.1/x`,
      `url:data:,x`,
      `url:file:///etc/passwd`,
    ])
      await visit(`${host.url}?source=${encodeURIComponent(source)}`);
    expectHarmless();
  });

  it(
    'a share within a link is text wherever it is shown, also in notes and report',
    { timeout: TIMEOUT_MS },
    async () => {
      const { page } = watched;
      for (const attack of attacks()) {
        await visit(host.url + fragmentOf(hostileShare(attack)));
        await waitForState(page, 'done');
        await page.getByRole('dialog', { name: /^Report/ }).waitFor();
        const made = await page.locator('script:not([src]), iframe, [onerror], [onload], img').count();
        expect(made, attack).toBe(0);
        await page.keyboard.press('Escape');
        await page.locator('.list-row').first().click();
        await page.locator('.matrix').waitFor();
        expect(await page.evaluate(() => (globalThis as { canary?: unknown }).canary)).toBeUndefined();
      }
      expectHarmless();
    },
  );

  it(
    'what is left of a share that was changed is shown, or why it is not',
    { timeout: TIMEOUT_MS },
    async () => {
      const dice = new Dice(7);
      const packed = Uint8Array.from(deflateSync(SAMPLE));
      for (let i = 0; i < CHANGED; i++) {
        const changed =
          i % 2 === 0
            ? Buffer.from(mutate([packed], 5000, dice)).toString('base64url')
            : deflateSync(mutate([SAMPLE], 20_000, dice)).toString('base64url');
        await visit(`${host.url}#share=${changed}`);
      }
      expectHarmless();
    },
  );
});
