/** Rules of where a value is and how long: fields of structs, lists, and what they say about each other. */
import { MAX_DECIDING_BYTES } from './struct-scan.ts';
import type { Condition, Extent, Framing, TlvType } from './types.ts';
import type { Report } from './type-rules.ts';
import { elementSize } from './value.ts';

/** Fields that are before, by name, and those around. */
export interface Names {
  readonly own: Map<string, TlvType>;
  readonly outer: Names | null;
}

export function fieldRules(
  type: TlvType,
  framing: Framing,
  path: string,
  names: Names,
  report: Report,
): void {
  if (framing.kind !== 'struct') {
    for (const key of ['offset', 'bits', 'only'] as const) {
      if (type[key] !== undefined)
        report(`${path}.${key}`, `is for fields of a struct, not of ${framing.kind}`);
    }
    if (type.size !== undefined && type.count === undefined) {
      report(
        `${path}.size`,
        `is for lists and fields of a struct: here the length of the value is in the bytes`,
      );
    }
    if (type.count !== undefined && type.count !== 'rest') {
      report(`${path}.count`, `must be "rest": here the length of the value is in the bytes`);
    }
  } else if (type.size === undefined && elementSize(type) === null) {
    report(`${path}.size`, `is required: a field of kind ${type.kind} may have any`);
  }
  if (type.count !== undefined && type.kind !== 'nested' && elementSize(type) === null) {
    report(`${path}.size`, 'of one element is required for a list, as a number');
  }
  for (const key of ['size', 'count'] as const) {
    const extent = type[key];
    if (extent !== undefined) extentRule(extent, `${path}.${key}`, names, report);
  }
  if (type.only !== undefined) conditionRule(type.only, `${path}.only`, names, report);
  bitRules(type, path, report);
}

function extentRule(extent: Extent, path: string, names: Names, report: Report): void {
  if (typeof extent !== 'object') return;
  if (extent.field !== undefined) referenceRule(extent.field, `${path}.field`, names, report);
  else if (extent.unit !== undefined) report(`${path}.unit`, 'multiplies a field, and there is none');
}

function conditionRule(
  { field, mask, is, room }: Condition,
  path: string,
  names: Names,
  report: Report,
): void {
  if (field !== undefined) referenceRule(field, `${path}.field`, names, report);
  else if (room === undefined) report(path, 'names no field and no room');
  else if (mask !== undefined || is !== undefined) report(path, 'has mask or is, which are of a field');
}

function referenceRule(name: string, path: string, names: Names, report: Report): void {
  for (let at: Names | null = names; at !== null; at = at.outer) {
    const found = at.own.get(name);
    if (found === undefined) continue;
    const size = elementSize(found);
    if (size === null || size > MAX_DECIDING_BYTES || found.count !== undefined) {
      report(path, `"${name}" must be one number of at most ${MAX_DECIDING_BYTES} bytes`);
    }
    return;
  }
  report(path, `"${name}" is no field before this one`);
}

function bitRules({ bits, kind, size, count }: TlvType, path: string, report: Report): void {
  if (bits === undefined) return;
  if (!['uint', 'int', 'enum', 'flags'].includes(kind)) {
    report(`${path}.bits`, `is for uint, int, enum, flags, and the kind is ${kind}`);
  }
  if (count !== undefined) report(`${path}.count`, 'is not for bit fields');
  if (typeof size !== 'number' || size < 1 || size > 8) {
    report(`${path}.size`, 'of a bit field is that of its integer, 1 to 8');
  } else if (bits.from + bits.count > 8 * size) {
    report(`${path}.bits`, `reach past the ${8 * size} bits of its integer`);
  }
}
