/** The shape of `framing`, for each of its kinds. */
import * as v from 'valibot';
import { bool, endian, integer, kindOf, MAX_U32, object, oneOf, typeNumber } from './shape-parts.ts';

/** The kernel's metadata area ends at 252 bytes (xdp_metalen_invalid); fixed headers are shorter. */
export const MAX_START_BYTES = 252;
/** Of one struct, and of where its fields are: options of packets are not longer than this, areas are shorter. */
export const MAX_STRUCT_BYTES = 2048;
/** Header of one TLV: class, type and length, and what is between them. */
export const MAX_HEADER_BYTES = 16;

const start = v.exactOptional(
  v.pipe(
    integer(0, MAX_START_BYTES),
    v.description('Bytes before the first TLV, trait or field. Default 0.'),
  ),
);

const tlv = object({
  kind: v.pipe(v.literal('tlv'), v.description('How the bytes are framed: type, length, value.')),
  start,
  classBytes: v.exactOptional(
    v.pipe(
      oneOf([0, 1, 2]),
      v.description('Bytes of a class in front of the type; both in one number are the type. Default 0.'),
    ),
  ),
  typeBytes: v.pipe(oneOf([1, 2, 4]), v.description('Width of the type field in bytes.')),
  typeMask: v.exactOptional(
    v.pipe(
      typeNumber(MAX_U32),
      v.description('Bits of class and type that are the type, moved down to bit 0. Default all.'),
    ),
  ),
  lengthBytes: v.pipe(oneOf([1, 2, 4]), v.description('Width of the length field in bytes.')),
  lengthMask: v.exactOptional(
    v.pipe(
      typeNumber(MAX_U32),
      v.description('Bits of the length field that are the length, moved down to bit 0. Default all.'),
    ),
  ),
  typeAt: v.exactOptional(
    v.pipe(
      integer(0, MAX_HEADER_BYTES - 1),
      v.description('Bytes of the TLV before its class and type. Default 0.'),
    ),
  ),
  lengthAt: v.exactOptional(
    v.pipe(
      integer(0, MAX_HEADER_BYTES - 1),
      v.description('Bytes of the TLV before its length. Default: right behind the type.'),
    ),
  ),
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

const struct = object({
  kind: v.pipe(v.literal('struct'), v.description('Fields at their offsets, or one behind the other.')),
  start,
  endian: v.pipe(endian, v.description('Byte order of values whose type does not say its own.')),
  size: v.exactOptional(
    v.pipe(integer(1, MAX_STRUCT_BYTES), v.description('Bytes of the whole. Default: as its fields need.')),
  ),
  from: v.exactOptional(
    v.pipe(
      oneOf(['start', 'end']),
      v.description('end: the struct ends where the area ends; needs its size. Default start.'),
    ),
  ),
});

const traits = object({
  kind: v.pipe(
    v.literal('traits'),
    v.description('Traits of the RFC by Arthur Fabre: types are keys from 0 to 63.'),
  ),
  version: v.pipe(
    oneOf([1, 2]),
    v.description('Of the RFC: sizes are 2, 4 and 8 bytes in version 1; 0, 4 and 8 in version 2.'),
  ),
  endian: v.pipe(endian, v.description('Byte order of the header, and of values that do not say their own.')),
  start,
});

export const framing = v.variant('kind', [tlv, struct, traits], (issue) => {
  if (issue.expected === 'Object') return `must be an object, it is ${kindOf(issue.input)}`;
  const options = issue.expected.replaceAll(' | ', ', ').replaceAll(/[()]/g, '');
  return `must be one of ${options}; it is ${issue.received}`;
});

export type FramingShape = v.InferOutput<typeof framing>;
