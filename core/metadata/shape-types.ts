/** The shape of `types`: TLV types, keys of traits, fields of structs, and what is nested in them. */
import * as v from 'valibot';
import { framing, MAX_STRUCT_BYTES, type FramingShape } from './shape-framing.ts';
import { endian, integer, kindOf, list, MAX_U32, NUMBER_KEY_PATTERN, object } from './shape-parts.ts';
import { oneOf, text, typeNumber } from './shape-parts.ts';
import { COLOURS } from './types.ts';

export const MAX_SCHEMA_TYPES = 256;
export const MAX_NAME_LENGTH = 64;
export const MAX_DESCRIPTION_LENGTH = 2000;
/** Names of one enum or of the flags of one type. */
export const MAX_VALUE_NAMES = 1024;
/** Values that one condition lists. */
const MAX_CONDITION_VALUES = 64;
/** What a count in a field is multiplied by, at most. */
const MAX_EXTENT_UNIT = 256;

const NAME_PATTERN = /^[A-Za-z_][A-Za-z0-9_]*$/;

export const name = v.pipe(
  text(MAX_NAME_LENGTH),
  v.regex(NAME_PATTERN, 'must begin with a letter or _ and go on with letters, digits and _'),
);

const fieldName = v.pipe(name, v.description('Name of a field that is before in the list.'));

const extent = v.union(
  [
    integer(0, MAX_STRUCT_BYTES),
    v.literal('rest'),
    object({
      field: v.exactOptional(fieldName),
      unit: v.exactOptional(
        v.pipe(integer(1, MAX_EXTENT_UNIT), v.description('What one count of it means. Default 1.')),
      ),
      add: v.exactOptional(
        v.pipe(
          integer(-MAX_STRUCT_BYTES, MAX_STRUCT_BYTES),
          v.description('Added to the product, or without a field to what is left. Default 0.'),
        ),
      ),
    }),
  ],
  (issue) => `must be a number, "rest" or { "field": … }, it is ${kindOf(issue.input)}`,
);

const room = integer(0, MAX_STRUCT_BYTES);

const condition = object({
  field: v.exactOptional(fieldName),
  mask: v.exactOptional(v.pipe(typeNumber(MAX_U32), v.description('Bits of it that count. Default all.'))),
  is: v.exactOptional(
    v.pipe(
      v.union([typeNumber(MAX_U32), list(typeNumber(MAX_U32), MAX_CONDITION_VALUES)]),
      v.description('What those bits must be: a number, or one of a list. Default: anything but 0.'),
    ),
  ),
  room: v.exactOptional(
    v.pipe(
      v.union(
        [room, v.tuple([room, room])],
        'must be a number of bytes, or a list of the least and the most',
      ),
      v.description('Bytes left in the struct from here: at least so many, or from the first to the second.'),
    ),
  ),
});

const entries = {
  type: v.exactOptional(
    v.pipe(
      typeNumber(MAX_U32),
      v.description(
        'The number in the type field: 257, or in hexadecimal "0x0101"; of traits the key. Fields of a struct have none.',
      ),
    ),
  ),
  name: v.pipe(name, v.description('Name in lists and filters.')),
  kind: v.pipe(
    oneOf([
      'uint',
      'int',
      'ipv4',
      'ipv6',
      'ip',
      'mac',
      'string',
      'bytes',
      'enum',
      'flags',
      'timestamp',
      'flag',
      'nested',
    ]),
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
  colour: v.exactOptional(
    v.pipe(oneOf(COLOURS), v.description('Its colour in the page, one that both themes have.')),
  ),
  size: v.exactOptional(
    v.pipe(
      extent,
      v.description(
        'Bytes of a field, or of one element of a list: a number, "rest", or what an earlier field says. A TLV has its length field.',
      ),
    ),
  ),
  count: v.exactOptional(
    v.pipe(
      extent,
      v.description('The value is a list of so many: a number, "rest", or what an earlier field says.'),
    ),
  ),
  offset: v.exactOptional(
    v.pipe(
      integer(-MAX_STRUCT_BYTES, MAX_STRUCT_BYTES),
      v.description(
        'Of a field, in bytes from the start of the struct, negative from its end. Default: behind the field before.',
      ),
    ),
  ),
  bits: v.exactOptional(
    v.pipe(
      object({
        from: v.pipe(integer(0, 63), v.description('The lowest bit of it; 0 is the lowest of the integer.')),
        count: v.pipe(integer(1, 64), v.description('How many bits.')),
      }),
      v.description('Of a field: some bits of an integer. Bit fields one behind the other share its bytes.'),
    ),
  ),
  only: v.exactOptional(v.pipe(condition, v.description('Of a field: when it is there. Default always.'))),
} as const;

/** A type as it is written: its number may be text, and what is nested in it is written the same way. */
export type TypeShape = v.InferOutput<v.ObjectSchema<typeof entries, undefined>> & {
  readonly framing?: FramingShape;
  readonly types?: readonly TypeShape[];
};

export const tlvType: v.GenericSchema<unknown, TypeShape> = object({
  ...entries,
  framing: v.exactOptional(v.pipe(framing, v.description('nested: how the bytes of the value are framed.'))),
  types: v.exactOptional(
    v.pipe(
      list(
        v.lazy(() => tlvType),
        MAX_SCHEMA_TYPES,
      ),
      v.description('nested: what is in the value.'),
    ),
  ),
});
