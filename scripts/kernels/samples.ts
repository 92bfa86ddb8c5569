/** Recordings that come with the page as samples, beside those made by hand (agent/lab/README.md): one question each. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import * as v from 'valibot';
import { KERNEL_KEEPS, parseKernelVersion } from '#core/diagnosis/kernel-version.ts';
import { ROOT } from '../lib/run.mjs';
import { keptFindings, keptKernels, type KeptKernel } from './findings.ts';

const DIRECTORY = path.join(ROOT, 'public', 'samples');
const INDEX = path.join(DIRECTORY, 'index.json');

const index = v.array(
  v.object({
    id: v.string(),
    file: v.string(),
    title: v.string(),
    question: v.string(),
    bytes: v.number(),
  }),
);

interface Sample {
  readonly id: string;
  readonly scenario: string;
  /** Of a kernel that keeps metadata (6.19 on), or of one that does not; the one with the most hooks is taken. */
  readonly keeps: boolean;
  readonly title: string;
  readonly question: string;
}

const SAMPLES: readonly Sample[] = [
  {
    id: 'forward',
    scenario: 'forward',
    keeps: false,
    title: 'A router with a cached neighbour',
    question:
      'Why does the tenant of the second packet end in 0000 behind the router, and that of the first does not?',
  },
  {
    id: 'sniffed',
    scenario: 'clone-write',
    keeps: false,
    title: 'A packet socket, and a program that writes',
    question:
      'Which program, and which function of the kernel, takes all metadata as soon as somebody runs a sniffer?',
  },
  {
    id: 'sniffed-later',
    scenario: 'clone-write',
    keeps: true,
    title: 'The same on a kernel since 6.19',
    question: 'What becomes of the metadata now, and why does it say moved?',
  },
  {
    id: 'adjust-room',
    scenario: 'adjust-room',
    keeps: false,
    title: 'Room made, and taken away again',
    question: 'Metadata has its old place and length back: whose bytes are at its end?',
  },
  {
    id: 'vxlan',
    scenario: 'vxlan',
    keeps: false,
    title: 'A tunnel ends',
    question: 'The inner packet has 16 bytes of metadata that nobody wrote: what are they?',
  },
  {
    id: 'stale',
    scenario: 'veth-xdp',
    keeps: false,
    title: 'An XDP program that writes nothing',
    question: 'Whose metadata does a reader behind in0 find, and how did it get there?',
  },
  {
    id: 'two-writers',
    scenario: 'two-writers',
    keeps: false,
    title: 'Two writers, one area',
    question: 'Which TLV does the second program take away, and who was it?',
  },
  {
    id: 'shuffle',
    scenario: 'shuffle',
    keeps: false,
    title: 'From the wire to the application',
    question: 'Where is the request id at each stop: packet, area, map, socket?',
  },
];

/** Replaces those of SAMPLES and leaves others alone. Returns what it did, one line each. */
export function publishSamples(): string[] {
  const old = v.parse(index, JSON.parse(readFileSync(INDEX, 'utf8')));
  const others = old.filter(({ id }) => !SAMPLES.some((sample) => sample.id === id));
  const made = SAMPLES.flatMap(({ id, scenario, keeps, title, question }) => {
    const recording = recordingOf(scenario, keeps);
    // Not found anew: the one that is there stays.
    if (recording === null) return old.filter((sample) => sample.id === id);
    const bytes = gunzipSync(recording);
    const file = `${id}.pcapng`;
    writeFileSync(path.join(DIRECTORY, file), bytes);
    return [{ id, file, title, question, bytes: bytes.length }];
  });
  writeFileSync(INDEX, `${JSON.stringify([...others, ...made], null, 2)}\n`);
  return [`public/samples: ${others.length + made.length}`];
}

function recordingOf(scenario: string, keeps: boolean): Buffer | null {
  const kernels = keptKernels().filter(
    ({ release }) => parseKernelVersion(release) >= KERNEL_KEEPS === keeps,
  );
  // With the most hooks: the machine's own has all that it can have.
  const order = (kernel: KeptKernel): number => (kernel.where === 'here' ? 1 : 0);
  for (const { release } of kernels.sort((a, b) => order(b) - order(a))) {
    const recording = keptFindings(release, scenario)?.recording ?? null;
    if (recording !== null) return recording;
  }
  return null;
}
