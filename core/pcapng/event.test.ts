import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EVENT_EXTENSIONS, EVENT_HEADER_LEN, EVENT_META_LEN } from '#core/format/layout.gen.ts';
import { EVENT_SIZE, EXT_TAP_LENGTH } from '#core/format/layout.gen.ts';
import { MAX_OPERATIONS } from '#core/format/attribution.ts';
import { META_STATE } from '#core/format/structs.ts';
import {
  encodeEvent,
  type EventFields,
  MAX_TAP_BYTES,
  readEvent,
  readEventExtensions,
  UNKNOWN_EVENT,
} from './event.ts';

const u8 = fc.integer({ min: 0, max: 255 });
const u16 = fc.integer({ min: 0, max: 0xffff });
const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
const u64 = fc.bigInt({ min: 0n, max: 0xffff_ffff_ffff_ffffn });
const comm = fc.string({ unit: fc.constantFrom('a', 'Z', '/', '-', '0', ':'), maxLength: 15 });

const area = fc.oneof(
  fc.uint8Array({ maxLength: 255 }).map((metadata) => ({
    metaState: META_STATE.present,
    metaLen: metadata.length,
    metadata,
  })),
  fc
    .tuple(fc.constantFrom(META_STATE.none, META_STATE.unlocatable, META_STATE.unreadable), u8)
    .map(([metaState, metaLen]) => ({ metaState, metaLen, metadata: new Uint8Array(0) })),
);

const extensions = fc.record(
  {
    task: fc.record({ pid: u32, tgid: u32, comm }),
    drop: fc.record({ reason: u32, location: u64 }),
    socketCookie: u64,
    cb: fc.uint8Array({ minLength: 48, maxLength: 48 }),
    beside: fc.record({ hwtstamp: u64, vlanProto: u16, skbExtensions: u8 }),
    link: fc.record({ kind: u8, journey: u64 }),
    tap: fc.record({ kind: u8, join: u8, bytes: fc.uint8Array({ maxLength: MAX_TAP_BYTES }) }),
    operations: fc.array(
      fc.record({
        operation: u8,
        returned: fc.boolean(),
        headChanged: fc.boolean(),
        metaBefore: u8,
        metaAfter: u8,
        macBefore: u16,
        macAfter: u16,
      }),
      { minLength: 1, maxLength: MAX_OPERATIONS },
    ),
    program: fc.record({
      id: u32,
      kind: u8,
      verdict: fc.option(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })),
    }),
  },
  { requiredKeys: [] },
);

const anyEvent: fc.Arbitrary<EventFields> = fc
  .tuple(
    fc.record({
      hook: u8,
      cpu: u16,
      queue: u16,
      skb: u64,
      head: u64,
      macOffset: u16,
      dataOffset: u16,
      networkOffset: u16,
      flags: u16,
      skbLen: u32,
      dataLen: u32,
      mark: u32,
      priority: u32,
      hash: u32,
      skbIif: u32,
      protocol: u16,
      vlanTci: u16,
      endOffset: u32,
    }),
    area,
    extensions,
  )
  .map(([fields, metadata, ext]) => ({ ...fields, ...metadata, ...ext }));

const FULL: EventFields = {
  ...UNKNOWN_EVENT,
  metaState: META_STATE.present,
  metaLen: 5,
  metadata: Uint8Array.of(1, 2, 3, 4, 5),
  task: { pid: 1, tgid: 2, comm: 'sh' },
  drop: { reason: 3, location: 4n },
  socketCookie: 5n,
  cb: new Uint8Array(48).fill(6),
  beside: { hwtstamp: 7n, vlanProto: 0x8100, skbExtensions: 2 },
  link: { kind: 1, journey: 8n },
  tap: { kind: 1, join: 2, bytes: Uint8Array.of(9, 10, 11) },
};

