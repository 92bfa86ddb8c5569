/** Schemas that several tests use. */
import type { TlvFraming, TlvSchema, TlvType } from '../types.ts';

/** What the edge lab writes; shorter than its own agent/lab/edge/schema.json, which is the example of docs/schema.md. */
export const EDGE: TlvSchema = {
  whither: 2,
  name: 'edge',
  framing: { kind: 'tlv', typeBytes: 1, lengthBytes: 1, endian: 'little', pad: 0 },
  types: [
    { type: 1, name: 'trace_id', kind: 'uint', display: 'hex' },
    { type: 2, name: 'verdict', kind: 'enum', names: { 0: 'unknown', 1: 'pass', 2: 'drop', 3: 'redirect' } },
    { type: 3, name: 'origin', kind: 'ipv4' },
    { type: 4, name: 'tenant', kind: 'uint' },
  ],
};

/** A schema with this framing (1-byte type and length where it says nothing) and these types. */
export function framed(framing: Partial<TlvFraming>, types: readonly TlvType[] = []): TlvSchema {
  return {
    whither: 2,
    name: 'test',
    framing: { kind: 'tlv', typeBytes: 1, lengthBytes: 1, endian: 'big', ...framing },
    types,
  };
}

/** `0501 03` → bytes; spaces are for the reader. */
export function hex(text: string): Uint8Array {
  const digits = text.replaceAll(' ', '');
  return Uint8Array.from({ length: digits.length / 2 }, (_, i) =>
    Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16),
  );
}
