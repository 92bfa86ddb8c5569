/**
 * `npm run bench -- open [--events N] [--no-tshark] [--trace FILE]`
 *
 * A generated capture as a file, opened in Chromium the way a person does it: from the choice of the file to the first
 * frame with rows, to the frame after which all is there, with a renderer that has just started. Then packets are read
 * from the file again, and in another page a load is cancelled. Beside it tshark reads the same file with a
 * filter that no packet passes, which is the fastest way to have it look at them all.
 *
 * Without `--events` twice: a million, and ten million. Resident memory is the most that the renderer (page and worker)
 * ever had, with what it shares with other processes of Chromium.
 */
import { parseArgs } from 'node:util';
import { buildPage, FILE_INPUT, VIEWPORT, type BuiltPage } from './lib/built-page.ts';
import { writeCapture } from './lib/capture-file.ts';
import { mainThread, watchMainThread } from './lib/main-thread.ts';
import { rendererResident } from './lib/renderer.ts';
import { UnwatchedPage } from './lib/unwatched-page.ts';
import { READ_ALL, timeTshark, tsharkVersion } from './lib/tshark.ts';

const MILLION = 1_000_000;
const SIZES: readonly number[] = [MILLION, 10 * MILLION];
const GOAL_FIRST_ROWS_MS = 150;
const GOAL_RESIDENT_MB = 1024;
/** For each million events. */
const GOAL_COMPLETE_MS = 1000;
const TRACED = ['toplevel', 'devtools.timeline', 'disabled-by-default-v8.cpu_profiler'];
/** Less than a person takes to choose a file; the browser has made its window by then. */
const CHOOSING_MS = 1000;
const LOAD_TIMEOUT_MS = 180_000;
/** Packets that are read from the file again, spread over all of it. */
const READ_AGAIN = 16;

interface Opened {
  readonly firstRowsMs: number;
  readonly completeMs: number;
}

interface Opening {
  startedAt: number;
  firstRowsMs: number | null;
  completeMs: number | null;
}

declare global {
  var whitherOpening: Opening;
}

export async function main(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      events: { type: 'string' },
      'no-tshark': { type: 'boolean', default: false },
      trace: { type: 'string' },
    },
  });
  const version = values['no-tshark'] ? null : tsharkVersion();
  console.log(version ?? 'tshark is left out: no ratio.');
  const page = await buildPage(values.trace === undefined);
  try {
    for (const events of values.events === undefined ? SIZES : [Number(values.events)]) {
      await measure(page, events, version !== null, values.trace ?? null);
    }
  } finally {
    await page.close();
  }
}

async function measure(
  built: BuiltPage,
  events: number,
  withTshark: boolean,
  trace: string | null,
): Promise<void> {
  const file = await writeCapture(events);
  try {
    const tsharkS = withTshark ? await timeTshark(file.path, READ_ALL) : null;
    const page = await openStart(built);
    const before = await rendererResident(built.browser);
    await watchMainThread(page);
    if (trace !== null) await built.browser.startTracing(undefined, { path: trace, categories: TRACED });
    const opened = await open(page, file.path);
    if (trace !== null) await built.browser.stopTracing();
    const resident = await rendererResident(built.browser);
    const thread = await mainThread(page);
    const readMs = await check(page, events);
    await page.close();
    const cancelMs = await cancelled(built, file.path, events);

    const ratio = tsharkS === null ? null : Number(((tsharkS * 1000) / opened.completeMs).toFixed(1));
    console.log(
      `${events} events, ${(file.bytes / 1e6).toFixed(0)} MB: first rows ${opened.firstRowsMs.toFixed(0)} ms, ` +
        `all ${opened.completeMs.toFixed(0)} ms (${(events / opened.completeMs / 1000).toFixed(2)} M events/s)` +
        (tsharkS === null ? '' : `, tshark ${(tsharkS * 1000).toFixed(0)} ms`),
    );
    console.log(
      `resident: ${before.nowMb} MiB before, ${resident.peakMb} MiB at most, ${resident.nowMb} MiB at the end; ` +
        `longest task of the main thread ${thread.longestTaskMs.toFixed(0)} ms`,
    );
    console.log(
      `a packet read from the file again: ${readMs.toFixed(1)} ms; cancelled after ${cancelMs.toFixed(0)} ms`,
    );
    const verdict = (met: boolean): string => (met ? 'met' : 'NOT met');
    console.log(
      `goal first rows ≤ ${GOAL_FIRST_ROWS_MS} ms: ${verdict(opened.firstRowsMs <= GOAL_FIRST_ROWS_MS)}`,
    );
    const mostMs = (GOAL_COMPLETE_MS * events) / MILLION;
    console.log(`goal all ≤ ${mostMs} ms: ${verdict(opened.completeMs <= mostMs)}`);
    console.log(`goal resident ≤ ${GOAL_RESIDENT_MB} MiB: ${verdict(resident.peakMb <= GOAL_RESIDENT_MB)}`);
    console.log(
      JSON.stringify({
        bench: 'open',
        events,
        first_rows_ms: Math.round(opened.firstRowsMs),
        complete_ms: Math.round(opened.completeMs),
        resident_mb: resident.peakMb,
        ratio_tshark: ratio,
      }),
    );
  } finally {
    await file.remove();
  }
}

