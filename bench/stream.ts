/**
 * `npm run bench -- stream [--rate N] [--seconds N] [--trace FILE]`
 *
 * The live path whole: a feeder appends events to the agent's spool, the agent's server sends them to the built
 * page in Chromium, the page's worker decodes them, and the page draws. Received and lost are compared with what the
 * feeder appended; the age of an event is this host's clock when the worker has decoded it, less the time of its append.
 *
 * `--trace` writes a trace for chrome://tracing or the Performance panel, of a page that is not minified, and costs
 * so much itself that its numbers are for comparing its own parts only.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'vite';
import { AgentServer } from '../agent/server/server.ts';
import { Spool } from '../agent/spool/spool.ts';
import { launchBrowser } from '../e2e/browser.ts';
import { Feeder } from './lib/feeder.ts';
import { VIEWPORT } from './lib/built-page.ts';
import { LONG_TASK_MS, mainThread, watchMainThread } from './lib/main-thread.ts';
import { UnwatchedPage } from './lib/unwatched-page.ts';

const GOAL_P99_MS = 250;
/** Enough for the first frames of the page: what they take is not what is measured. */
const SETTLE_MS = 1_500;
const LAST_EVENT_TIMEOUT_MS = 15_000;
const TRACED = ['toplevel', 'devtools.timeline', 'disabled-by-default-v8.cpu_profiler'];
const RETAIN_BYTES = 4 * 1024 * 1024 * 1024;

interface Received {
  readonly events: number;
  readonly lost: number;
  readonly state: string;
  readonly problems: readonly string[];
}

export async function main(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rate: { type: 'string', default: '100000' },
      seconds: { type: 'string', default: '30' },
      trace: { type: 'string' },
    },
  });
  const rate = Number(values.rate);
  const seconds = Number(values.seconds);
  const folder = await mkdtemp(path.join(os.tmpdir(), 'whither-bench-'));
  try {
    await measure(folder, rate, seconds, values.trace ?? null);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function measure(folder: string, rate: number, seconds: number, trace: string | null): Promise<void> {
  const pageDir = path.join(folder, 'page');
  const minified = trace === null ? {} : { minify: false };
  await build({ logLevel: 'error', build: { outDir: pageDir, emptyOutDir: true, ...minified } });
  const spool = await Spool.open(path.join(folder, 'spool'), { retainBytes: RETAIN_BYTES });
  const server = await AgentServer.start({
    pageDir,
    spool,
    port: 0,
    host: null,
    status: { type: 'status', capture: 'running', text: 'generated events' },
  });
  const browser = await launchBrowser();
  try {
    const feeder = new Feeder(spool, rate * seconds);
    await feeder.begin();
    if (trace !== null) await browser.startTracing(undefined, { path: trace, categories: TRACED });
    const page = await UnwatchedPage.open(browser, server.link('source=live'), VIEWPORT);
    await page.waitForFunction(() => globalThis.whither.state.newest?.state === 'live');
    await page.waitForTimeout(SETTLE_MS);
    await watchMainThread(page);
    await page.evaluate(() => globalThis.whither.api.streamStats());

    console.log(`${rate} events/s for ${seconds} s …`);
    const loadBefore = os.loadavg()[0] ?? 0;
    const fed = await feeder.run(rate, seconds);
    const received = await waitForAll(page, fed.events);
    const latency = await page.evaluate(() => globalThis.whither.api.streamStats());
    const thread = await mainThread(page);
    if (trace !== null) await browser.stopTracing();

    const lost = fed.events - received.events;
    for (const problem of received.problems) console.log(`problem: ${problem}`);
    console.log(
      `fed ${fed.events} events, ${(fed.bytes / 1e6).toFixed(0)} MB, in ${fed.seconds.toFixed(1)} s ` +
        `(${(fed.bytes / fed.seconds / 1e6).toFixed(1)} MB/s); slowest append ${fed.slowestAppendMs.toFixed(0)} ms`,
    );
    console.log(
      `age when decoded: p50 ${latency.p50Ms} ms, p99 ${latency.p99Ms} ms, max ${latency.maxMs} ms over ${latency.events} events`,
    );
    console.log(
      `main thread: ${thread.longTasks} tasks of ${LONG_TASK_MS} ms or more, longest ${thread.longestLongTaskMs.toFixed(0)} ms; ` +
        `a 4 ms timer was late by ${thread.longestLatenessMs.toFixed(0)} ms at most`,
    );
    if (thread.when.length > 0) console.log(`  the first at ${thread.when.join(', ')}`);
    // Agent, feeder, worker, page and the browser's own processes share these processors with everything else.
    console.log(
      `machine: ${os.availableParallelism()} processors, load ${loadBefore.toFixed(1)} before and ${(os.loadavg()[0] ?? 0).toFixed(1)} after`,
    );
    const verdict = (met: boolean): string => (met ? 'met' : 'NOT met');
    console.log(`goal 0 lost: ${verdict(lost === 0 && received.lost === 0)}`);
    console.log(`goal p99 ≤ ${GOAL_P99_MS} ms: ${verdict((latency.p99Ms ?? Infinity) <= GOAL_P99_MS)}`);
    console.log(`goal no task over ${LONG_TASK_MS} ms: ${verdict(thread.longestTaskMs <= LONG_TASK_MS)}`);
    console.log(
      JSON.stringify({
        bench: 'stream',
        rate: Math.round(fed.events / fed.seconds),
        received: received.events,
        lost,
        p99_ms: latency.p99Ms,
        longest_task_ms: Math.round(thread.longestTaskMs),
      }),
    );
  } finally {
    await browser.close();
    await server.close();
    await spool.close();
  }
}

/** What the page has when it has all `events`, or when it gets no more. */
async function waitForAll(page: UnwatchedPage, events: number): Promise<Received> {
  await page
    .waitForFunction((wanted) => (globalThis.whither.state.newest?.events ?? 0) >= wanted, events, {
      timeout: LAST_EVENT_TIMEOUT_MS,
      polling: 100,
    })
    .catch(() => undefined);
  return page.evaluate(() => {
    const update = globalThis.whither.state.newest;
    return {
      events: update?.events ?? 0,
      lost: update?.lost ?? 0,
      state: update?.state ?? '',
      problems: (update?.problems ?? []).map(({ cause, remedy }) => `${cause} ${remedy}`),
    };
  });
}