describe('an event', () => {
  it('reads back as it was written, wherever it stands in the buffer', () => {
    fc.assert(
      fc.property(anyEvent, fc.integer({ min: 0, max: 9 }), (event, before) => {
        const bytes = encodeEvent(event);
        const buf = new Uint8Array(before + bytes.length + 3).fill(0xee);
        buf.set(bytes, before);
        expect(readEvent(buf, before, bytes.length)).toEqual(event);
      }),
    );
  });

  it('has its extensions on a multiple of 4 behind the metadata, in the order of their bits', () => {
    const bytes = encodeEvent(FULL);
    expect(bytes.length).toBe(EVENT_SIZE + 8 + 24 + 16 + 8 + 48 + 16 + 16 + 12);
    expect([...bytes.subarray(EVENT_SIZE, EVENT_SIZE + 8)]).toEqual([1, 2, 3, 4, 5, 0, 0, 0]);
    expect(bytes[EVENT_SIZE + 8]).toBe(1);
    expect(bytes[EVENT_SIZE + 8 + 24]).toBe(3);
    expect(bytes[EVENT_SIZE + 8 + 24 + 16]).toBe(5);
    const cb = EVENT_SIZE + 8 + 24 + 16 + 8;
    expect(bytes[cb]).toBe(6);
    const beside = [7, 0, 0, 0, 0, 0, 0, 0, 0x00, 0x81, 2, 0, 0, 0, 0, 0];
    expect([...bytes.subarray(cb + 48, cb + 64)]).toEqual(beside);
    const link = [1, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0];
    expect([...bytes.subarray(cb + 64, cb + 80)]).toEqual(link);
    expect([...bytes.subarray(cb + 80)]).toEqual([1, 2, 3, 0, 0, 0, 0, 0, 9, 10, 11, 0]);
  });

  it('tells the entry of a program, which has no verdict, from an exit with verdict 0', () => {
    const of = (verdict: number | null): unknown => {
      const bytes = encodeEvent({ ...UNKNOWN_EVENT, program: { id: 42, kind: 1, verdict } });
      return readEventExtensions(bytes, 0, bytes.length).program;
    };
    expect(of(null)).toEqual({ id: 42, kind: 1, verdict: null });
    expect(of(0)).toEqual({ id: 42, kind: 1, verdict: 0 });
    expect(of(-1)).toEqual({ id: 42, kind: 1, verdict: -1 });
  });

  it('keeps the extensions that fit when it is cut', () => {
    const bytes = encodeEvent(FULL);
    const keys = (length: number): string[] => Object.keys(readEventExtensions(bytes, 0, length));
    const all = ['task', 'drop', 'socketCookie', 'cb', 'beside', 'link', 'tap'];
    expect(keys(bytes.length)).toEqual(all);
    expect(keys(bytes.length - 1)).toEqual(all.slice(0, 6));
    expect(keys(bytes.length - 5)).toEqual(all.slice(0, 6));
    expect(keys(bytes.length - 13)).toEqual(all.slice(0, 5));
    expect(keys(bytes.length - 29)).toEqual(all.slice(0, 4));
    expect(keys(bytes.length - 45)).toEqual(all.slice(0, 3));
    expect(keys(EVENT_SIZE + 8 + 24 + 15)).toEqual(['task']);
    expect(keys(EVENT_SIZE + 8)).toEqual([]);
    expect(keys(EVENT_SIZE - 1)).toEqual([]);
  });

  it('stops before a bit it does not know and keeps those below', () => {
    const bytes = new Uint8Array([
      ...encodeEvent({ ...UNKNOWN_EVENT, socketCookie: 7n }),
      ...new Uint8Array(64),
    ]);
    new DataView(bytes.buffer).setUint16(EVENT_EXTENSIONS, 4 | 32768, true);
    expect(readEventExtensions(bytes, 0, bytes.length)).toEqual({ socketCookie: 7n });
  });

  it('takes no tap that says more bytes than whither.h lets it', () => {
    const tap = { kind: 1, join: 0, bytes: new Uint8Array(MAX_TAP_BYTES) };
    const bytes = new Uint8Array([...encodeEvent({ ...UNKNOWN_EVENT, tap }), ...new Uint8Array(8)]);
    expect(readEventExtensions(bytes, 0, bytes.length).tap?.bytes.length).toBe(MAX_TAP_BYTES);
    new DataView(bytes.buffer).setUint16(EVENT_SIZE + EXT_TAP_LENGTH, MAX_TAP_BYTES + 1, true);
    expect(readEventExtensions(bytes, 0, bytes.length)).toEqual({});
  });

  it('reads a longer struct of a later writer by its header_len', () => {
    const bytes = encodeEvent({ ...FULL, metaLen: 4, metadata: Uint8Array.of(9, 8, 7, 6) });
    const longer = new Uint8Array(bytes.length + 8);
    longer.set(bytes.subarray(0, EVENT_SIZE));
    longer.set(bytes.subarray(EVENT_SIZE), EVENT_SIZE + 8);
    new DataView(longer.buffer).setUint16(EVENT_HEADER_LEN, EVENT_SIZE + 8, true);
    const read = readEvent(longer, 0, longer.length);
    expect(read?.metadata).toEqual(Uint8Array.of(9, 8, 7, 6));
    expect(read?.task).toEqual({ pid: 1, tgid: 2, comm: 'sh' });
  });

  it('is null when metadata would run past it, or the bytes are not one', () => {
    const bytes = encodeEvent({ ...UNKNOWN_EVENT, metaState: META_STATE.present, metaLen: 0 });
    expect(readEvent(bytes, 0, bytes.length)).not.toBeNull();
    bytes[EVENT_META_LEN] = 1;
    expect(readEvent(bytes, 0, bytes.length)).toBeNull();
    expect(readEvent(bytes, 4, bytes.length)).toBeNull();
    expect(readEvent(new Uint8Array(200), 0, 200)).toBeNull();
  });

  it('never throws on any bytes', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 260 }),
        fc.integer({ min: -9, max: 250 }),
        fc.integer({ min: -9, max: 250 }),
        anyEvent,
        (noise, start, length, event) => {
          readEvent(noise, start, length);
          const bytes = encodeEvent(event);
          noise.forEach((value, i) => (bytes[(value * 7 + i) % bytes.length] = value));
          readEvent(bytes, 0, bytes.length);
          readEventExtensions(bytes, start, length);
        },
      ),
    );
  });
});
