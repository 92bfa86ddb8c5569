/**
 * `npm run bench -- filter [--events N] [--rounds N] [--no-tshark] [--page N]`
 *
 * Ten filters over a generated capture that is loaded, from the text to the journeys that pass: parsed, its tables
 * made, its columns passed over. Beside it tshark -Y with the filter that comes nearest, which reads the file each
 * time: that is what it does for every question. The best run counts of both; the ratio is taken against tshark's fastest.
 *
 * With `--page N` instead the same filters over N events that are open in Chromium (lib/filter-in-page.ts).
 */
import { parseArgs } from 'node:util';
import { generateCapture, joinChunks } from '#core/pcapng/testing/generate-capture.ts';
import { buildPage } from './lib/built-page.ts';
import { writeCapture } from './lib/capture-file.ts';
import { filterInPage, type FilterInPage } from './lib/filter-in-page.ts';
import * as source from './lib/filterer.ts';
import { importProductionBuild } from './lib/production-build.ts';
import { summarize } from './lib/stats.ts';
import { table } from './lib/table.ts';
import { openTshark } from './lib/tshark.ts';

type Filterer = typeof source;

const CHUNK_BYTES = 1024 * 1024;
const GOAL_SINGLE_MS = 20;
const GOAL_COMPOUND_MS = 50;
const GOAL_RATIO = 50;
const WARM_UP_ROUNDS = 2;

interface Asked {
  readonly filter: string;
  readonly compound: boolean;
  /** The same for tshark, null = it has no such field. */
  readonly tshark: string | null;
}

const FILTERS: readonly Asked[] = [
  { filter: 'tlv.verdict == drop', compound: false, tshark: null },
  { filter: 'tlv.trace_id in 0x100..0x4ff', compound: false, tshark: null },
  { filter: 'ip.addr in 192.0.2.0/28', compound: false, tshark: 'ip.addr == 192.0.2.0/28' },
  { filter: 'port == 4001', compound: false, tshark: 'udp.port == 4001 or tcp.port == 4001' },
  { filter: 'len > 100', compound: false, tshark: 'frame.len > 100' },
  { filter: 'state == changed', compound: false, tshark: null },
  {
    filter: 'time in 100ms..200ms',
    compound: false,
    tshark: 'frame.time_relative >= 0.1 and frame.time_relative <= 0.2',
  },
  { filter: 'cause ~ "tc program" || lost_at ~ egress', compound: true, tshark: null },
  {
    filter: 'proto == tcp && ip.src in 192.0.2.0/24 && tlv.verdict != pass',
    compound: true,
    tshark: 'tcp and ip.src == 192.0.2.0/24',
  },
  {
    filter: 'any(hop == "tcx ingress" && tlv.score > 1000 && meta.len == 32) && !(port in 4000..4100)',
    compound: true,
    tshark: 'frame.len > 32 and not (udp.port >= 4000 and udp.port <= 4100)',
  },
];

export async function main(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      events: { type: 'string', default: '1000000' },
      rounds: { type: 'string', default: '9' },
      'no-tshark': { type: 'boolean', default: false },
      page: { type: 'string' },
    },
  });
  if (values.page !== undefined) return inPage(Number(values.page));
  const events = Number(values.events);
  const rounds = Number(values.rounds);
  const bytes = joinChunks(generateCapture({ events, metadata: 32, rewrites: 'once' }));
  const built = await importProductionBuild<Filterer>('filterer.ts');
  const store = new built.CaptureStore();
  const reader = new built.CaptureReader(store);
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) reader.push(bytes.subarray(at, at + CHUNK_BYTES));
  reader.end();
  if (store.events.count !== events) throw new Error(`loaded ${store.events.count} of ${events} events`);

  const ways = FILTERS.flatMap(({ tshark }) =>
    tshark === null ? [] : [{ name: tshark, args: ['-Y', tshark] }],
  );
  const tshark = values['no-tshark'] ? null : openTshark(bytes, ways);
  await tshark?.round();
  const runs = FILTERS.map(() => [] as number[]);
  const passed = FILTERS.map(() => 0);
  for (let round = -WARM_UP_ROUNDS; round < rounds; round++) {
    FILTERS.forEach(({ filter }, i) => {
      const start = performance.now();
      const found = built.countPassing(store, filter);
      const ms = performance.now() - start;
      if (round >= 0) runs[i]!.push(ms);
      passed[i] = found;
    });
  }
  if (passed.every((n) => n === 0)) throw new Error('no filter passed anything');

  const tsharkMs = new Map((tshark?.runs() ?? []).map(({ name, runs: { best } }) => [name, best * 1000]));
  const best = FILTERS.map((_, i) => summarize(runs[i]!).best);
  console.log(`${events} events, ${store.journeys.count} journeys`);
  console.log(
    table([
      ['filter', 'journeys', 'best ms', 'median ms', 'tshark ms', 'ratio'],
      ...FILTERS.map(({ filter, tshark: way }, i) => {
        const other = way === null ? undefined : tsharkMs.get(way);
        return [
          filter,
          String(passed[i]!),
          best[i]!.toFixed(1),
          summarize(runs[i]!).median.toFixed(1),
          other?.toFixed(0) ?? '–',
          other === undefined ? '–' : (other / best[i]!).toFixed(0),
        ];
      }),
    ]),
  );
  tshark?.close();
  const worst = (compound: boolean): number =>
    Math.max(...best.filter((_, i) => FILTERS[i]!.compound === compound));
  const ratios = FILTERS.flatMap(({ tshark: way }, i) => {
    const other = way === null ? undefined : tsharkMs.get(way);
    return other === undefined ? [] : [other / best[i]!];
  });
  const ratio = ratios.length === 0 ? null : Math.round(Math.min(...ratios));
  const verdict = (met: boolean): string => (met ? 'met' : 'NOT met');
  console.log(`goal one field ≤ ${GOAL_SINGLE_MS} ms: ${verdict(worst(false) <= GOAL_SINGLE_MS)}`);
  console.log(`goal compound ≤ ${GOAL_COMPOUND_MS} ms: ${verdict(worst(true) <= GOAL_COMPOUND_MS)}`);
  if (ratio !== null) console.log(`goal ≥ ${GOAL_RATIO} × tshark -Y: ${verdict(ratio >= GOAL_RATIO)}`);
  console.log(
    JSON.stringify({
      bench: 'filter',
      single_ms: Number(worst(false).toFixed(1)),
      compound_ms: Number(worst(true).toFixed(1)),
      ratio_tshark: ratio,
    }),
  );
}

async function inPage(events: number): Promise<void> {
  const page = await buildPage();
  const file = await writeCapture(events);
  try {
    const { filters, longestTaskMs } = await filterInPage(
      page,
      file,
      FILTERS.map(({ filter }) => filter),
    );
    if (filters.every(({ journeys }) => journeys === 0)) throw new Error('no filter passed anything');
    console.log(
      table([
        ['filter', 'journeys', 'ms', 'another question waits ms'],
        ...filters.map(({ filter, journeys, ms, othersWaitMs }) => [
          filter,
          String(journeys),
          ms.toFixed(0),
          othersWaitMs.toFixed(0),
        ]),
      ]),
    );
    const worst = (of: (one: FilterInPage) => number): number => Math.round(Math.max(...filters.map(of)));
    console.log(
      JSON.stringify({
        bench: 'filter',
        events,
        page_ms: worst(({ ms }) => ms),
        others_wait_ms: worst(({ othersWaitMs }) => othersWaitMs),
        longest_task_ms: Math.round(longestTaskMs),
      }),
    );
  } finally {
    await file.remove();
    await page.close();
  }
}
