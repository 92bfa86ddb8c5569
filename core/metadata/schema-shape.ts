/**
 * The shape of a metadata schema: keys, kinds and bounds of each value, with the descriptions that the published
 * JSON Schema carries (scripts/generate/schema.ts). Rules between keys are in `schema-rules.ts`.
 */
import * as v from 'valibot';
import { MAX_MAP_KEY_BYTES, MAX_MAP_VALUE_BYTES } from '#core/pcapng/map-sample.ts';

export const MAX_SCHEMA_TYPES = 256;
export const MAX_NAME_LENGTH = 64;
export const MAX_DESCRIPTION_LENGTH = 2000;
/** Names of one enum or of the flags of one type. */
export const MAX_VALUE_NAMES = 1024;
/** The kernel's metadata area ends at 252 bytes (xdp_metalen_invalid); fixed headers are shorter. */
export const MAX_START_BYTES = 252;
const MAX_U32 = 0xffffffff;

const NAME_PATTERN = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** Decimal or 0x hexadecimal, at most 64 bits wide; the exact range is checked between keys. */
export const NUMBER_KEY_PATTERN = /^(?:0|[1-9][0-9]{0,19}|0[xX][0-9A-Fa-f]{1,16})$/;
/** As NUMBER_KEY_PATTERN, for the type field of a TLV: 32 bits; the exact range is checked between keys. */
export const TYPE_NUMBER_PATTERN = /^(?:0|[1-9][0-9]{0,9}|0[xX][0-9A-Fa-f]{1,8})$/;

/** A person reads this: `must be one of 1, 2, 4; it is 3`. */
function oneOf<const T extends readonly (string | number)[]>(options: T) {
  return v.picklist(
    options,
    (issue) => `must be one of ${options.map((o) => JSON.stringify(o)).join(', ')}; it is ${issue.received}`,
  );
}

/** An object that refuses keys it does not know: a misspelt key would otherwise be silently ignored. */
function object<const T extends v.ObjectEntries>(entries: T) {
  const known = Object.keys(entries).join(', ');
  return v.strictObject(entries, (issue) => {
    if (issue.expected === 'never') return `is not a key that is known here; known are: ${known}`;
    if (issue.expected.startsWith('"')) return 'is required';
    return `must be an object, it is ${kindOf(issue.input)}`;
  });
}

function text(maximum: number) {
  return v.pipe(
    v.string((issue) => `must be a string, it is ${kindOf(issue.input)}`),
    v.maxLength(maximum, `must be at most ${maximum} characters long`),
  );
}

function integer(minimum: number, maximum: number) {
  const message = `must be a whole number from ${minimum} to ${maximum}`;
  return v.pipe(
    v.number((issue) => `${message}, it is ${kindOf(issue.input)}`),
    v.integer(message),
    v.minValue(minimum, message),
    v.maxValue(maximum, message),
  );
}

/** A number, or text with one in decimal or 0x hexadecimal, which JSON numbers cannot be. */
function typeNumber(maximum: number) {
  return v.union(
    [
      integer(0, maximum),
      v.pipe(v.string(), v.regex(TYPE_NUMBER_PATTERN, 'must be a number, or text such as "257" or "0x0101"')),
    ],
    (issue) => `must be a whole number from 0 to ${maximum}, it is ${kindOf(issue.input)}`,
  );
}

function bool() {
  return v.boolean((issue) => `must be true or false, it is ${kindOf(issue.input)}`);
}

function kindOf(input: unknown): string {
  if (input === null) return 'null';
  if (Array.isArray(input)) return 'a list';
  if (typeof input === 'string' && input.length <= 40) return JSON.stringify(input);
  if (typeof input === 'number' || typeof input === 'boolean') return String(input);
  return typeof input === 'object' ? 'an object' : `a ${typeof input}`;
}

const endian = oneOf(['little', 'big']);

