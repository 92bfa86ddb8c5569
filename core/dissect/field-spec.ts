/** What is known about a field before any packet is read. `fields.ts` is the catalogue of them. */

/**
 * `uint` up to 8 bytes, `bool` one bit, `bytes` and `text` of any length, `group` other fields. What a node's `raw` is
 * for each: `FieldValue` in types.ts.
 */
export type FieldKind = 'uint' | 'bool' | 'ipv4' | 'ipv6' | 'mac' | 'bytes' | 'text' | 'group';

export interface FieldSpec {
  /** As the page prints it: English, short. */
  readonly label: string;
  readonly kind: FieldKind;
  /** How a `uint` is printed. */
  readonly base: 'dec' | 'hex';
  /** Names of values, printed in front of the number. */
  readonly names: Readonly<Record<number, string>> | null;
  /** false: the name is ours, Wireshark (4.0) has no such field. */
  readonly wireshark: boolean;
}

type Names = Readonly<Record<number, string>>;

function spec(label: string, kind: FieldKind, base: 'dec' | 'hex' = 'dec', names?: Names): FieldSpec {
  return { label, kind, base, names: names ?? null, wireshark: true };
}

export const dec = (label: string, names?: Names): FieldSpec => spec(label, 'uint', 'dec', names);
export const hex = (label: string, names?: Names): FieldSpec => spec(label, 'uint', 'hex', names);
export const bool = (label: string): FieldSpec => spec(label, 'bool');
export const ipv4 = (label: string): FieldSpec => spec(label, 'ipv4');
export const ipv6 = (label: string): FieldSpec => spec(label, 'ipv6');
export const mac = (label: string): FieldSpec => spec(label, 'mac');
export const bytes = (label: string): FieldSpec => spec(label, 'bytes');
export const text = (label: string): FieldSpec => spec(label, 'text');
export const group = (label: string): FieldSpec => spec(label, 'group');
/** A field that Wireshark lacks. */
export const ours = (field: FieldSpec): FieldSpec => ({ ...field, wireshark: false });
