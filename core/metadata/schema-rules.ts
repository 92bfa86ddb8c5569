/** Rules of a metadata schema that concern more than one key. */
import { MAX_MAP_KEY_BYTES } from '#core/pcapng/map-sample.ts';
import { framingRules, typeRules, type Report } from './type-rules.ts';
import type { SchemaError } from './schema.ts';
import type { KeyFieldName, MapRule, MetadataSchema, PartSchema, When } from './types.ts';

/** `schema`: its numbers are numbers, the keys of `names` still as written. Everything that is wrong, in the order of the file; [] = nothing. */
export function brokenRules(schema: MetadataSchema): SchemaError[] {
  const errors: SchemaError[] = [];
  const report = (path: string, message: string): void => {
    errors.push({ path, message });
  };
  partRules(schema, '', report);
  schema.maps?.forEach((rule, index) => mapRules(rule, `maps[${index}]`, report));
  const nameOf = new Map([[schema.name, 'the first schema']]);
  schema.also?.forEach((part, index) => {
    const path = `also[${index}]`;
    const same = nameOf.get(part.name);
    if (same !== undefined) report(`${path}.name`, `"${part.name}" is already the name of ${same}`);
    else nameOf.set(part.name, path);
    partRules(part, `${path}.`, report);
  });
  return errors;
}

/** `prefix`: '' or the path of the part with its dot. */
function partRules({ framing, types, when, where }: PartSchema, prefix: string, report: Report): void {
  if (when !== undefined) whenRules(when, `${prefix}when`, report);
  if (when !== undefined && where !== undefined && where.in !== 'area') {
    report(`${prefix}when`, `chooses between schemas of the area, and this one is for ${where.in}`);
  }
  framingRules(framing, `${prefix}framing`, report);
  typeRules(types, framing, `${prefix}types`, null, 0, report);
}

function whenRules({ devices, programs, bytes }: When, path: string, report: Report): void {
  if (devices === undefined && programs === undefined && bytes === undefined) {
    report(path, 'names no devices, programs or bytes');
  }
  if (bytes?.mask !== undefined && bytes.mask.length !== bytes.value.length) {
    report(`${path}.bytes.mask`, 'must have as many bytes as value');
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