const framing = object({
  kind: v.pipe(oneOf(['tlv']), v.description('How the bytes are framed: type, length, value.')),
  start: v.exactOptional(
    v.pipe(integer(0, MAX_START_BYTES), v.description('Bytes before the first TLV. Default 0.')),
  ),
  typeBytes: v.pipe(oneOf([1, 2, 4]), v.description('Width of the type field in bytes.')),
  lengthBytes: v.pipe(oneOf([1, 2, 4]), v.description('Width of the length field in bytes.')),
  endian: v.pipe(
    endian,
    v.description('Byte order of type and length, and of values whose type does not say its own.'),
  ),
  lengthUnit: v.exactOptional(
    v.pipe(oneOf([1, 4, 8]), v.description('Bytes that one count of the length field means. Default 1.')),
  ),
  lengthIncludesHeader: v.exactOptional(
    v.pipe(bool(), v.description('The length counts the type and length fields too. Default false.')),
  ),
  align: v.exactOptional(
    v.pipe(
      oneOf([1, 2, 4, 8]),
      v.description(
        'Each TLV begins at a multiple of this many bytes, counted from the first TLV. Default 1.',
      ),
    ),
  ),
  pad: v.exactOptional(
    v.pipe(
      typeNumber(255),
      v.description(
        'A type that is a single byte without length or value, skipped. Needs typeBytes 1. Default: none.',
      ),
    ),
  ),
  terminator: v.exactOptional(
    v.pipe(
      typeNumber(MAX_U32),
      v.description('A type that ends the list; what follows it is padding. Default: none.'),
    ),
  ),
});

export const MAX_MAP_RULES = 16;
const MAX_MAP_NAME = 15;

const keyField = object({
  field: v.pipe(
    oneOf(['source', 'destination', 'sourcePort', 'destinationPort', 'protocol', 'cookie', 'hash']),
    v.description('What of the packet it is compared with.'),
  ),
  offset: v.pipe(integer(0, MAX_MAP_KEY_BYTES - 1), v.description('Bytes from the start of the key.')),
  size: v.pipe(oneOf([1, 2, 4, 8, 16]), v.description('Bytes: 4 or 16 of an address.')),
  endian: v.exactOptional(
    v.pipe(endian, v.description('Default big for addresses and ports, little for the others.')),
  ),
});

const mapRule = object({
  map: v.pipe(
    v.union(
      [
        integer(1, MAX_U32),
        v.pipe(
          v.string(),
          v.regex(/^[A-Za-z0-9_.]{1,15}$/, `must be a name of at most ${MAX_MAP_NAME} characters`),
        ),
      ],
      (issue) => `must be the name or the id of a map, it is ${kindOf(issue.input)}`,
    ),
    v.description('Name of the map, as the kernel has it (cut to 15 characters), or its id.'),
  ),
  key: v.pipe(
    object({
      kind: v.pipe(
        oneOf(['5-tuple', 'socket-cookie', 'skb-hash']),
        v.description(
          'What ties an entry to packets: fields of the flow, the cookie of the socket, skb->hash.',
        ),
      ),
      fields: v.pipe(
        v.array(keyField, (issue) => `must be a list, it is ${kindOf(issue.input)}`),
        v.minLength(1, 'must not be empty'),
        v.maxLength(5, 'must have at most 5 entries'),
        v.description('Where in the key they are. Of a flow, what is not named is not compared.'),
      ),
      directions: v.exactOptional(
        v.pipe(
          oneOf(['one', 'both']),
          v.description('5-tuple: both = an entry is also that of the packets that answer. Default one.'),
        ),
      ),
    }),
    v.description('How an entry is tied to packets.'),
  ),
  value: v.pipe(
    object({
      offset: v.pipe(
        integer(0, MAX_MAP_VALUE_BYTES - 1),
        v.description('Bytes of the value before its TLVs.'),
      ),
      framing: v.exactOptional(v.pipe(framing, v.description('Default: that of the area.'))),
    }),
    v.description('Where the TLVs are.'),
  ),
});

