/** What lint says of an area: facts as numbers, and the sentence that people read. */
import type { AreaDecoder } from '#core/metadata/scan.ts';
import { printType, typeWidth } from '#core/metadata/type-number.ts';

export const LINT_CODES = [
  'overrun',
  'truncated',
  'length',
  'too-many',
  'duplicate-type',
  'unknown-type',
  'misaligned',
  'padding-not-zero',
  'trailing-bytes',
  'not-in-enum',
  'byte-order',
  'kind-mismatch',
  'no-room',
] as const;
export type LintCode = (typeof LINT_CODES)[number];

/** `error`: bytes that do not read. `warning`: they read, but hardly as meant. `note`: worth knowing. */
export type Severity = 'error' | 'warning' | 'note';

export const SEVERITY: Readonly<Record<LintCode, Severity>> = {
  overrun: 'error',
  truncated: 'error',
  length: 'error',
  'too-many': 'error',
  'duplicate-type': 'warning',
  'unknown-type': 'warning',
  misaligned: 'note',
  'padding-not-zero': 'warning',
  'trailing-bytes': 'warning',
  'not-in-enum': 'warning',
  'byte-order': 'warning',
  'kind-mismatch': 'warning',
  'no-room': 'warning',
};

export interface Finding {
  readonly code: LintCode;
  /** Where in the area, in bytes. */
  readonly offset: number;
  readonly length: number;
  /** Of the TLV, trait or field that it is about; null = of the area. */
  readonly type: number | null;
  /** '' = the schema does not know the type, or there is none. Of a field in a value with what it is in: `ssl.verify`. */
  readonly name: string;
  /** What else was found: the value, the same value in the other order, bytes left. */
  readonly value: bigint | null;
  readonly other: bigint | null;
}

/** One sentence, for this finding of an area that `decoder` reads. */
export function findingText(finding: Finding, decoder: AreaDecoder): string {
  const { code, offset, length, value, other } = finding;
  const what = subject(finding, decoder);
  switch (code) {
    case 'overrun':
      return `${what} at offset ${offset} says more bytes than are left.`;
    case 'truncated':
      return `${what} at offset ${offset} does not fit in the ${bytes(length)} left.`;
    case 'length':
      return `${what} at offset ${offset} says a length that is less than its own header.`;
    case 'too-many':
      return `There are more TLVs than are read; reading stopped at offset ${offset}.`;
    case 'duplicate-type':
      return `${what} is there again at offset ${offset}; readers differ in which one counts.`;
    case 'unknown-type':
      return `${what} at offset ${offset} is not in the schema.`;
    case 'misaligned':
      return `${what} has ${bytes(length)} at offset ${offset}, no multiple of ${length}: a program cannot read it as one word everywhere.`;
    case 'padding-not-zero':
      return `Padding at offset ${offset} (${bytes(length)}) is not zero: old bytes of the buffer go along.`;
    case 'trailing-bytes':
      return `${bytes(length)} from offset ${offset} belong to nothing.`;
    case 'not-in-enum':
      return `${what} at offset ${offset} is ${value}, which has no name.`;
    case 'byte-order':
      return `${what} at offset ${offset} is ${value}; in the other byte order it would be ${other}.`;
    case 'kind-mismatch':
      return `${what} at offset ${offset} has ${bytes(length)}, which do not fit its kind.`;
    case 'no-room':
      return `In front of the area ${value} B of headroom are left; ${other} B are needed for VXLAN over IPv4.`;
  }
}

function subject({ type, name }: Finding, decoder: AreaDecoder): string {
  if (name !== '') return name;
  if (type === null) return 'What';
  return `Type ${printType(type, typeWidth(decoder.schema.framing))}`;
}

function bytes(count: number): string {
  return count === 1 ? '1 byte' : `${count} bytes`;
}
