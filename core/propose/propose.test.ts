import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { decodeArea } from '#core/metadata/decode.ts';
import { compileSchema } from '#core/metadata/scan.ts';
import { parseSchema } from '#core/metadata/schema.ts';
import { CaptureReader } from '#core/pcapng/reader.ts';
import { generateCapture } from '#core/pcapng/testing/generate-capture.ts';
import { CaptureStore } from '#core/store/capture-store.ts';
import { Proposer, schemaOf } from './propose.ts';
import { proposalLines } from './report.ts';
import { AreaSampler } from './sample.ts';
import { noise, NOISE_KINDS, randomAreas, readsAsMade } from './testing/random-areas.ts';
import type { AreaSample, Proposal } from './types.ts';

const STEPS = 500;

function propose(areas: readonly AreaSample[]): Proposal {
  const proposer = new Proposer(areas);
  let progress = 0;
  while (!proposer.advance(STEPS)) {
    expect(proposer.progress).toBeGreaterThanOrEqual(progress);
    progress = proposer.progress;
  }
  return proposer.proposal();
}

function samplesOf(store: CaptureStore): readonly AreaSample[] {
  const sampler = new AreaSampler(store);
  while (!sampler.advance(1000));
  return sampler.samples();
}

describe('framings made up at random', () => {
  // The bench has thirty; these are its first ones that fit into a test.
  test.each([1, 3, 4, 9])('number %i is ranked first', (seed) => {
    const made = randomAreas(seed, 200);
    expect(readsAsMade(made.framing, made)).toBe(true);
    const { verdict, candidates } = propose(made.samples);
    expect(verdict).toBe('framing');
    expect(readsAsMade(candidates[0]!.framing, made)).toBe(true);
    expect(candidates[0]!.exact).toBe(200);
    expect(candidates.reduce((sum, { confidence }) => sum + confidence, 0)).toBeLessThanOrEqual(1 + 1e-9);
  });

  test('areas that something else wrote, up to a third, do not hide it', () => {
    const made = randomAreas(4, 200);
    const broken = made.samples.map((sample, n) => (n % 3 === 0 ? noise('uniform', n + 1, 1)[0]! : sample));
    const { candidates } = propose(broken);
    expect(readsAsMade(candidates[0]!.framing, made)).toBe(true);
    expect(candidates[0]!.exact).toBeLessThan(200);
  });
});

test.each(NOISE_KINDS)('%s is noise', (kind) => {
  const { verdict, candidates, text } = propose(noise(kind, 7, 200));
  expect([verdict, candidates.length]).toEqual(['noise', 0]);
  expect(text).toContain('noise');
});

test('a struct without TLVs is called a struct', () => {
  const areas = Array.from({ length: 200 }, (_, n) => {
    const bytes = new Uint8Array(16);
    const view = new DataView(bytes.buffer);
    view.setBigUint64(0, 0x1122_3344_5566n + BigInt(n * 977), true);
    view.setUint32(8, n & 3, true);
    view.setUint32(12, 0xc0ffee01, true);
    return { bytes, packet: null };
  });
  expect(propose(areas).verdict).toBe('layout');
});

test('without areas, and with one that says nothing, nothing is proposed', () => {
  expect(propose([]).verdict).toBe('nothing');
  expect(propose([{ bytes: Uint8Array.of(42, 0, 0, 0), packet: null }]).candidates).toEqual([]);
});

describe('a generated capture', () => {
  const store = new CaptureStore();
  const reader = new CaptureReader(store);
  for (const chunk of generateCapture({ events: 2000 })) reader.push(chunk);
  reader.end();
  const proposal = propose(samplesOf(store));
  const best = proposal.candidates[0]!;

  it('has its framing ranked first', () => {
    expect(best.framing).toMatchObject({
      typeBytes: 1,
      lengthBytes: 1,
      lengthUnit: 1,
      lengthIncludesHeader: false,
    });
    expect(best.confidence).toBeGreaterThan(0.5);
  });

  it('becomes a schema that parses and reads the areas to the end', () => {
    const parsed = parseSchema(JSON.stringify(schemaOf(best)));
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
    const decoder = compileSchema(parsed.schema);
    for (const { bytes } of samplesOf(store)) {
      const { tlvs, fault } = decodeArea(decoder, bytes);
      expect(fault).toBeNull();
      expect(tlvs.every(({ name }) => name !== '')).toBe(true);
    }
  });

  it('is told in lines', () => {
    const lines = proposalLines(proposal);
    expect(lines[2]).toMatch(/^1\. type 1 byte, length 1 byte/);
    expect(lines[3]).toMatch(/confidence \d+ %; \d+ of \d+ areas to the end/);
  });
});

