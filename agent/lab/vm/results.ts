/** The files that the jobs left, read into values. Nothing is judged here. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import { InspectSink } from '#core/inspect/inspect-sink.ts';
import type { InspectedEvent } from '#core/inspect/event-object.ts';
import { CaptureReader } from '#core/pcapng/reader.ts';
import type { Problem } from '#core/pcapng/types.ts';
import { Failure } from '../../failure.ts';
import type { EdgeCounts, EdgeNote } from '../edge/lab.ts';
import { DOCTOR_FILE, EDGE_FILE } from './jobs.ts';

/** Of what a failing job said. */
const SHOWN_LINES = 15;

const doctorAnswer = v.object({
  kernel: v.string(),
  hooks: v.array(
    v.object({
      name: v.string(),
      attached: v.boolean(),
      how: v.string(),
      reason: v.string(),
    }),
  ),
});
export type DoctorAnswer = v.InferOutput<typeof doctorAnswer>;

const edgeCounts = v.object({ xdp: v.number(), tcx: v.number(), dropped: v.number() });
const edgeNote = v.object({ trace: v.string(), afterXdp: v.string(), afterTcx: v.nullable(v.string()) });

export interface EdgeResults {
  readonly events: readonly InspectedEvent[];
  /** Those after them, of packets that were clones; [] where the job made none. */
  readonly clones: readonly InspectedEvent[];
  /** What the reader complained about. */
  readonly problems: readonly Problem[];
  readonly counts: EdgeCounts;
  /** By trace id, 16 hex digits. */
  readonly notes: ReadonlyMap<string, EdgeNote>;
  /** What the probe printed. */
  readonly probe: string;
  /** BPF programs (`id name`) and tc filters after the probe's end. */
  readonly afterProbe: string;
  /** BPF programs, namespaces and processes after everything. */
  readonly afterLab: string;
}

/** Of the job `job`, which is a doctor. */
export function readDoctor(directory: string, job = 'probe'): DoctorAnswer {
  requireSuccess(directory, job);
  return parseDoctor(read(directory, job, DOCTOR_FILE));
}

/** What `whither-probe --doctor` prints. */
export function parseDoctor(text: string): DoctorAnswer {
  return v.parse(doctorAnswer, JSON.parse(text));
}

/** Of the job `job`, which is one of `edgeJob`. */
export function readEdge(directory: string, job = 'edge'): EdgeResults {
  requireSuccess(directory, job);
  const [ready, counts, ...notes] = read(directory, job, EDGE_FILE.loader)
    .split('\n')
    .filter((line) => line !== '');
  if (ready !== 'ready' || counts === undefined) {
    throw new Failure(`the job ${job}'s loader said ${String(ready)}`, 'run the job again');
  }
  const capture = readFileSync(path.join(directory, job, EDGE_FILE.capture));
  const clonesFrom = path.join(directory, job, EDGE_FILE.clonesFrom);
  const before = existsSync(clonesFrom) ? Number(readFileSync(clonesFrom, 'utf8')) : capture.length;
  const { events, problems } = inspectCapture(capture);
  // What is said of an event may come from those before it: the rest is not read alone.
  const count =
    before === capture.length ? events.length : inspectCapture(capture.subarray(0, before)).events.length;
  return {
    events: events.slice(0, count),
    clones: events.slice(count),
    problems,
    counts: v.parse(edgeCounts, JSON.parse(counts)),
    notes: new Map(
      notes.map((line) => v.parse(edgeNote, JSON.parse(line))).map((note) => [note.trace, note]),
    ),
    probe: read(directory, job, EDGE_FILE.probe),
    afterProbe: read(directory, job, EDGE_FILE.afterProbe),
    afterLab: read(directory, job, EDGE_FILE.afterLab),
  };
}

function inspectCapture(capture: Uint8Array): { events: InspectedEvent[]; problems: Problem[] } {
  const events: InspectedEvent[] = [];
  const problems: Problem[] = [];
  const reader = new CaptureReader(
    new InspectSink({ event: (event) => events.push(event), problem: (problem) => problems.push(problem) }),
  );
  reader.push(capture);
  reader.end();
  return { events, problems };
}

function read(directory: string, job: string, file: string): string {
  return readFileSync(path.join(directory, job, file), 'utf8');
}

function requireSuccess(directory: string, job: string): void {
  const exit = read(directory, job, 'exit').trim();
  if (exit === '0') return;
  const said = `${read(directory, job, 'stdout')}${read(directory, job, 'stderr')}`
    .trim()
    .split('\n')
    .slice(-SHOWN_LINES)
    .join('\n');
  throw new Failure(`the job ${job} ended with ${exit}:\n${said}\n`, 'the last lines say why');
}
