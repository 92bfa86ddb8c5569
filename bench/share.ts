/**
 * `npm run bench -- share [--events N]`
 *
 * A capture of 100,000 generated events, shared with the careful policy as a page in one file: select, redact, compress, put
 * into the page; then the file is opened in Chromium from disk, up to the last event. Needs a built page (`npm run build`). Beside it
 * what gzip makes of the same capture as it is, and what editcap takes to copy it, which redacts nothing.
 */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { deflateSync, gzipSync } from 'node:zlib';
import { CaptureReader } from '#core/pcapng/reader.ts';
import { generateCapture, joinChunks } from '#core/pcapng/testing/generate-capture.ts';
import { embedCapture } from '#core/share/html.ts';
import { KEY_BYTES } from '#core/share/keyed.ts';
import { CAREFUL } from '#core/share/policy.ts';
import { EVERYTHING } from '#core/share/selection.ts';
import { Snapshot } from '#core/share/snapshot.ts';
import { launchBrowser } from '../e2e/browser.ts';
import { table } from './lib/table.ts';
import { UnwatchedPage } from './lib/unwatched-page.ts';

const PAGE = path.join(import.meta.dirname, '../dist/page/share.html');
const GOAL = { makeMs: 3000, openMs: 1000, htmlBytes: 1_500_000, dataRatio: 0.25 } as const;
const OPEN_TIMEOUT_MS = 60_000;
/** Who opens the file has a browser open. */
const SETTLE_MS = 3000;
const WINDOW = { width: 1280, height: 720 } as const;

export async function main(args: readonly string[]): Promise<void> {
  const options = { events: { type: 'string', default: '100000' } } as const;
  const { values } = parseArgs({ args: [...args], options });
  if (!existsSync(PAGE)) throw new Error('dist/page/share.html is not there: npm run build makes it.');
  const events = Number(values.events);
  const capture = joinChunks(generateCapture({ events, rewrites: 'once' }));
  const folder = await mkdtemp(path.join(os.tmpdir(), 'whither-bench-'));
  try {
    const page = readFileSync(PAGE, 'utf8');
    const made = make(capture, page);
    const file = path.join(folder, 'share.html');
    await writeFile(file, made.html);
    const openMs = await open(file, events);
    const zipped = timed(() => gzipSync(capture));
    console.log(
      table([
        ['', 'ms', 'bytes'],
        ['select and redact', made.redactMs.toFixed(0), String(made.shared)],
        ['compress, in base64', made.packMs.toFixed(0), String(made.packed)],
        ['whole file', made.makeMs.toFixed(0), String(made.html.length)],
        ['open in Chromium', openMs.toFixed(0), ''],
        ['capture as it is', '', String(capture.length)],
        ['gzip of it', zipped.ms.toFixed(0), String(zipped.value.length)],
        ['editcap, a copy', await editcapMs(folder, capture), ''],
      ]),
    );
    const ratio = made.packed / capture.length;
    const verdict = (met: boolean): string => (met ? 'met' : 'NOT met');
    console.log(`goal made in ≤ ${GOAL.makeMs} ms: ${verdict(made.makeMs <= GOAL.makeMs)}`);
    console.log(`goal opened in ≤ ${GOAL.openMs} ms: ${verdict(openMs <= GOAL.openMs)}`);
    console.log(`goal page ≤ ${GOAL.htmlBytes} B: ${verdict(page.length <= GOAL.htmlBytes)}`);
    console.log(`goal data ≤ ${GOAL.dataRatio * 100} % of the pcapng: ${verdict(ratio <= GOAL.dataRatio)}`);
    console.log(
      JSON.stringify({
        bench: 'share',
        make_ms: Math.round(made.makeMs),
        open_ms: Math.round(openMs),
        html_bytes: page.length,
        data_ratio: Number(ratio.toFixed(3)),
      }),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Made {
  readonly html: string;
  readonly shared: number;
  readonly packed: number;
  readonly redactMs: number;
  readonly packMs: number;
  readonly makeMs: number;
}

function make(capture: Uint8Array, page: string): Made {
  const begun = performance.now();
  const snapshot = new Snapshot({
    policy: CAREFUL,
    selection: EVERYTHING,
    key: randomBytes(KEY_BYTES),
    schema: null,
    created: new Date().toISOString(),
    expires: null,
    notes: null,
  });
  const reader = new CaptureReader(snapshot);
  reader.push(capture);
  reader.end();
  snapshot.end();
  const bytes = snapshot.take();
  const redacted = performance.now();
  const packed = deflateSync(bytes).toString('base64');
  const html = embedCapture(page, { packed, title: 'bench.pcapng', view: '' });
  const done = performance.now();
  return {
    html,
    shared: bytes.length,
    packed: packed.length,
    redactMs: redacted - begun,
    packMs: done - redacted,
    makeMs: done - begun,
  };
}

declare global {
  /** Of the page that is measured: when it had its last event, ms since the start of navigation. */
  var opened: { readonly ms: number; readonly events: number } | undefined;
}

/** From the start of navigation to the last event; throws when events are missing. */
async function open(file: string, events: number): Promise<number> {
  const browser = await launchBrowser();
  try {
    const page = await UnwatchedPage.open(
      browser,
      `file://${file}`,
      WINDOW,
      () => {
        const look = (): void => {
          const newest = 'whither' in globalThis ? globalThis.whither.state.newest : null;
          if (newest?.state === 'done') {
            globalThis.opened = { ms: performance.now(), events: newest.events };
          } else requestAnimationFrame(look);
        };
        look();
      },
      SETTLE_MS,
    );
    await page.waitForFunction(() => globalThis.opened !== undefined, undefined, {
      timeout: OPEN_TIMEOUT_MS,
    });
    const opened = await page.evaluate(() => globalThis.opened);
    if (opened?.events !== events) throw new Error(`${opened?.events ?? 0} events of ${events} were opened.`);
    return opened.ms;
  } finally {
    await browser.close();
  }
}

async function editcapMs(folder: string, capture: Uint8Array): Promise<string> {
  const from = path.join(folder, 'capture.pcapng');
  await writeFile(from, capture);
  try {
    const copy = (): unknown =>
      execFileSync('editcap', [from, path.join(folder, 'copy.pcapng')], { stdio: 'ignore' });
    return timed(copy).ms.toFixed(0);
  } catch (thrown) {
    // It refuses a file with blocks that it does not know.
    return (thrown as NodeJS.ErrnoException).code === 'ENOENT' ? 'not installed' : 'refuses it';
  }
}

function timed<T>(work: () => T): { readonly ms: number; readonly value: T } {
  const begun = performance.now();
  const value = work();
  return { ms: performance.now() - begun, value };
}
