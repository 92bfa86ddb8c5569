/** `--tlv NAME[=VALUE]`: names and values of a schema as the numbers that the probe looks for in the kernel. */
import type { MetadataSchema, TlvFraming, TlvType } from '#core/metadata/types.ts';
import type { CaptureSpec } from '../capture/spec.ts';
import { Failure } from '../failure.ts';

type TlvSpec = NonNullable<CaptureSpec['tlv']>;

const MAX_TYPE = 0xffff_ffff;
const MAX_VALUE = 0xffff_ffff_ffff_ffffn;
const BYTE_BITS = 8n;

/** What the spec says of `texts`, all of which a packet must have. Failure when the kernel cannot look for it. */
export function tlvOf(texts: readonly string[], schema: MetadataSchema | null): TlvSpec {
  if (schema === null) {
    throw new Failure('--tlv: without a schema nobody can tell which bytes are a TLV', 'give --schema FILE');
  }
  return { framing: framingText(walkable(schema)), wanted: texts.map((text) => wantedText(text, schema)) };
}

/** The framing, when the search in the kernel can follow it. */
function walkable({ name, framing, where, when, also = [] }: MetadataSchema): TlvFraming {
  const remedy = 'leave --tlv out, or give a schema of plain TLVs in the metadata area';
  if (when !== undefined || also.some((part) => (part.where?.in ?? 'area') === 'area')) {
    throw new Failure(
      `--tlv: more than one schema of ${name} may read an area, and the kernel knows one`,
      remedy,
    );
  }
  if (where !== undefined && where.in !== 'area') {
    throw new Failure(`--tlv: what the schema ${name} describes is not in the metadata area`, remedy);
  }
  if (framing.kind !== 'tlv') {
    throw new Failure(`--tlv: the schema ${name} has no TLVs, its framing is ${framing.kind}`, remedy);
  }
  const { classBytes = 0, typeMask, lengthMask, typeAt = 0, lengthAt = framing.typeBytes } = framing;
  const plain = typeMask === undefined && lengthMask === undefined && typeAt === 0;
  if (!plain || classBytes !== 0 || lengthAt !== framing.typeBytes) {
    throw new Failure(
      `--tlv: the kernel cannot follow the framing of ${name} (a class, a mask, or fields in another place)`,
      remedy,
    );
  }
  return framing;
}

/** As `--tlv-framing` of the probe has it. */
export function framingText(framing: TlvFraming): string {
  const { typeBytes, lengthBytes, endian, lengthUnit = 1, align = 1, start = 0, pad, terminator } = framing;
  return [
    `type=${typeBytes}`,
    `length=${lengthBytes}`,
    `endian=${endian}`,
    `unit=${lengthUnit}`,
    `header=${framing.lengthIncludesHeader === true ? 1 : 0}`,
    `align=${align}`,
    `start=${start}`,
    ...(pad === undefined ? [] : [`pad=${pad}`]),
    ...(terminator === undefined ? [] : [`terminator=${terminator}`]),
  ].join(',');
}

function wantedText(text: string, schema: MetadataSchema): string {
  const [, name = '', value] = /^([^=]*)(?:=(.*))?$/s.exec(text) ?? [];
  const type = typeOf(name, schema);
  if (value === undefined) return String(type.type);
  const [number, order] = numberOf(value, type, schema);
  if (number === null || number > MAX_VALUE) {
    throw new Failure(`--tlv ${text}: ${JSON.stringify(value)} is no ${type.kind}`, remedyOf(type));
  }
  return `${type.type}=0x${number.toString(16)},${order}`;
}

function typeOf(name: string, schema: MetadataSchema): TlvType {
  const named = schema.types.find((type) => type.name === name);
  if (named !== undefined) return named;
  const number = parseNumber(name);
  if (number === null || number > MAX_TYPE) {
    const names = schema.types.map((type) => type.name).join(', ');
    throw new Failure(
      `--tlv: the schema has no TLV ${JSON.stringify(name)}`,
      `give one of ${names}, or its number`,
    );
  }
  const type = Number(number);
  return schema.types.find((one) => one.type === type) ?? { type, name: '', kind: 'uint' };
}

type Order = 'little' | 'big';

/** The value's bytes as one number, and the byte order in which they are it. null: it is none. */
function numberOf(value: string, type: TlvType, schema: MetadataSchema): readonly [bigint | null, Order] {
  const order = type.endian ?? schema.framing.endian;
  switch (type.kind) {
    case 'enum': {
      const named = Object.entries(type.names ?? {}).find(([, name]) => name === value);
      return [parseNumber(named?.[0] ?? value), order];
    }
    case 'uint':
    case 'flags':
    case 'timestamp':
      return [parseNumber(value), order];
    case 'ipv4':
      return [bytesOf(value.split('.'), 4, 10), 'big'];
    case 'mac':
      return [bytesOf(value.split(':'), 6, 16), 'big'];
    default:
      throw new Failure(
        `--tlv ${type.name}=${value}: the kernel cannot look for a value of the kind ${type.kind}`,
        `ask for the TLV alone (--tlv ${type.name})`,
      );
  }
}

const parseNumber = (text: string): bigint | null =>
  /^(?:0x[0-9a-f]+|[0-9]+)$/i.test(text) ? BigInt(text) : null;

function bytesOf(parts: readonly string[], count: number, radix: 10 | 16): bigint | null {
  const digits = radix === 10 ? /^[0-9]{1,3}$/ : /^[0-9a-f]{1,2}$/i;
  const bytes = parts.map((part) => (digits.test(part) ? Number.parseInt(part, radix) : 256));
  if (bytes.length !== count || bytes.some((byte) => byte > 255)) return null;
  return bytes.reduce((sum, byte) => (sum << BYTE_BITS) | BigInt(byte), 0n);
}

function remedyOf(type: TlvType): string {
  if (type.kind === 'ipv4') return 'write it as in 10.0.0.1';
  if (type.kind === 'mac') return 'write it as in 02:00:00:00:00:01';
  if (type.kind === 'enum') return `give a number, or one of ${Object.values(type.names ?? {}).join(', ')}`;
  return 'give a number of at most 64 bits, as in 31 or 0x1f';
}
