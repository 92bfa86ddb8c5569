import { describe, expect, it } from 'vitest';
import { compileSchema } from '#core/metadata/scan.ts';
import type { MetadataSchema } from '#core/metadata/types.ts';
import { generateCapture, joinChunks } from '#core/pcapng/testing/generate-capture.ts';
import { decodeStored } from './decode-stored.ts';
import { client, SCHEMA, sectionBytes, seen, storeOf, trace, verdict } from './testing/scenario.ts';

const RX = 'netif_receive_skb';
const BIG: MetadataSchema = {
  ...SCHEMA,
  framing: { ...SCHEMA.framing, endian: 'big' },
  types: [{ type: 1, name: 'number', kind: 'uint' }],
};

describe('TLV columns', () => {
  it('hold the value of each type as a number, addresses in network order', () => {
    const store = seen({ hook: RX, id: 1n, us: 0, meta: [...trace(0x0102), ...verdict(1), ...client(9), 0] });
    expect([0, 1, 2].map((column) => store.tlvs.value(column, 1))).toEqual([
      { hi: 0, lo: 0x0102, length: 4 },
      { hi: 0, lo: 1, length: 1 },
      { hi: 0, lo: 0xc000_0209, length: 4 },
    ]);
  });

  it('hold up to 8 bytes in the byte order of the type', () => {
    const meta = [1, 8, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0];
    const six = [1, 6, 1, 2, 3, 4, 5, 6];
    const store = seen({ hook: RX, id: 1n, us: 0, meta }, { hook: RX, id: 2n, us: 1, meta: six });
    expect(store.tlvs.value(0, 1)).toEqual({ hi: 0x0807_0605, lo: 0x0403_0201, length: 8 });
    expect(store.tlvs.value(0, 2)).toEqual({ hi: 0x0605, lo: 0x0403_0201, length: 6 });
    store.tlvs.setUser(compileSchema(BIG));
    expect(store.tlvs.advance(1)).toBe(false);
    expect(store.tlvs.advance(1)).toBe(true);
    expect(store.tlvs.names).toEqual(['number']);
    expect(store.tlvs.value(0, 1)).toEqual({ hi: 0x0102_0304, lo: 0x0506_0708, length: 8 });
    expect(store.tlvs.value(0, 2)).toEqual({ hi: 0x0102, lo: 0x0304_0506, length: 6 });
    expect(store.tlvs.value(0, 0)).toBeNull();
  });

  it('take the first of two TLVs of one type', () => {
    const store = seen({ hook: RX, id: 1n, us: 0, meta: [...verdict(0), ...verdict(1), 0, 0] });
    expect(store.tlvs.value(1, 1)).toEqual({ hi: 0, lo: 0, length: 1 });
  });

  it('are read by the schema in force where the area is, and again by the capture’s when the user takes his back', () => {
    const meta = [...trace(1), 0, 0];
    const parts = [
      sectionBytes({ run: 1, seen: [{ hook: RX, id: 1n, us: 0, meta }] }),
      sectionBytes({ run: 1, schema: BIG, seen: [{ hook: RX, id: 1n, us: 1, meta }] }),
    ];
    const store = storeOf(joinChunks(parts));
    expect(store.tlvs.names).toEqual(['trace', 'verdict', 'client', 'number']);
    const values = (): unknown[] =>
      [0, 3].flatMap((c) => [1, 2].map((area) => store.tlvs.value(c, area)?.lo));
    expect(values()).toEqual([1, undefined, undefined, 0x0100_0000]);
    expect(decodeStored(store, 2).tlvs[0]!.value).toBe('16777216');
    store.tlvs.setUser(compileSchema(SCHEMA));
    while (!store.tlvs.advance(10));
    expect(store.tlvs.names).toEqual(['trace', 'verdict', 'client']);
    expect([1, 2].map((area) => store.tlvs.value(0, area)?.lo)).toEqual([1, 1]);
    store.tlvs.setUser(null);
    while (!store.tlvs.advance(10));
    expect(values()).toEqual([1, undefined, undefined, 0x0100_0000]);
  });

  it('agree with the printed values over thousands of areas, before and after decoding again', () => {
    const store = storeOf(joinChunks(generateCapture({ events: 5000, metadata: 28 })));
    const check = (): void => {
      for (let area = 1; area <= store.areas.count; area++) {
        const printed = decodeStored(store, area).tlvs.map(({ value }) => value);
        const score = store.tlvs.value(3, area)!;
        const id = store.tlvs.value(0, area)!;
        const hex = ((BigInt(id.hi) << 32n) | BigInt(id.lo)).toString(16).padStart(16, '0');
        if (printed[3] !== String(score.lo) || printed[0] !== `0x${hex}`)
          throw new Error(`area ${area}: ${printed.join()}`);
      }
    };
    expect(store.areas.count).toBe(5000);
    check();
    const schema = store.tlvs.current!;
    store.tlvs.setUser(schema);
    let steps = 1;
    while (!store.tlvs.advance(1000)) steps++;
    expect(steps).toBe(5);
    check();
  });

  it('keep an address in host order as the number it is shown as', () => {
    const types = [{ type: 1, name: 'peer', kind: 'ipv4', endian: 'little' }] as const;
    const store = seen({ hook: RX, id: 1n, us: 0, meta: [1, 4, 1, 0, 0, 10, 0, 0] });
    store.tlvs.setUser(compileSchema({ ...SCHEMA, types }));
    while (!store.tlvs.advance(10));
    expect(decodeStored(store, 1).tlvs[0]!.value).toBe('10.0.0.1');
    expect(store.tlvs.value(0, 1)?.lo).toBe(0x0a00_0001);
  });

  it('share one record among events of a journey whose area stays the same', () => {
    const meta = [...trace(1), 0, 0];
    const store = seen(
      { hook: RX, id: 1n, us: 0, meta },
      { hook: RX, id: 2n, us: 1, meta },
      { hook: RX, id: 1n, us: 2, meta },
      { hook: RX, id: 1n, us: 3, meta: [...trace(2), 0, 0] },
    );
    expect([...store.events.chunk(0).area.subarray(0, 4)]).toEqual([1, 2, 1, 3]);
    expect([...store.areas.bytes(3)]).toEqual([...trace(2), 0, 0]);
  });
});
