/** What the parts of the field tree share: a layer being built, and what comes after it. */
import { formatHex, formatIpv4, formatIpv6, formatMac } from './addresses.ts';
import { u16, u32 } from './constants.ts';
import type { FieldNode } from './types.ts';

/** What follows a layer: an EtherType's or an IP protocol's packet in bytes [at, end). */
export interface Next {
  readonly by: 'ethertype' | 'ip' | 'data';
  /** The EtherType or IP protocol number; 0 for data. */
  readonly number: number;
  readonly at: number;
  readonly end: number;
}

/** No packet shows more fields than this; the option lists are the only thing that could. */
export const MAX_TREE_FIELDS = 512;

/** Counts the fields of one packet, all layers together. */
export interface FieldBudget {
  left: number;
}

/**
 * One protocol's node. Fields are added in order; the first that does not fit below `end` cuts the layer
 * off there, and everything after it is left out, so that what is shown was there.
 */
export class Layer {
  readonly bytes: Uint8Array;
  readonly end: number;
  private readonly budget: FieldBudget;
  private readonly fields: FieldNode[] = [];
  private cutAt = -1;
  private hidden = false;

  constructor(bytes: Uint8Array, end: number, budget: FieldBudget) {
    this.bytes = bytes;
    this.end = end;
    this.budget = budget;
  }

  get cut(): boolean {
    return this.cutAt >= 0;
  }

  /** Adds a field of `length` bytes at `at`; `print` is called only when they are there. false = cut off. */
  add(
    label: string,
    filter: string,
    at: number,
    length: number,
    print: () => string,
    children: readonly FieldNode[] = [],
  ): boolean {
    if (this.cut) return false;
    if (at + length > this.end) {
      this.cutAt = at;
      return false;
    }
    if (this.budget.left <= 0) {
      this.hidden = true;
      return false;
    }
    this.budget.left--;
    this.fields.push({ label, filter, value: print(), offset: at, length, children });
    return true;
  }

  u8(label: string, filter: string, at: number, names?: Readonly<Record<number, string>>): boolean {
    return this.add(label, filter, at, 1, () => named(this.bytes[at]!, names));
  }

  u16(label: string, filter: string, at: number, names?: Readonly<Record<number, string>>): boolean {
    return this.add(label, filter, at, 2, () => named(u16(this.bytes, at), names));
  }

  u32(label: string, filter: string, at: number): boolean {
    return this.add(label, filter, at, 4, () => u32(this.bytes, at).toString());
  }

  hex(label: string, filter: string, at: number, length: number): boolean {
    return this.add(label, filter, at, length, () => `0x${formatHex(this.bytes, at, length)}`);
  }

  mac(label: string, filter: string, at: number): boolean {
    return this.add(label, filter, at, 6, () => formatMac(this.bytes, at));
  }

  ipv4(label: string, filter: string, at: number): boolean {
    return this.add(label, filter, at, 4, () => formatIpv4(this.bytes, at));
  }

  ipv6(label: string, filter: string, at: number): boolean {
    return this.add(label, filter, at, 16, () => formatIpv6(this.bytes, at));
  }

  /** Bits of a byte or word as child nodes: [label, filter, mask] of `value`, which is `length` bytes at `at`. */
  bits(value: number, at: number, length: number, rows: readonly BitField[]): FieldNode[] {
    return rows.map(([label, filter, shift, width]) => {
      const bits = (value >>> shift) & ((1 << width) - 1);
      const text = width === 1 ? (bits === 1 ? 'Set (1)' : 'Not set (0)') : bits.toString();
      return { label, filter, value: text, offset: at, length, children: [] };
    });
  }

  note(label: string, value: string, at: number, length: number): void {
    this.fields.push({ label, filter: '', value, offset: at, length, children: [] });
  }

  /** The finished node, bytes [at, until) of the packet; says where it is cut off. */
  node(label: string, filter: string, value: string, at: number, until: number): FieldNode {
    if (this.cut) {
      const left = Math.max(0, this.end - this.cutAt);
      this.note(
        'Cut off',
        'the header goes on behind the bytes there are',
        Math.min(this.cutAt, this.end),
        left,
      );
    }
    if (this.hidden) this.note('Not shown', `more than ${MAX_TREE_FIELDS} fields in one packet`, at, 0);
    const to = Math.min(until, this.end);
    return { label, filter, value, offset: at, length: Math.max(0, to - at), children: this.fields };
  }
}

/** Label, filter, bits to the right of the field, width in bits. */
export type BitField = readonly [label: string, filter: string, shift: number, width: number];

/** `TCP (6)`, or `200` where there is no name. */
export function named(value: number, names?: Readonly<Record<number, string>>): string {
  const name = names?.[value];
  return name === undefined ? value.toString() : `${name} (${value})`;
}

/** `IPv4 (0x0800)`, or `0x1234`. */
export function namedHex(value: number, digits: number, names?: Readonly<Record<number, string>>): string {
  const text = `0x${value.toString(16).padStart(digits, '0')}`;
  const name = names?.[value];
  return name === undefined ? text : `${name} (${text})`;
}
