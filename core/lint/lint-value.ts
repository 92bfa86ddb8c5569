/** Lint of one value that is not nested. */
import type { Endian, TlvType } from '#core/metadata/types.ts';
import { bitsOf, MAX_INTEGER_BYTES, readInteger } from '#core/metadata/value.ts';
import type { Finding, LintCode } from './finding.ts';

/** Words that a program would read at once. */
const WORD_BYTES: readonly number[] = [2, 4, 8];
/** A number that is so much smaller in the other order, and there fits in its lower half, is suspect from this size on. */
const MIN_SUSPECT_BYTES = 4;

const NS_PER = { s: 1_000_000_000n, ms: 1_000_000n, us: 1000n, ns: 1n } as const;
/** A clock of Linux packets: not before 2001, not after 2100. */
const PLAUSIBLE_UNIX_NS = [1_000_000_000n * NS_PER.s, 4_102_444_800n * NS_PER.s] as const;
/** A host does not run for 100 years. */
const MAX_BOOT_NS = 100n * 365n * 86_400n * NS_PER.s;

/** `bytes`: the area; the value is at [at, at + length) of it. */
export function lintValue(
  type: TlvType,
  endian: Endian,
  bytes: Uint8Array,
  at: number,
  length: number,
  name: string,
  findings: Finding[],
): void {
  if (type.count !== undefined) return;
  const say = (code: LintCode, value: bigint | null = null, other: bigint | null = null): void => {
    findings.push({ code, offset: at, length, type: type.type, name, value, other });
  };
  switch (type.kind) {
    case 'uint':
    case 'int':
    case 'enum':
    case 'flags':
    case 'timestamp':
      break;
    case 'ipv4':
    case 'ipv6':
    case 'ip':
    case 'mac':
    case 'flag':
      if (!SIZES[type.kind].includes(length)) say('kind-mismatch');
      return;
    case 'string':
    case 'bytes':
    case 'nested':
      return;
  }
  if (length < 1 || length > MAX_INTEGER_BYTES) {
    say('kind-mismatch');
    return;
  }
  if (WORD_BYTES.includes(length) && at % length !== 0) say('misaligned');
  const order = type.endian ?? endian;
  const raw = readInteger(bytes, at, length, order);
  const swapped = readInteger(bytes, at, length, order === 'little' ? 'big' : 'little');
  const value = bitsOf(type, raw);
  const isNamed = hasName(type, value);
  if (type.bits === undefined && length > 1 && isSwapped(type, length, raw, swapped, isNamed)) {
    say('byte-order', raw, swapped);
  } else if (!isNamed) say('not-in-enum', value);
}

const SIZES = { ipv4: [4], ipv6: [16], ip: [4, 16], mac: [6], flag: [0] } as const satisfies Record<
  string,
  readonly number[]
> as Readonly<Record<'ipv4' | 'ipv6' | 'ip' | 'mac' | 'flag', readonly number[]>>;

/** Every value of a kind without names has one. */
function hasName({ kind, names = {} }: TlvType, value: bigint): boolean {
  if (kind === 'enum') return names[value.toString()] !== undefined;
  if (kind !== 'flags') return true;
  let unnamed = value;
  for (const bit of Object.keys(names)) unnamed &= ~(1n << BigInt(bit));
  return unnamed === 0n;
}

/** Whether the value would make more sense in the other byte order. */
function isSwapped(type: TlvType, length: number, raw: bigint, swapped: bigint, isNamed: boolean): boolean {
  switch (type.kind) {
    case 'enum':
    case 'flags':
      return !isNamed && swapped !== 0n && hasName(type, swapped);
    case 'timestamp':
      return !isPlausible(type, raw) && isPlausible(type, swapped);
    case 'uint': {
      const half = 1n << BigInt(4 * length);
      return type.display !== 'hex' && length >= MIN_SUSPECT_BYTES && raw >= half && swapped < half;
    }
    default:
      return false;
  }
}

function isPlausible({ timestamp }: TlvType, raw: bigint): boolean {
  if (timestamp === undefined || raw === 0n) return true;
  const ns = raw * NS_PER[timestamp.unit];
  if (timestamp.epoch === 'boot') return ns < MAX_BOOT_NS;
  return ns >= PLAUSIBLE_UNIX_NS[0] && ns < PLAUSIBLE_UNIX_NS[1];
}
