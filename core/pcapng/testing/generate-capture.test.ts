import { describe, expect, it } from 'vitest';
import { META_STATE } from '#core/format/structs.ts';
import { readEvent } from '../event.ts';
import { generateCapture, GENERATED_HOOKS, GENERATED_SCHEMA, joinChunks } from './generate-capture.ts';
import { readAll } from './record-calls.ts';

/** 32 times the 16 journeys that are under way at a time, 8 events each: all are complete. */
const EVENTS = 4096;

describe('generateCapture', () => {
  const chunks = generateCapture({ events: EVENTS, seed: 3, chunkBytes: 10_000 });
  const read = readAll(chunks);

  it('is a capture without problems, with a schema and an interface per hook', () => {
    expect(read.problems).toEqual([]);
    expect(read.packets).toHaveLength(EVENTS);
    expect(read.interfaces.map((i) => i.name.replace(/^eth[01]:/, ''))).toEqual(GENERATED_HOOKS);
    expect(read.customs.map((c) => c.subtype)).toEqual([1, 3]);
    expect(JSON.parse(Buffer.from(read.customs[1]!.body, 'hex').toString())).toEqual(GENERATED_SCHEMA);
  });

  it('has whole blocks in every chunk', () => {
    for (const chunk of chunks.slice(1)) expect(readAll([chunks[0]!, chunk]).problems).toEqual([]);
  });

  it('has events of about 212 bytes with 32 bytes of metadata', () => {
    const bytes = read.packets.reduce((sum, p) => sum + p.blockLength, 0);
    expect(Math.abs(bytes / EVENTS - 212) < 5).toBe(true);
    for (const { event } of read.packets) {
      const bytesOf = Uint8Array.from(Buffer.from(event, 'hex'));
      const fields = readEvent(bytesOf, 0, bytesOf.length);
      expect(fields?.metaState).toBe(META_STATE.present);
      expect(fields?.metadata.length).toBe(32);
    }
  });

  it('has journeys of 8 events that pass the hooks in order, in ascending time', () => {
    const journeys = new Map<bigint, { hops: number[]; times: bigint[] }>();
    for (const p of read.packets) {
      const journey = journeys.get(p.packetId!) ?? { hops: [], times: [] };
      journey.hops.push(p.interfaceIndex);
      journey.times.push(p.timeNs);
      journeys.set(p.packetId!, journey);
    }
    expect(journeys.size).toBe(EVENTS / 8);
    for (const { hops, times } of journeys.values()) {
      expect(hops).toEqual(Array.from(hops, (_, i) => i));
      expect([...times].sort((a, b) => (a < b ? -1 : 1))).toEqual(times);
    }
  });

  it('carries the trace id, verdict, client address and score of its journey', () => {
    const first = read.packets[0]!;
    const bytes = Uint8Array.from(Buffer.from(first.event, 'hex'));
    const metadata = Buffer.from(readEvent(bytes, 0, bytes.length)!.metadata);
    expect(metadata.subarray(0, 2).toString('hex')).toBe('0108');
    expect(metadata.readBigUInt64LE(2)).toBe((0x7ace_0000n << 32n) | first.packetId!);
    expect(metadata.subarray(10, 12).toString('hex')).toBe('0201');
    expect(metadata.subarray(13, 18).toString('hex')).toBe('0304c63364');
    expect(metadata.subarray(19, 21).toString('hex')).toBe('0404');
    expect(metadata.subarray(25).every((b) => b === 0)).toBe(true);
  });

  it('depends on its options alone, and is the same whatever the chunks', () => {
    const again = joinChunks(generateCapture({ events: EVENTS, seed: 3, chunkBytes: 1 << 20 }));
    expect(Buffer.from(again).equals(Buffer.from(joinChunks(chunks)))).toBe(true);
    const other = joinChunks(generateCapture({ events: EVENTS, seed: 4 }));
    expect(Buffer.from(other).equals(Buffer.from(again))).toBe(false);
  });

  it('goes without metadata when it is told to', () => {
    const bare = readAll(generateCapture({ events: 8, metadata: 0 }));
    const bytes = Uint8Array.from(Buffer.from(bare.packets[0]!.event, 'hex'));
    expect(readEvent(bytes, 0, bytes.length)).toMatchObject({ metaState: META_STATE.none, metaLen: 0 });
  });
});