test('values that are copies of something about the packet are told as that', () => {
  const START_NS = 1_795_392_000_000_000_000n;
  const areas = Array.from({ length: 60 }, (_, n): AreaSample => {
    const bytes = new Uint8Array(38);
    const view = new DataView(bytes.buffer);
    const source = Uint8Array.of(203, 0, 113, (n * 7) % 50);
    const timeNs = START_NS + BigInt(n) * 3_000_000n;
    bytes.set([1, 4, ...source], 0);
    bytes.set([2, 2], 6);
    view.setUint16(8, 40_000 + ((n * 31) % 97), false);
    bytes.set([3, 4], 10);
    view.setUint32(12, 46 + ((n * 13) % 700), true);
    bytes.set([4, 8], 16);
    view.setBigUint64(18, timeNs - START_NS + 5_000_000_000n, true);
    bytes.set([5, 8], 26);
    view.setBigUint64(28, timeNs + 1_000n, true);
    const packet = {
      source,
      destination: null,
      sourcePort: 40_000 + ((n * 31) % 97),
      destinationPort: 53,
      length: 60 + ((n * 13) % 700),
      timeNs,
      mark: null,
      hash: null,
    };
    return { bytes: bytes.subarray(0, 36), packet };
  });
  const { candidates } = propose(areas);
  const told = [...candidates[0]!.fields].sort((a, b) => a.type - b.type);
  expect(told.map(({ look, evidence, proposed: { kind } }) => [look, evidence, kind])).toEqual([
    ['source', "the packet's source address in 60 of 60", 'ipv4'],
    ['sourcePort', "the packet's source port in 60 of 60", 'uint'],
    ['length', "the packet's length less 14 in 60 of 60", 'uint'],
    ['timestamp', "runs with the packets' time, as ns since boot, in 60 of 60", 'timestamp'],
    ['timestamp', "within an hour of the packet's time, as ns since 1970, in 60 of 60", 'timestamp'],
  ]);
});

test('any bytes are answered, and what is proposed parses as a schema', () => {
  const anyArea = fc.uint8Array({ maxLength: 40 }).map((bytes) => ({ bytes, packet: null }));
  fc.assert(
    fc.property(fc.array(anyArea, { maxLength: 6 }), (areas) => {
      for (const candidate of propose(areas).candidates) {
        expect(parseSchema(JSON.stringify(schemaOf(candidate)))).toMatchObject({ ok: true });
      }
    }),
    { numRuns: 8 },
  );
});

it('takes no area for a sample that was overwritten or left behind', () => {
  const sample = path.join(import.meta.dirname, '../../public/samples/forward.pcapng');
  const store = new CaptureStore({ seed: 1 });
  const reader = new CaptureReader(store);
  reader.push(readFileSync(sample));
  reader.end();
  const sampler = new AreaSampler(store);
  while (!sampler.advance(7));
  const written = sampler.samples();
  expect(sampler.leftOut).toBeGreaterThan(0);
  expect(written.length).toBeGreaterThan(0);
  // Each is as the schema of the capture reads it, to its end.
  const decoder = store.tlvs.captured!;
  for (const { bytes } of written) expect(decodeArea(decoder, bytes).fault).toBeNull();
  const proposer = new Proposer(written, sampler.leftOut);
  while (!proposer.advance(STEPS));
  expect(proposer.proposal().text).toContain(`without ${sampler.leftOut} overwritten or left behind`);
  expect(new Proposer([], 3).proposal().text).toMatch(/^There is no metadata .* 3 areas/);
});
