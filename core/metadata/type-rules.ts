/** Rules of framings and of the types in them that concern more than one key. */
import { MAX_TLVS } from './area-scan.ts';
import { fieldRules, type Names } from './field-rules.ts';
import { kindRules } from './kind-rules.ts';
import { NO_TYPE_NUMBER } from './schema-normal.ts';
import { MAX_HEADER_BYTES } from './shape-framing.ts';
import { tlvHeader } from './tlv-header.ts';
import { TRAIT_KEYS } from './traits-scan.ts';
import { printType, typeWidth } from './type-number.ts';
import type { Framing, TlvFraming, TlvType } from './types.ts';

/** Layouts in layouts, the outermost counted: decoding goes as deep. PROXY protocol v2 has five. */
export const MAX_NESTING = 6;

export type Report = (path: string, message: string) => void;

export function framingRules(framing: Framing, path: string, report: Report): void {
  if (framing.kind === 'struct' && framing.from === 'end' && framing.size === undefined) {
    report(`${path}.size`, 'is required for a struct from the end: it says where the struct begins');
  }
  if (framing.kind === 'tlv') tlvRules(framing, path, report);
}

function tlvRules(framing: TlvFraming, path: string, report: Report): void {
  const { pad, terminator, typeBytes, lengthBytes, typeMask, lengthMask } = framing;
  const width = typeWidth(framing);
  if (width > 4) report(`${path}.classBytes`, `and typeBytes are ${width} bytes together; at most 4`);
  if (pad !== undefined && width !== 1) {
    report(
      `${path}.pad`,
      `is a single byte and needs typeBytes 1, which is ${typeBytes}; use align or terminator`,
    );
  }
  if (pad !== undefined && width === 1 && pad > maximumOf(1)) report(`${path}.pad`, doesNotFit(pad, 1));
  if (terminator !== undefined && terminator > maximumOf(width)) {
    report(`${path}.terminator`, doesNotFit(terminator, width));
  }
  if (pad !== undefined && pad === terminator) {
    report(`${path}.terminator`, `is ${terminator}, which is already the pad`);
  }
  if (typeMask !== undefined) maskRule(typeMask, width, `${path}.typeMask`, report);
  if (lengthMask !== undefined) maskRule(lengthMask, lengthBytes, `${path}.lengthMask`, report);
  const header = tlvHeader(framing);
  if (header.bytes > MAX_HEADER_BYTES) {
    report(`${path}.lengthAt`, `makes a header of ${header.bytes} bytes; at most ${MAX_HEADER_BYTES}`);
  }
  const typeEnd = header.typeAt + header.typeWidth;
  const lengthEnd = header.lengthAt + header.lengthBytes;
  const overlap = header.lengthAt < typeEnd && header.typeAt < lengthEnd;
  if (overlap && (typeMask === undefined || lengthMask === undefined)) {
    report(`${path}.lengthAt`, 'lies in the type; bytes that they share need typeMask and lengthMask');
  }
}

function maskRule(mask: number, bytes: number, path: string, report: Report): void {
  if (mask === 0) report(path, 'has no bits');
  else if (mask > maximumOf(bytes)) report(path, doesNotFit(mask, bytes));
  else if (!/^1+0*$/.test(mask.toString(2))) report(path, 'must be bits in one row');
}

/** `outer`: names of fields around that conditions may refer to. */
export function typeRules(
  types: readonly TlvType[],
  framing: Framing,
  path: string,
  outer: Names | null,
  depth: number,
  report: Report,
): void {
  if (framing.kind === 'struct' && types.length > MAX_TLVS) {
    report(path, `has ${types.length} fields; at most ${MAX_TLVS}`);
  }
  const typeOf = new Map<number, string>();
  const nameOf = new Map<string, string>();
  const names: Names = { own: new Map(), outer };
  types.forEach((type, index) => {
    const at = `${path}[${index}]`;
    if (framing.kind !== 'struct') numberRules(type, framing, at, typeOf, report);
    const sameName = nameOf.get(type.name);
    if (sameName !== undefined) report(`${at}.name`, `"${type.name}" is already the name of ${sameName}`);
    else nameOf.set(type.name, at);
    kindRules(type, at, report);
    fieldRules(type, framing, at, names, report);
    if (type.kind === 'nested' && type.framing !== undefined) {
      if (depth + 1 >= MAX_NESTING) report(at, `is nested more than ${MAX_NESTING - 1} deep`);
      framingRules(type.framing, `${at}.framing`, report);
      typeRules(type.types ?? [], type.framing, `${at}.types`, names, depth + 1, report);
    }
    if (framing.kind === 'struct') names.own.set(type.name, type);
  });
}

function numberRules(
  type: TlvType,
  framing: Exclude<Framing, { kind: 'struct' }>,
  path: string,
  typeOf: Map<number, string>,
  report: Report,
): void {
  if (type.type === NO_TYPE_NUMBER) {
    report(`${path}.type`, 'is required');
    return;
  }
  const shown = printType(type.type, typeWidth(framing));
  if (framing.kind === 'traits' && type.type >= TRAIT_KEYS) {
    report(`${path}.type`, `is no key of traits: keys are 0 to ${TRAIT_KEYS - 1}`);
  }
  if (framing.kind === 'tlv') {
    const { pad, terminator } = framing;
    if (type.type > maximumOf(typeWidth(framing))) {
      report(`${path}.type`, doesNotFit(type.type, typeWidth(framing)));
    }
    if (type.type === pad) report(`${path}.type`, `${shown} is the pad, which has no value`);
    if (type.type === terminator) report(`${path}.type`, `${shown} is the terminator, which has no value`);
  }
  const same = typeOf.get(type.type);
  if (same !== undefined) report(`${path}.type`, `${shown} is already the type of ${same}`);
  else typeOf.set(type.type, path);
}

function maximumOf(bytes: number): number {
  return 2 ** (8 * bytes) - 1;
}

function doesNotFit(value: number, bytes: number): string {
  const width = bytes === 1 ? '1 byte' : `${bytes} bytes`;
  return `${printType(value, bytes)} does not fit in a type of ${width} (at most ${printType(maximumOf(bytes), bytes)})`;
}
