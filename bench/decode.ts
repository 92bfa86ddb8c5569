/**
 * `npm run bench -- decode [--events N] [--rounds N] [--no-tshark]`
 *
 * A generated capture, read in 1 MiB chunks from memory in one thread: reader, dissection, TLV scan,
 * columns, journeys, states with their causes, and the timeline. Then tshark on the same bytes as a file, in
 * the same run, because the machine's load changes: the ratio is what can be compared. It is taken against
 * the fastest tshark, best run against best run.
 *
 * The goals are held against the production build, which is what people run; the same decoder straight from
 * source, as `npx whither inspect` in development runs it, has a row of its own.
 *
 * Thrice: a TLV rewritten once on a journey, as a tcx program behind an XDP program does it (the goals are
 * held against this one), the worst case, in which no area is like the one before, and ten types of TLV in 64 bytes.
 *
 * Then the schema is edited, and everything loaded is read again.
 */
import { parseArgs } from 'node:util';
import { generateCapture, joinChunks } from '#core/pcapng/testing/generate-capture.ts';
import type { CaptureStore } from '#core/store/capture-store.ts';
import * as source from './lib/decoder.ts';
import { importProductionBuild } from './lib/production-build.ts';
import { redecode } from './lib/redecode.ts';
import { summarize, type Runs } from './lib/stats.ts';
import { table } from './lib/table.ts';
import { openTshark } from './lib/tshark.ts';

const CHUNK_BYTES = 1024 * 1024;
const WARM_UP_ROUNDS = 2;
const TSHARK_ROUNDS = 3;
/** For the garbage collector, between rounds. */
const REST_MS = 10;
const GOAL_EVENTS_PER_S = 4e6;
const GOAL_RATIO = 10;
const GOAL_REDECODE_S = 0.5;

type Decoder = typeof source;

/**
 * The store of the round before lives until the next one is there. Without any, V8 forgets the shapes of its
 * objects and compiles the decoder again in every round, which a page that decodes one capture never sees.
 */
const latest = new Map<Decoder, CaptureStore>();

/** Seconds for one whole decode. */
function decodeOnce(decoder: Decoder, bytes: Uint8Array, events: number): number {
  const { CaptureReader, CaptureStore, TimelineBuilder } = decoder;
  const start = performance.now();
  const store = new CaptureStore();
  const timeline = new TimelineBuilder(store);
  const reader = new CaptureReader(store);
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
    reader.push(bytes.subarray(at, at + CHUNK_BYTES));
    timeline.advance(Infinity);
  }
  reader.end();
  const seconds = (performance.now() - start) / 1000;
  check(store, events);
  latest.set(decoder, store);
  return seconds;
}

/** A bench of something that did not happen is worse than none. */
function check(store: CaptureStore, events: number): void {
  const { problems, hops } = store;
  const found = hops.withMetadata.reduce((sum, n) => sum + n, 0);
  if (problems[0] !== undefined) throw new Error(`${problems[0].code}: ${problems[0].cause}`);
  if (store.events.count !== events || found !== events) {
    throw new Error(`decoded ${store.events.count} events, ${found} with metadata, of ${events}`);
  }
  if (store.tlvs.value(0, store.areas.count) === null) throw new Error('no TLV was decoded');
}

function row(name: string, events: number, bytes: number, runs: Runs): string[] {
  return [
    name,
    runs.best.toFixed(3),
    runs.median.toFixed(3),
    (events / runs.best / 1e6).toFixed(2),
    (bytes / runs.best / 1e6).toFixed(0),
  ];
}

export async function main(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      events: { type: 'string', default: '1000000' },
      rounds: { type: 'string', default: '7' },
      'no-tshark': { type: 'boolean', default: false },
    },
  });
  const events = Number(values.events);
  const rounds = Number(values.rounds);
  const bytes = joinChunks(generateCapture({ events, metadata: 32, rewrites: 'once' }));
  const worstBytes = joinChunks(generateCapture({ events, metadata: 32, rewrites: 'every-hop' }));
  const tenBytes = joinChunks(generateCapture({ events, metadata: 64, rewrites: 'once', types: 10 }));
  console.log(
    `${events} events, ${bytes.length} bytes (${(bytes.length / events).toFixed(0)} a event), 32 B metadata each`,
  );

  const tshark = values['no-tshark'] ? null : openTshark(bytes);
  const built = await importProductionBuild<Decoder>('decoder.ts');
  const seconds: number[] = [];
  const sourceSeconds: number[] = [];
  const worstSeconds: number[] = [];
  const tenSeconds: number[] = [];
  for (let round = -WARM_UP_ROUNDS; round < rounds; round++) {
    const s = decodeOnce(built, bytes, events);
    const worst = decodeOnce(built, worstBytes, events);
    const ten = decodeOnce(built, tenBytes, events);
    const fromSource = decodeOnce(source, bytes, events);
    if (round >= 0) {
      seconds.push(s);
      worstSeconds.push(worst);
      tenSeconds.push(ten);
      sourceSeconds.push(fromSource);
    }
    // In turns, so that both see the same load of other programs.
    if (round >= 0 && round < TSHARK_ROUNDS) await tshark?.round();
    else await new Promise((resolve) => setTimeout(resolve, REST_MS));
  }
  const whither = summarize(seconds);
  const worst = summarize(worstSeconds);
  const ten = summarize(tenSeconds);
  const fromSource = summarize(sourceSeconds);
  const rows = [
    ['', 'best s', 'median s', 'M events/s', 'MB/s'],
    row('whither, one thread', events, bytes.length, whither),
    row('whither, every area differs', events, bytes.length, worst),
    row('whither, ten types in 64 B', events, tenBytes.length, ten),
    row('whither, from source (tsx)', events, bytes.length, fromSource),
    ...(tshark?.runs() ?? []).map(({ name, runs }) => row(name, events, bytes.length, runs)),
  ];
  tshark?.close();
  console.log(table(rows));
  const edits = redecode(built, events);
  console.log(
    table([
      ['read again after an edit', 'best s', 'median s'],
      ...edits.map(({ name, runs }) => [name, runs.best.toFixed(3), runs.median.toFixed(3)]),
    ]),
  );

  const eventsPerS = Math.round(events / whither.best);
  const fastest = tshark === null ? null : Math.min(...tshark.runs().map(({ runs }) => runs.best));
  const ratio = fastest === null ? null : Number((fastest / whither.best).toFixed(1));
  const verdict = (met: boolean): string => (met ? 'met' : 'NOT met');
  console.log(`goal ≥ ${GOAL_EVENTS_PER_S / 1e6} M events/s: ${verdict(eventsPerS >= GOAL_EVENTS_PER_S)}`);
  if (ratio !== null) console.log(`goal ≥ ${GOAL_RATIO} × tshark: ${verdict(ratio >= GOAL_RATIO)}`);
  const isQuick = edits.every(({ runs }) => runs.best <= GOAL_REDECODE_S);
  console.log(`goal: read again in ≤ ${GOAL_REDECODE_S} s: ${verdict(isQuick)}`);
  console.log(
    JSON.stringify({
      bench: 'decode',
      events_per_s: eventsPerS,
      mb_per_s: Math.round(bytes.length / whither.best / 1e6),
      ratio_tshark: ratio,
      events_per_s_worst: Math.round(events / worst.best),
      events_per_s_ten_types: Math.round(events / ten.best),
      events_per_s_source: Math.round(events / fromSource.best),
      ...Object.fromEntries(
        edits.map(({ key, runs }) => [`redecode_${key}_ms`, Math.round(1000 * runs.best)]),
      ),
    }),
  );
}
