/** `whither inspect FILE --cost`: what watching cost while the file was captured. */
import type { Readable, Writable } from 'node:stream';
import { CostSink } from '#core/inspect/cost-sink.ts';
import { CaptureReader } from '#core/pcapng/reader.ts';
import type { CostPoint, CostProgram, CostView } from '#core/store/view.ts';
import { formatSize } from './units.ts';

/** As `inspect`: prints to `out`, problems to `err`; resolves with the exit code. */
export async function inspectCost(
  input: Readable,
  name: string,
  json: boolean,
  out: Writable,
  err: Writable,
): Promise<number> {
  const seen = { fatal: false };
  const sink = new CostSink((problem) => {
    seen.fatal ||= problem.fatal;
    err.write(`${name}: at byte ${problem.offset}: ${problem.cause} ${problem.remedy}\n`);
  });
  const reader = new CaptureReader(sink);
  for await (const chunk of input) reader.push(chunk as Uint8Array);
  reader.end();
  out.write(json ? `${JSON.stringify(sink.view)}\n` : `${formatCost(sink.view).join('\n')}\n`);
  return seen.fatal ? 1 : 0;
}

/** Lines for people. */
export function formatCost({ latest, history }: CostView): string[] {
  if (latest === null) return ['The capture says nothing of its cost: capture with --cost.'];
  const lines = summary(history);
  if (!latest.counting) {
    const why = latest.error === 1 ? 'that takes CAP_SYS_ADMIN' : `errno ${latest.error}`;
    lines.push(`The kernel did not count what programs run: ${why}.`);
  }
  const rows = latest.programs
    .filter(({ runs }) => runs > 0)
    .sort((a, b) => b.runTimeNs - a.runTimeNs)
    .map((program) => [
      String(program.id),
      program.name.replace(/\p{Cc}/gu, '\u00b7'),
      whereOf(program),
      String(program.runs),
      (program.runTimeNs / program.runs).toFixed(0),
      String(program.skipped),
    ]);
  const head = ['ID', 'PROGRAM', 'WHERE', 'RUNS', 'NS/RUN', 'SKIPPED'];
  return [...lines, ...columns([head, ...rows])];
}

function summary(history: readonly CostPoint[]): string[] {
  const { length } = history;
  if (length === 0) return [];
  const mean = (of: (point: CostPoint) => number | null): number | null => {
    const known = history.map(of).filter((value) => value !== null);
    return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
  };
  const cpu = (share: number | null): string =>
    share === null ? 'not known' : `${(100 * share).toFixed(1)} %`;
  return [
    `CPU of one: probe ${cpu(mean((p) => p.probeCpu))}, agent ${cpu(mean((p) => p.agentCpu))}, ` +
      `programs of Whither ${cpu(mean((p) => p.ownCpu))}, of others ${cpu(mean((p) => p.othersCpu))}`,
    `${(mean((p) => p.eventsPerSecond) ?? 0).toFixed(0)} events/s, ${formatSize(mean((p) => p.bytesPerSecond) ?? 0)}/s, ` +
      `mean of ${length} ${length === 1 ? 'interval' : 'intervals'}`,
  ];
}

function whereOf({ attach, hook, device }: CostProgram): string {
  const point = attach === 'own' ? `whither ${hook}`.trim() : attach;
  const where = device === '' ? point : `${point} of ${device}`;
  return where.replace(/\p{Cc}/gu, '\u00b7');
}

function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]!.length)));
  return rows.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i]!))
      .join('  ')
      .trimEnd(),
  );
}