const tlvType = object({
  type: v.pipe(
    typeNumber(MAX_U32),
    v.description('The number in the type field: 257, or in hexadecimal "0x0101".'),
  ),
  name: v.pipe(
    text(MAX_NAME_LENGTH),
    v.regex(NAME_PATTERN, 'must begin with a letter or _ and go on with letters, digits and _'),
    v.description('Name in lists and filters.'),
  ),
  kind: v.pipe(
    oneOf(['uint', 'int', 'ipv4', 'ipv6', 'mac', 'string', 'bytes', 'enum', 'flags', 'timestamp']),
    v.description('How the value reads. Integers, enum, flags and timestamp may have 1 to 8 bytes.'),
  ),
  endian: v.exactOptional(
    v.pipe(endian, v.description('Byte order of the value. Default: that of the framing, and big for ipv4.')),
  ),
  names: v.exactOptional(
    v.pipe(
      v.record(
        v.pipe(
          v.string(),
          v.regex(NUMBER_KEY_PATTERN, 'must have a number as its key, decimal or 0x hexadecimal'),
        ),
        v.pipe(text(MAX_NAME_LENGTH), v.minLength(1, 'must not be empty')),
        (issue) => `must be an object of number to name, it is ${kindOf(issue.input)}`,
      ),
      v.maxEntries(MAX_VALUE_NAMES, `must have at most ${MAX_VALUE_NAMES} names`),
      v.description('enum: value to name. flags: bit number (0 is the lowest) to name.'),
    ),
  ),
  unit: v.exactOptional(v.pipe(text(16), v.description('uint, int: printed behind the number.'))),
  display: v.exactOptional(
    v.pipe(oneOf(['dec', 'hex']), v.description('uint: how it is printed. Default dec.')),
  ),
  timestamp: v.exactOptional(
    v.pipe(
      object({
        unit: v.pipe(oneOf(['s', 'ms', 'us', 'ns']), v.description('What one count is.')),
        epoch: v.pipe(
          oneOf(['unix', 'boot']),
          v.description('From when it counts: 1970 in UTC, or the start of the host (bpf_ktime_get_ns).'),
        ),
      }),
      v.description('timestamp: its clock.'),
    ),
  ),
  owner: v.exactOptional(
    v.pipe(text(MAX_NAME_LENGTH), v.description('Who writes this TLV: a program or a team.')),
  ),
  description: v.exactOptional(
    v.pipe(text(MAX_DESCRIPTION_LENGTH), v.description('What it means, for people.')),
  ),
});

export const schemaShape = object({
  $schema: v.exactOptional(
    v.pipe(
      text(MAX_DESCRIPTION_LENGTH),
      v.description('Address of this JSON Schema, for editors; not read.'),
    ),
  ),
  whither: v.pipe(oneOf([1]), v.description('Version of the schema language.')),
  name: v.pipe(
    text(MAX_NAME_LENGTH),
    v.minLength(1, 'must not be empty'),
    v.description('What this metadata is called.'),
  ),
  description: v.exactOptional(v.pipe(text(MAX_DESCRIPTION_LENGTH), v.description('For people.'))),
  framing: v.pipe(framing, v.description('Where one TLV ends and the next begins.')),
  types: v.pipe(
    v.array(tlvType, (issue) => `must be a list, it is ${kindOf(issue.input)}`),
    v.maxLength(MAX_SCHEMA_TYPES, `must have at most ${MAX_SCHEMA_TYPES} entries`),
    v.description('The TLVs that are known; their order is that of the columns. Others are shown as bytes.'),
  ),
  maps: v.exactOptional(
    v.pipe(
      v.array(mapRule, (issue) => `must be a list, it is ${kindOf(issue.input)}`),
      v.maxLength(MAX_MAP_RULES, `must have at most ${MAX_MAP_RULES} entries`),
      v.description('BPF maps whose values hold the same TLVs, sampled with --map.'),
    ),
  ),
});

export type SchemaShape = v.InferOutput<typeof schemaShape>;
