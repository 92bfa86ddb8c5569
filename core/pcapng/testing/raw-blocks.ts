/** Blocks byte by byte, for what the writer cannot or must not write: rare blocks, wrong lengths, pcap. */
import { joinBytes } from './record-calls.ts';

export interface RawOrder {
  readonly u16: (value: number) => Uint8Array;
  readonly u32: (value: number) => Uint8Array;
  /** A block with right lengths around this body, which is padded to 4. */
  readonly block: (type: number, ...body: Uint8Array[]) => Uint8Array;
  readonly option: (code: number, value: Uint8Array) => Uint8Array;
}

function padded(bytes: Uint8Array): Uint8Array {
  return joinBytes(bytes, new Uint8Array(-bytes.length & 3));
}

export function rawOrder(littleEndian: boolean): RawOrder {
  const u16 = (value: number): Uint8Array => {
    const out = new Uint8Array(2);
    new DataView(out.buffer).setUint16(0, value, littleEndian);
    return out;
  };
  const u32 = (value: number): Uint8Array => {
    const out = new Uint8Array(4);
    new DataView(out.buffer).setUint32(0, value, littleEndian);
    return out;
  };
  return {
    u16,
    u32,
    block: (type, ...parts) => {
      const body = padded(joinBytes(...parts));
      return joinBytes(u32(type), u32(body.length + 12), body, u32(body.length + 12));
    },
    option: (code, value) => joinBytes(u16(code), u16(value.length), padded(value)),
  };
}

export interface RawPcapRecord {
  readonly seconds: number;
  readonly fraction: number;
  readonly data: Uint8Array;
  readonly original: number;
}

/** A classic pcap; `magic` decides on the unit of the fractions and the length of the record header. */
export function rawPcap(
  littleEndian: boolean,
  magic: number,
  linkType: number,
  records: readonly RawPcapRecord[],
): Uint8Array {
  const { u16, u32 } = rawOrder(littleEndian);
  const extra = new Uint8Array(magic === 0xa1b2cd34 ? 8 : 0).fill(0x77);
  return joinBytes(
    u32(magic),
    u16(2),
    u16(4),
    u32(0),
    u32(0),
    u32(65_535),
    u32(linkType),
    ...records.map((r) =>
      joinBytes(u32(r.seconds), u32(r.fraction), u32(r.data.length), u32(r.original), extra, r.data),
    ),
  );
}
