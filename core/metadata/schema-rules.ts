/** Rules of a metadata schema that concern more than one key. */
import type { SchemaError } from './schema.ts';
import { printType } from './type-number.ts';
import { MAX_MAP_KEY_BYTES } from '#core/pcapng/map-sample.ts';
import type { KeyFieldName, MapRule, MetadataSchema, TlvType } from './types.ts';

type Framing = MetadataSchema['framing'];

/** `schema`: its types are numbers, the keys of `names` still as written. Everything that is wrong, in the order of the file; [] = nothing. */
export function brokenRules(schema: MetadataSchema): SchemaError[] {
  const errors: SchemaError[] = [];
  const report = (path: string, message: string): void => {
    errors.push({ path, message });
  };
  framingRules(schema.framing, 'framing', report);
  const typeOf = new Map<number, string>();
  const nameOf = new Map<string, string>();
  schema.types.forEach((type, index) => {
    const path = `types[${index}]`;
    const { typeBytes, pad, terminator } = schema.framing;
    const shown = printType(type.type, typeBytes);
    if (type.type > maximumOf(typeBytes)) report(`${path}.type`, doesNotFit(type.type, typeBytes));
    if (type.type === pad) report(`${path}.type`, `${shown} is the pad, which has no value`);
    if (type.type === terminator) report(`${path}.type`, `${shown} is the terminator, which has no value`);
    const sameType = typeOf.get(type.type);
    if (sameType !== undefined) report(`${path}.type`, `${shown} is already the type of ${sameType}`);
    else typeOf.set(type.type, path);
    const sameName = nameOf.get(type.name);
    if (sameName !== undefined) report(`${path}.name`, `"${type.name}" is already the name of ${sameName}`);
    else nameOf.set(type.name, path);
    kindRules(type, path, report);
  });
  schema.maps?.forEach((rule, index) => mapRules(rule, `maps[${index}]`, report));
  return errors;
}

type Report = (path: string, message: string) => void;

function framingRules(framing: Framing, path: string, report: Report): void {
  const { pad, terminator, typeBytes } = framing;
  if (pad !== undefined && typeBytes !== 1) {
    report(
      `${path}.pad`,
      `is a single byte and needs typeBytes 1, which is ${typeBytes}; use align or terminator`,
    );
  }
  if (pad !== undefined && typeBytes === 1 && pad > maximumOf(1)) report(`${path}.pad`, doesNotFit(pad, 1));
  if (terminator !== undefined && terminator > maximumOf(typeBytes)) {
    report(`${path}.terminator`, doesNotFit(terminator, typeBytes));
  }
  if (pad !== undefined && pad === terminator) {
    report(`${path}.terminator`, `is ${terminator}, which is already the pad`);
  }
}

const KEY_FIELDS: Readonly<Record<MapRule['key']['kind'], readonly KeyFieldName[]>> = {
  '5-tuple': ['source', 'destination', 'sourcePort', 'destinationPort', 'protocol'],
  'socket-cookie': ['cookie'],
  'skb-hash': ['hash'],
};
const FIELD_SIZES: Readonly<Record<KeyFieldName, readonly number[]>> = {
  source: [4, 16],
  destination: [4, 16],
  sourcePort: [2, 4],
  destinationPort: [2, 4],
  protocol: [1, 2, 4],
  cookie: [8],
  hash: [4, 8],
};

function mapRules({ key, value }: MapRule, path: string, report: Report): void {
  if (value.framing !== undefined) framingRules(value.framing, `${path}.value.framing`, report);
  if (key.directions !== undefined && key.kind !== '5-tuple') {
    report(`${path}.key.directions`, `is for 5-tuple, and the kind is ${key.kind}`);
  }
  const seen = new Set<string>();
  key.fields.forEach(({ field, offset, size }, index) => {
    const at = `${path}.key.fields[${index}]`;
    if (!KEY_FIELDS[key.kind].includes(field)) {
      report(
        `${at}.field`,
        `${field} is no part of a ${key.kind}, which has ${KEY_FIELDS[key.kind].join(', ')}`,
      );
    }
    if (!FIELD_SIZES[field].includes(size)) {
      report(`${at}.size`, `of ${field} must be ${FIELD_SIZES[field].join(' or ')}, it is ${size}`);
    }
    if (offset + size > MAX_MAP_KEY_BYTES) report(`${at}.offset`, 'is behind the longest key');
    if (seen.has(field)) report(`${at}.field`, `${field} is already there`);
    seen.add(field);
  });
}

/** Keys that a kind needs, and keys that mean nothing to it. */
function kindRules(type: TlvType, path: string, report: Report): void {
  const only = (
    key: 'unit' | 'display' | 'timestamp' | 'names' | 'endian',
    kinds: readonly TlvType['kind'][],
  ): void => {
    if (type[key] !== undefined && !kinds.includes(type.kind)) {
      report(`${path}.${key}`, `is for ${kinds.join(', ')}, and the kind is ${type.kind}`);
    }
  };
  only('endian', ['uint', 'int', 'enum', 'flags', 'timestamp', 'ipv4']);
  only('names', ['enum', 'flags']);
  only('unit', ['uint', 'int']);
  only('display', ['uint']);
  only('timestamp', ['timestamp']);
  if (type.kind === 'timestamp' && type.timestamp === undefined) {
    report(`${path}.timestamp`, 'is required for kind timestamp: nothing in the bytes tells the clock');
  }
  if ((type.kind === 'enum' || type.kind === 'flags') && type.names === undefined) {
    report(`${path}.names`, `is required for kind ${type.kind}`);
  }
  const limit = type.kind === 'flags' ? 63n : 0xffffffffffffffffn;
  const seen = new Map<bigint, string>();
  for (const key of Object.keys(type.names ?? {})) {
    const number = BigInt(key);
    const keyPath = `${path}.names[${JSON.stringify(key)}]`;
    if (number > limit) {
      report(keyPath, type.kind === 'flags' ? 'is no bit: bits are 0 to 63' : 'does not fit in 8 bytes');
    }
    const same = seen.get(number);
    if (same !== undefined) report(keyPath, `is the same number as "${same}"`);
    else seen.set(number, key);
  }
}

function maximumOf(bytes: 1 | 2 | 4): number {
  return 2 ** (8 * bytes) - 1;
}

function doesNotFit(value: number, typeBytes: 1 | 2 | 4): string {
  const width = typeBytes === 1 ? '1 byte' : `${typeBytes} bytes`;
  const maximum = printType(maximumOf(typeBytes), typeBytes);
  return `${printType(value, typeBytes)} does not fit in a type of ${width} (at most ${maximum})`;
}
