/** `--tlv`: the search in the kernel against the decoder, and what is then captured. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileSchema, createAreaScan, FAULT } from '#core/metadata/scan.ts';
import { parseSchema } from '#core/metadata/schema.ts';
import { framed } from '#core/metadata/testing/schemas.ts';
import type { MetadataSchema, TlvFraming } from '#core/metadata/types.ts';
import { BLOCK_SUBTYPE } from '#core/format/structs.ts';
import { framingText, tlvOf } from '../cli/tlv.ts';
import { EdgeLab } from '../lab/edge/lab.ts';
import { startProbe } from '../lab/edge/record.ts';
import { findRoot, labFiles } from '../lab/root.ts';
import { readCapture, type Capture } from '../lab/testing/read-capture.ts';
import { requireKernel } from '../lab/testing/require-kernel.ts';

const skip = requireKernel();
const SEED = 20261126;
const FRAMINGS = 40;
const AREAS = 30;
const MAX_AREA_BYTES = 252;
const RATE = 300;
const TRAFFIC_MS = 1500;

const framings = fc
  .record({
    start: fc.constantFrom(0, 0, 1, 4, 9),
    typeBytes: fc.constantFrom(1 as const, 2 as const, 4 as const),
    lengthBytes: fc.constantFrom(1 as const, 2 as const, 4 as const),
    endian: fc.constantFrom('little' as const, 'big' as const),
    lengthUnit: fc.constantFrom(1 as const, 4 as const, 8 as const),
    lengthIncludesHeader: fc.boolean(),
    align: fc.constantFrom(1 as const, 2 as const, 4 as const, 8 as const),
    pad: fc.constantFrom(undefined, 0, 1, 0xff),
    terminator: fc.constantFrom(undefined, 2, 0xfe),
  })
  .map(({ pad, terminator, ...rest }): TlvFraming => ({
    kind: 'tlv',
    ...rest,
    ...(pad !== undefined && rest.typeBytes === 1 && { pad }),
    ...(terminator !== undefined && { terminator }),
  }));

/** Small numbers, so that types, lengths and values meet what is asked for; now and then anything. */
const bytes = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(0, 1, 2, 3, 4, 5, 8) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 255 }) },
);
const anything = fc.array(bytes, { maxLength: MAX_AREA_BYTES });

/** TLVs one after the other as the framing has it, then whatever. */
function wellFormed(f: TlvFraming): fc.Arbitrary<number[]> {
  const number = (value: number, width: number): number[] => {
    const digits = Array.from({ length: width }, (_, i) => Math.floor(value / 256 ** i) % 256);
    return f.endian === 'little' ? digits : digits.reverse();
  };
  const header = f.typeBytes + f.lengthBytes;
  const unit = f.lengthUnit ?? 1;
  const counted = f.lengthIncludesHeader === true ? header : 0;
  const tlv = fc.tuple(fc.constantFrom(3, 4, 5), fc.array(bytes, { maxLength: 10 }));
  return fc.tuple(fc.array(tlv, { maxLength: 8 }), fc.array(bytes, { maxLength: 12 })).map(([tlvs, rest]) => {
    const out: number[] = Array.from({ length: f.start ?? 0 }, () => 0xa5);
    for (const [type, value] of tlvs) {
      while ((out.length - (f.start ?? 0)) % (f.align ?? 1) !== 0) out.push(0x5a);
      const stated = Math.ceil((value.length + counted) / unit);
      const size = stated * unit - counted;
      out.push(...number(type, f.typeBytes), ...number(stated, f.lengthBytes), ...value);
      for (let i = value.length; i < size; i++) out.push(0);
    }
    return [...out, ...rest].slice(0, MAX_AREA_BYTES);
  });
}

interface Wanted {
  readonly type: number;
  readonly value: bigint | null;
  readonly big: boolean;
}

const wanted: fc.Arbitrary<Wanted> = fc.record({
  type: fc.constantFrom(3, 4, 5, 3, 4, 5, 0, 0x0300, 0x0400_0000),
  value: fc.oneof(fc.constant(null), fc.bigInt({ min: 0n, max: 5n }), fc.constantFrom(0x0301n, 0x0102_0304n)),
  big: fc.boolean(),
});

const asked = framings.chain((framing) =>
  fc.record({
    framing: fc.constant(framing),
    wanted: fc.array(wanted, { minLength: 1, maxLength: 2 }),
    areas: fc.array(fc.oneof(anything, wellFormed(framing), wellFormed(framing)), {
      minLength: AREAS,
      maxLength: AREAS,
    }),
  }),
);

const out = createAreaScan();

/** The decoder's answer. */
function isThere(area: Uint8Array, { type, value, big }: Wanted): boolean {
  for (let i = 0; i < out.count; i++) {
    if (out.type[i] !== type) continue;
    if (value === null) return true;
    const [from, length] = [out.valueOffset[i]!, out.valueLength[i]!];
    const digits = [...area.subarray(from, from + length)];
    if (length === 0 || length > 8) continue;
    const ordered = big ? digits : digits.reverse();
    if (ordered.reduce((sum, digit) => (sum << 8n) | BigInt(digit), 0n) === value) return true;
  }
  return false;
}

