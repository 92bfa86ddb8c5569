/** What the parts of the field tree share: a layer being built. */
import { FIELDS, type FieldName } from './fields.ts';
import { printBytes, printField, readField } from './print-field.ts';
import type { FieldNode, FieldValue } from './types.ts';

/** No packet shows more fields than this; the option lists are the only thing that could. */
export const MAX_TREE_FIELDS = 512;

/** Counts the fields of one packet, all layers together. */
export interface FieldBudget {
  left: number;
}

/** What a field is when it is not just its bytes. */
export interface FieldExtras {
  /** What it stands for, when that is not the number in the packet (a count of words as bytes). */
  readonly value?: number;
  /** In place of the printed value. */
  readonly text?: string;
  /** Adds the fields that this one is made of. */
  readonly inside?: () => void;
}

/**
 * One protocol's node. Fields are added in order; the first that does not fit below `end` cuts the layer
 * off there, and everything after it is left out, so that what is shown was there.
 */
export class Layer {
  readonly bytes: Uint8Array;
  readonly end: number;
  private readonly budget: FieldBudget;
  /** Of the group that is being filled. */
  private fields: FieldNode[] = [];
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

  /** Whether `length` bytes at `at` are there. */
  has(at: number, length: number): boolean {
    return at + length <= this.end;
  }

  /** Adds the field that is `length` bytes at `at`. false = cut off. */
  add(name: FieldName, at: number, length: number, extras: FieldExtras = {}): boolean {
    if (!this.room(at, length)) return false;
    const raw = extras.value ?? readField(FIELDS[name], this.bytes, at, length);
    return this.put(name, at, length, raw, 8 * length, extras);
  }

  /** Adds the field that is `width` bits of the `length` bytes at `at` (at most 4), `shift` bits from their end. */
  bits(
    name: FieldName,
    at: number,
    length: number,
    shift: number,
    width: number,
    extras: FieldExtras = {},
  ): boolean {
    if (!this.room(at, length)) return false;
    let word = 0;
    for (let i = 0; i < length; i++) word = word * 256 + this.bytes[at + i]!;
    const bits = (word >>> shift) & (2 ** width - 1);
    const raw = FIELDS[name].kind === 'bool' ? bits !== 0 : (extras.value ?? bits);
    return this.put(name, at, length, raw, width, extras);
  }

  /** Bytes that have no name of their own. */
  unnamed(label: string, at: number, length: number): boolean {
    if (!this.room(at, length)) return false;
    const value = `0x${printBytes(this.bytes, at, length)}`;
    this.budget.left--;
    this.fields.push({ label, filter: '', value, raw: null, offset: at, length, children: [] });
    return true;
  }

  /** Fields that belong together, in the `length` bytes at `at`; nothing where none of them fits. */
  group(name: FieldName, at: number, length: number, text: string, inside: () => void): void {
    if (this.cut) return;
    if (!this.affordable()) return;
    this.budget.left--;
    const children = this.within(inside);
    if (children.length === 0) return;
    const to = Math.min(at + length, this.end);
    this.fields.push({
      label: FIELDS[name].label,
      filter: name,
      value: text,
      raw: null,
      offset: at,
      length: Math.max(0, to - at),
      children,
    });
  }

  /** A remark about the `length` bytes at `at`, as far as they are there. */
  note(label: string, value: string, at: number, length: number): void {
    const offset = Math.min(at, this.end);
    const there = Math.min(length, this.end - offset);
    this.fields.push({ label, filter: '', value, raw: null, offset, length: there, children: [] });
  }

  /** The finished node, bytes [at, until) of the packet; says where it is cut off. */
  node(
    name: FieldName,
    value: string,
    at: number,
    until: number,
    label: string = FIELDS[name].label,
  ): FieldNode {
    if (this.cut) {
      this.note('Cut off', 'the header goes on behind the bytes there are', this.cutAt, this.end);
    }
    if (this.hidden) this.note('Not shown', `more than ${MAX_TREE_FIELDS} fields in one packet`, at, 0);
    const to = Math.min(until, this.end);
    return {
      label,
      filter: name,
      value,
      raw: null,
      offset: at,
      length: Math.max(0, to - at),
      children: this.fields,
    };
  }

  private room(at: number, length: number): boolean {
    if (this.cut) return false;
    if (!this.has(at, length)) {
      this.cutAt = at;
      return false;
    }
    return this.affordable();
  }

  private affordable(): boolean {
    if (this.budget.left > 0) return true;
    this.hidden = true;
    return false;
  }

  private put(
    name: FieldName,
    at: number,
    length: number,
    raw: FieldValue,
    width: number,
    { text, inside }: FieldExtras,
  ): boolean {
    const spec = FIELDS[name];
    this.budget.left--;
    const value = text ?? printField(spec, raw, this.bytes, at, length, width);
    const children = inside === undefined ? [] : this.within(inside);
    this.fields.push({ label: spec.label, filter: name, value, raw, offset: at, length, children });
    return true;
  }

  private within(inside: () => void): FieldNode[] {
    const outer = this.fields;
    const mine: FieldNode[] = [];
    this.fields = mine;
    inside();
    this.fields = outer;
    return mine;
  }
}