/** A page of the start screen, with a renderer of its own. */
async function openStart({ browser, url }: BuiltPage): Promise<UnwatchedPage> {
  const page = await UnwatchedPage.open(browser, url, VIEWPORT);
  await page.waitFor(FILE_INPUT);
  await page.waitForTimeout(CHOOSING_MS);
  return page;
}

/** Chooses the file and waits for the end. */
async function open(page: UnwatchedPage, file: string): Promise<Opened> {
  await page.evaluate(() => {
    const opening: Opening = { startedAt: 0, firstRowsMs: null, completeMs: null };
    globalThis.whitherOpening = opening;
    addEventListener('change', () => (opening.startedAt = performance.now()), { capture: true, once: true });
    // In the frame after the one that drew it, it was on screen.
    void (async () => {
      let rows = false;
      let done = false;
      while (opening.completeMs === null || opening.firstRowsMs === null) {
        await new Promise(requestAnimationFrame);
        const ms = performance.now() - opening.startedAt;
        if (rows) opening.firstRowsMs ??= ms;
        if (done) opening.completeMs ??= ms;
        rows = document.querySelector('.list-row') !== null;
        done = globalThis.whither.state.newest?.state === 'done';
      }
    })();
  });
  await page.chooseFile(FILE_INPUT, file);
  await page.waitForFunction(() => globalThis.whitherOpening.completeMs !== null, undefined, {
    timeout: LOAD_TIMEOUT_MS,
    polling: 100,
  });
  const { firstRowsMs, completeMs } = await page.evaluate(() => globalThis.whitherOpening);
  if (firstRowsMs === null || completeMs === null) throw new Error('no rows were drawn');
  return { firstRowsMs, completeMs };
}

/** That all is there, and packets can be had from the file; ms for one of those. */
async function check(page: UnwatchedPage, events: number): Promise<number> {
  const found = await page.evaluate(async (count) => {
    const { api, state } = globalThis.whither;
    const update = state.newest;
    let missing = 0;
    const startedAt = performance.now();
    for (let i = 0; i < count; i++) {
      const event = Math.floor(((update?.events ?? 0) * i) / count);
      if ((await api.eventBytes(event)).packet.length === 0) missing++;
    }
    const readMs = (performance.now() - startedAt) / count;
    return {
      events: update?.events ?? 0,
      withMetadata: update?.hops.reduce((sum, hop) => sum + hop.withMetadata, 0) ?? 0,
      problems: update?.problems.map(({ cause }) => cause) ?? [],
      missing,
      readMs,
    };
  }, READ_AGAIN);
  const [problem] = found.problems;
  if (problem !== undefined) throw new Error(problem);
  if (found.events !== events || found.withMetadata !== events) {
    throw new Error(`read ${found.events} events, ${found.withMetadata} with metadata, of ${events}`);
  }
  if (found.missing > 0) throw new Error(`${found.missing} packets could not be read from the file again`);
  return found.readMs;
}

/** Opens it in another page and cancels with a tenth of it read; ms until the page says so. */
async function cancelled(built: BuiltPage, file: string, events: number): Promise<number> {
  const page = await openStart(built);
  await page.chooseFile(FILE_INPUT, file);
  await page.waitForFunction(
    (enough) => (globalThis.whither.state.newest?.events ?? 0) > enough,
    events / 10,
  );
  const { ms, read, rows } = await page.evaluate(async () => {
    const { api } = globalThis.whither;
    const startedAt = performance.now();
    await api.cancel();
    while (globalThis.whither.state.newest?.state !== 'cancelled') await new Promise(requestAnimationFrame);
    const cancelMs = performance.now() - startedAt;
    const found = await api.rows(0, 1);
    return { ms: cancelMs, read: globalThis.whither.state.newest.events, rows: found.count };
  });
  await page.close();
  if (read === 0 || read >= events || rows !== 1)
    throw new Error(`cancelled with ${read} of ${events} events`);
  return ms;
}
