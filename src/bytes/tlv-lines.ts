/** TLVs with what is nested in them as lines, each with how deep it is. Pure. */
import type { Tlv } from '#core/metadata/types.ts';

export interface TlvLine {
  /** `0`, of what is in it `0.2`. */
  readonly key: string;
  readonly depth: number;
  readonly name: string;
  /** Numbers of the types around it and its own, from the outermost; elements of a list have none. */
  readonly path: readonly number[];
  readonly tlv: Tlv;
}

/** A list of lists may hold more than anybody reads. */
export const MAX_TLV_LINES = 400;

export function tlvLines(tlvs: readonly Tlv[]): readonly TlvLine[] {
  const lines: TlvLine[] = [];
  const walk = (inside: readonly Tlv[], prefix: string, depth: number, around: readonly number[]): void => {
    inside.forEach((tlv, i) => {
      if (lines.length === MAX_TLV_LINES) return;
      const key = `${prefix}${i}`;
      const unnamed = depth === 0 ? `type ${tlv.type}` : `[${tlv.type}]`;
      // An element of a list is no type of its own: what is in it is of the types of the list.
      const path = depth > 0 && tlv.name === '' && tlv.fields !== undefined ? around : [...around, tlv.type];
      lines.push({ key, depth, name: tlv.name === '' ? unnamed : tlv.name, path, tlv });
      walk(tlv.fields ?? [], `${key}.`, depth + 1, path);
    });
  };
  walk(tlvs, '', 0, []);
  return lines;
}