describe.skipIf(skip !== null)(`--tlv${skip === null ? '' : ` (${skip})`}`, () => {
  it.each(['casts', 'plain'])('finds in any area what the decoder finds, in the build %s', (build) => {
    const drawn = fc.sample(asked, { numRuns: FRAMINGS, seed: SEED });
    const lines: string[] = [];
    const expected: boolean[] = [];
    let faults = 0;
    for (const { framing, wanted: all, areas } of drawn) {
      const tlvs = all.map(
        ({ type, value, big }) => `${type}${value === null ? '' : `=${value},${big ? 'big' : 'little'}`}`,
      );
      lines.push(`for ${framingText(framing)} ${tlvs.join(' ')}`);
      const decoder = compileSchema(framed(framing));
      for (const numbers of areas) {
        const area = Uint8Array.from(numbers);
        decoder.scan(area, 0, area.length, out);
        if (out.fault !== FAULT.none) faults++;
        expected.push(all.every((one) => isThere(area, one)));
        lines.push(`in ${Buffer.from(area).toString('hex')}`);
      }
    }
    const root = findRoot();
    const said = execFileSync(
      path.join(root, 'build/whither-tlv-check'),
      [path.join(root, `build/probe/tlv-${build}.bpf.o`)],
      { input: `${lines.join('\n')}\n`, encoding: 'utf8' },
    );
    const found = said
      .trim()
      .split('\n')
      .map((line) => line === '1');
    expect(found).toEqual(expected);
    expect(expected.filter(Boolean).length).toBeGreaterThan(20);
    expect(faults).toBeGreaterThan(100);
  });

  it('reads as far as the decoder does: 64 TLVs, and no byte behind the area', () => {
    const ask = (...lines: string[]): string[] => {
      const object = path.join(findRoot(), 'build/probe/tlv-casts.bpf.o');
      const input = `${lines.join('\n')}\n`;
      const program = path.join(findRoot(), 'build/whither-tlv-check');
      return execFileSync(program, [object], { input, encoding: 'utf8' }).trim().split('\n');
    };
    const [first, last] = ['0100'.repeat(63), '0200'];
    expect(ask('for - 2', `in ${first}${last}`, `in ${first}0100${last}`)).toEqual(['1', '0']);
    // A value of two bytes of which one is there; a pad to the end.
    expect(ask('for pad=0 1', 'in 010200', 'in 01020000', `in ${'00'.repeat(250)}0100`)).toEqual([
      '0',
      '1',
      '1',
    ]);
  });

  describe('on the edge lab', () => {
    const directory = mkdtempSync(path.join(tmpdir(), 'whither-tlv-'));
    let lab: EdgeLab;
    let schema: MetadataSchema;

    beforeAll(async () => {
      lab = await EdgeLab.start();
      const parsed = parseSchema(readFileSync(labFiles().schema, 'utf8'));
      if (!parsed.ok) throw new Error('the lab’s schema is not valid');
      schema = parsed.schema;
    });

    afterAll(async () => {
      await lab.stop();
      rmSync(directory, { recursive: true, force: true });
    });

    async function captured(...texts: string[]): Promise<Capture> {
      const file = path.join(directory, 'tlv.pcapng');
      const { framing, wanted: tlvs } = tlvOf(texts, schema);
      const probe = await startProbe(lab, file, [
        '--tlv-framing',
        framing,
        ...tlvs.flatMap((tlv) => ['--tlv', tlv]),
      ]);
      await lab.startTraffic(RATE);
      await sleep(TRAFFIC_MS);
      await lab.stopTraffic();
      await probe.end('SIGINT');
      return readCapture(file);
    }

    /** Values of a type in an area. */
    function valuesOf(metaHex: string, type: number): number[] {
      const area = Buffer.from(metaHex, 'hex');
      compileSchema(schema).scan(area, 0, area.length, out);
      return Array.from({ length: out.count }, (_, i) => i)
        .filter((i) => out.type[i] === type)
        .map((i) => area.readUIntLE(out.valueOffset[i]!, out.valueLength[i]!));
    }

    it('keeps the packets with the value whole, and no other; the capture says so', async () => {
      const verdict = schema.types.find(({ name }) => name === 'verdict')!;
      const { packets, json, problems } = await captured('verdict=drop', 'trace_id');
      expect(problems).toEqual([]);
      expect(json.get(BLOCK_SUBTYPE.filter)).toMatchObject({
        tlv: [{ type: verdict.type, value: '0x2' }, { type: 1 }],
      });
      const journeys = new Map<bigint, string>();
      for (const { journey, metaHex } of packets) if (!journeys.has(journey)) journeys.set(journey, metaHex);
      expect(journeys.size).toBeGreaterThan(0);
      for (const metaHex of journeys.values()) expect(valuesOf(metaHex, verdict.type)).toEqual([2]);
      // Followed to where they were dropped.
      expect(packets.filter(({ hook }) => hook === 'kfree_skb').length).toBe(journeys.size);
    });

    it('keeps nothing when no packet has it', async () => {
      expect((await captured('trace_id', '200')).packets).toEqual([]);
    });
  });

  it('refuses what it does not understand in one line, before anything is attached', () => {
    const refused = (...args: string[]): string =>
      spawnSync(labFiles().probe, ['-i', 'lo', '-w', '/dev/null', ...args], { encoding: 'utf8' }).stderr;
    expect(refused('--tlv', 'trace_id')).toMatch(
      /^whither-probe: --tlv is TYPE or TYPE=VALUE.*'trace_id'\n$/,
    );
    expect(refused('--tlv', '1=0x1ffffffffffffffff')).toMatch(/--tlv is TYPE/);
    expect(refused('--tlv-framing', 'type=3')).toMatch(/--tlv-framing is KEY=NUMBER.*'type=3'\n$/);
    expect(refused(...Array.from({ length: 9 }, () => ['--tlv', '1']).flat())).toMatch(/at most 8 times/);
  });
});
