/** Lint of one area: what does not read, and what reads but is hardly meant so. */
import { gapsOf } from '#core/metadata/gaps.ts';
import { createAreaScan, FAULT_CODES, type AreaDecoder, type AreaScan } from '#core/metadata/scan.ts';
import { readType, tlvHeader } from '#core/metadata/tlv-header.ts';
import { lintValue } from './lint-value.ts';
import type { Finding, LintCode } from './finding.ts';

/** Findings of one area; more help nobody. */
export const MAX_FINDINGS = 32;
/** Outer Ethernet, IPv4, UDP and VXLAN headers: the smallest encapsulation that overlays use. */
export const ENCAPSULATION_BYTES = 14 + 20 + 8 + 8;
/** Rounding up to what the kernel wants (a multiple of 4) may leave so much. */
const MAX_ROUNDING_BYTES = 3;

/**
 * Findings in the order of offsets. `bytes` is the area and nothing else; `headroom`: bytes in front of it that a header could
 * still take, null = not known. Never throws.
 */
export function lintArea(decoder: AreaDecoder, bytes: Uint8Array, headroom: number | null = null): Finding[] {
  const findings = bytes.length === 0 ? [] : lintRoom(headroom, bytes.length);
  lintLayout(decoder, bytes, 0, bytes.length, '', findings);
  lintGaps(decoder, bytes, findings);
  return findings.sort((a, b) => a.offset - b.offset).slice(0, MAX_FINDINGS);
}

/** Whether an encapsulation still fits in front of an area of so many bytes. */
export function lintRoom(headroom: number | null, length: number): Finding[] {
  if (headroom === null || headroom >= ENCAPSULATION_BYTES) return [];
  return [about('no-room', 0, length, BigInt(headroom), BigInt(ENCAPSULATION_BYTES))];
}

function about(
  code: LintCode,
  offset: number,
  length: number,
  value: bigint | null = null,
  other: bigint | null = null,
): Finding {
  return { code, offset, length, type: null, name: '', value, other };
}

/** Bytes [start, start + length) by one layout and by those in its values. `prefix`: of names in it. */
function lintLayout(
  decoder: AreaDecoder,
  bytes: Uint8Array,
  start: number,
  length: number,
  prefix: string,
  findings: Finding[],
): void {
  const { schema, nested } = decoder;
  const scan = createAreaScan();
  decoder.scan(bytes, start, length, scan);
  const seen = new Set<number>();
  for (let i = 0; i < scan.count; i++) {
    const column = scan.column[i]!;
    const type = schema.types[column] ?? null;
    const number = scan.type[i]!;
    const place = { offset: start + scan.offset[i]!, length: scan.length[i]!, type: number };
    const name = type === null ? '' : `${prefix}${type.name}`;
    if (schema.framing.kind === 'tlv') {
      if (seen.has(number)) {
        findings.push({ code: 'duplicate-type', ...place, name, value: null, other: null });
      }
      seen.add(number);
    }
    if (type === null) {
      findings.push({ code: 'unknown-type', ...place, name, value: null, other: null });
      continue;
    }
    const at = start + scan.valueOffset[i]!;
    const size = scan.valueLength[i]!;
    const inside = nested[column] ?? null;
    if (inside === null) lintValue(type, schema.framing.endian, bytes, at, size, name, findings);
    else if (type.count === undefined) lintLayout(inside, bytes, at, size, `${name}.`, findings);
  }
  const fault = FAULT_CODES[scan.fault];
  if (fault != null) findings.push(faultOf(fault, decoder, bytes, start, length, scan, prefix));
}

function faultOf(
  code: LintCode,
  { schema }: AreaDecoder,
  bytes: Uint8Array,
  start: number,
  length: number,
  scan: AreaScan,
  prefix: string,
): Finding {
  const offset = start + scan.faultOffset;
  const end = Math.min(start + length, bytes.length);
  const left = Math.max(0, end - offset);
  const base = { code, offset, length: left, value: null, other: null };
  if (schema.framing.kind === 'tlv') {
    const header = tlvHeader(schema.framing);
    const isRead = code !== 'truncated' && code !== 'too-many' && offset + header.bytes <= end;
    const type = isRead ? readType(header, bytes, offset) : null;
    const known = schema.types.find((one) => one.type === type);
    return { ...base, type, name: known === undefined ? '' : `${prefix}${known.name}` };
  }
  const next = schema.types[scan.count === 0 ? 0 : scan.column[scan.count - 1]! + 1];
  const isField = schema.framing.kind === 'struct' && next !== undefined;
  return { ...base, type: null, name: isField ? `${prefix}${next.name}` : prefix.replace(/\.$/, '') };
}

function lintGaps(decoder: AreaDecoder, bytes: Uint8Array, findings: Finding[]): void {
  for (const { kind, offset, length } of gapsOf(decoder, bytes)) {
    if (kind !== 'align' && kind !== 'hole' && kind !== 'trailing') continue;
    const isZero = bytes.subarray(offset, offset + length).every((byte) => byte === 0);
    const ends = kind === 'trailing' && decoder.schema.framing.kind !== 'tlv';
    // What is behind the terminator of TLVs is padding by definition, behind a struct it is unexplained.
    if (ends && (length > MAX_ROUNDING_BYTES || !isZero))
      findings.push(about('trailing-bytes', offset, length));
    else if (!isZero) findings.push(about('padding-not-zero', offset, length));
    else if (length > MAX_ROUNDING_BYTES && kind === 'trailing') {
      findings.push(about('trailing-bytes', offset, length));
    }
  }
}
