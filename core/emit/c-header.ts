/**
 * A C header for the programs that write and read the metadata of a schema: constants, and inline accessors for XDP (by
 * data_meta) and for what has the area as a bpf_dynptr (bpf_dynptr_from_skb_meta, Linux 6.18). For TLVs of plain type
 * and length, and for structs whose fields have fixed places. Error for other schemas.
 */
import type { Endian, MetadataSchema, TlvFraming, TlvType } from '#core/metadata/types.ts';
import { elementSize } from '#core/metadata/value.ts';

/** The kernel's limit (xdp_metalen_invalid). */
const MAX_AREA_BYTES = 252;
/** TLVs and pads that a search passes at most: what a verifier of Linux 6.1 goes through in good time. */
const MAX_STEPS = 64;

/** One way to get at an area: C text with the prefix of the schema. */
interface Access {
  readonly suffix: 'xdp' | 'dynptr';
  readonly source: string;
  readonly read: string;
}

export function emitC(schema: MetadataSchema): string {
  const prefix = identifier(schema.name);
  const upper = prefix.toUpperCase();
  const body = [
    ...constants(schema, upper),
    ...readers(prefix).flatMap((access) => accessors(schema, prefix, upper, access)),
  ];
  return `/* SPDX-License-Identifier: MIT */
/* ${comment(schema.name)}, by \`whither schema emit c\`. Every function returns 0, or -1 when there is no such value. */
#ifndef ${upper}_METADATA_H
#define ${upper}_METADATA_H

#include <linux/bpf.h>
#include <linux/types.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>

${body.join('\n')}
#endif
`;
}

function constants({ framing, types }: MetadataSchema, upper: string): string[] {
  const lines = [`#define ${upper}_MAX_AREA_BYTES ${MAX_AREA_BYTES}u`];
  if (framing.kind === 'traits') throw new Error('C is emitted for TLVs and structs, not for traits');
  if (framing.kind === 'struct') {
    const { from, size } = framing;
    if (from === 'end') throw new Error('C is emitted for structs from the start of the area');
    if (size !== undefined) lines.push(`#define ${upper}_SIZE ${size}u`);
  } else {
    const { classBytes = 0, typeMask, lengthMask, typeAt = 0, lengthAt } = framing;
    if (
      classBytes !== 0 ||
      typeMask !== undefined ||
      lengthMask !== undefined ||
      typeAt !== 0 ||
      lengthAt !== undefined
    ) {
      throw new Error('C is emitted for TLVs of plain type and length, without class and masks');
    }
  }
  for (const type of types) {
    const name = `${upper}_${type.name.toUpperCase()}`;
    lines.push(
      `#define ${name} ${framing.kind === 'struct' ? offsetOf(type) : type.type}u${described(type)}`,
    );
    for (const [value, text] of Object.entries(type.names ?? {})) {
      lines.push(
        `#define ${name}_${identifier(text).toUpperCase()} ${type.kind === 'flags' ? `(1ull << ${value})` : `${value}ull`}`,
      );
    }
  }
  return [...lines, ''];
}

function readers(prefix: string): Access[] {
  const upper = prefix.toUpperCase();
  return [
    {
      suffix: 'xdp',
      source: 'struct xdp_md *',
      read: `	__u8 *from = (__u8 *)(long)source->data_meta;
	__u8 *end = (__u8 *)(long)source->data;

	if (at > ${upper}_MAX_AREA_BYTES)
		return -1;
	from += at;
	if (from + size > end)
		return -1;
	__builtin_memcpy(to, from, size);
	return 0;`,
    },
    {
      suffix: 'dynptr',
      source: 'const struct bpf_dynptr *',
      read: `	return bpf_dynptr_read(to, size, (void *)source, at, 0) ? -1 : 0;`,
    },
  ];
}

function accessors(schema: MetadataSchema, prefix: string, upper: string, access: Access): string[] {
  const { framing, types } = schema;
  const { suffix, source, read } = access;
  const parts = [
    `/* Copies size bytes, a constant, from offset at of the area. */
static __always_inline int ${prefix}_read_${suffix}(${source}source, __u32 at, void *to, const __u32 size)
{
${read}
}
`,
  ];
  if (framing.kind === 'tlv') parts.push(find(framing, prefix, upper, access));
  for (const type of types) {
    parts.push(
      framing.kind === 'tlv'
        ? tlvAccessor(type, framing, prefix, upper, access)
        : fieldAccessor(type, framing.endian, prefix, upper, access),
    );
  }
  return parts;
}

function find(framing: TlvFraming, prefix: string, upper: string, { suffix, source }: Access): string {
  const { typeBytes, lengthBytes, endian, align = 1, start = 0, pad, terminator, lengthUnit = 1 } = framing;
  const header = typeBytes + lengthBytes;
  const read = `${prefix}_read_${suffix}`;
  const next = (from: string): string =>
    align === 1 ? from : `${start}u + ((${from} - ${start}u + ${align - 1}u) & ~${align - 1}u)`;
  const padText =
    pad === undefined
      ? ''
      : `		if (kind == ${pad}u) {
			at = ${next('at + 1')};
			continue;
		}
`;
  const endText = terminator === undefined ? '' : `		if (kind == ${terminator}u)\n			return -1;\n`;
  const counted =
    framing.lengthIncludesHeader === true ? `		if (size < ${header}u)\n			return -1;\n		size -= ${header}u;\n` : '';
  return `/* Where the value of a type begins in the area, and its bytes. */
static __always_inline int ${prefix}_find_${suffix}(${source}source, __u32 wanted, __u32 *value, __u32 *length)
{
	__u32 at = ${start};

	for (int step = 0; step < ${MAX_STEPS}; step++) {
		${unsigned(typeBytes)} type = 0;
		${unsigned(lengthBytes)} count = 0;
		__u32 kind, size;

		/* The same range at each step: the verifier sees that steps are alike. */
		__asm__ volatile("" : "+r"(at));
		at &= 0xff;
		if (${read}(source, at, &type, sizeof(type)))
			return -1;
		kind = ${ordered('type', typeBytes, endian)};
${padText}${endText}		if (${read}(source, at + ${typeBytes}, &count, sizeof(count)))
			return -1;
		size = ${ordered('count', lengthBytes, endian)};
		if (size > ${upper}_MAX_AREA_BYTES)
			return -1;
		size *= ${lengthUnit};
${counted}		if (kind == wanted) {
			*value = at + ${header};
			*length = size;
			return 0;
		}
		at = ${next(`at + ${header} + size`)};
		if (at > ${upper}_MAX_AREA_BYTES)
			return -1;
	}
	return -1;
}
`;
}

const INTEGERS: ReadonlySet<TlvType['kind']> = new Set(['uint', 'int', 'enum', 'flags', 'timestamp']);
const BYTES_OF: Partial<Readonly<Record<TlvType['kind'], number>>> = { ipv4: 4, ipv6: 16, mac: 6 };

function tlvAccessor(
  type: TlvType,
  framing: TlvFraming,
  prefix: string,
  upper: string,
  access: Access,
): string {
  const { suffix, source } = access;
  const name = `${prefix}_${type.name}_${suffix}`;
  const constant = `${upper}_${type.name.toUpperCase()}`;
  const found = `	__u32 at, length;

	if (${prefix}_find_${suffix}(source, ${constant}, &at, &length)`;
  const read = `${prefix}_read_${suffix}`;
  if (INTEGERS.has(type.kind)) {
    const order = type.endian ?? framing.endian;
    const cases = ([1, 2, 4, 8] as const).map(
      (bytes) => `	case ${bytes}: {
		${unsigned(bytes)} raw = 0;

		if (${read}(source, at, &raw, sizeof(raw)))
			return -1;
		*value = ${ordered('raw', bytes, order)};
		return 0;
	}`,
    );
    return `/* Of 1, 2, 4 or 8 bytes. */
static __always_inline int ${name}(${source}source, __u64 *value)
{
${found})
		return -1;
	switch (length) {
${cases.join('\n')}
	}
	return -1;
}
`;
  }
  const fixed = BYTES_OF[type.kind];
  if (fixed === undefined) return '';
  return `static __always_inline int ${name}(${source}source, __u8 value[${fixed}])
{
${found} || length != ${fixed})
		return -1;
	return ${read}(source, at, value, ${fixed});
}
`;
}

function fieldAccessor(
  type: TlvType,
  endian: Endian,
  prefix: string,
  upper: string,
  { suffix, source }: Access,
): string {
  const size = type.size ?? elementSize(type);
  if (
    typeof size !== 'number' ||
    type.count !== undefined ||
    type.only !== undefined ||
    type.kind === 'nested'
  )
    return '';
  const name = `${prefix}_${type.name}_${suffix}`;
  const constant = `${upper}_${type.name.toUpperCase()}`;
  const read = `${prefix}_read_${suffix}`;
  if (!INTEGERS.has(type.kind)) {
    return `static __always_inline int ${name}(${source}source, __u8 value[${size}])
{
	return ${read}(source, ${constant}, value, ${size});
}
`;
  }
  if (size !== 1 && size !== 2 && size !== 4 && size !== 8) return '';
  const whole = ordered('raw', size, type.endian ?? endian);
  const { bits } = type;
  const mask = bits === undefined || bits.count === 64 ? '' : ` & ${(1n << BigInt(bits.count)) - 1n}ull`;
  return `static __always_inline int ${name}(${source}source, __u64 *value)
{
	${unsigned(size)} raw = 0;

	if (${read}(source, ${constant}, &raw, sizeof(raw)))
		return -1;
	*value = ${bits === undefined ? whole : `((__u64)${whole} >> ${bits.from})${mask}`};
	return 0;
}
`;
}

function offsetOf({ name, offset }: TlvType): number {
  if (offset === undefined || offset < 0)
    throw new Error(`C needs the offset of every field, and ${name} has none`);
  return offset;
}

function unsigned(bytes: 1 | 2 | 4 | 8): string {
  return `__u${8 * bytes}`;
}

/** A raw value in the host's order. */
function ordered(name: string, bytes: 1 | 2 | 4 | 8, endian: Endian): string {
  if (bytes === 1) return name;
  if (endian === 'big') return `bpf_be${8 * bytes}_to_cpu(${name})`;
  return `__builtin_choose_expr(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, ${name}, __builtin_bswap${8 * bytes}(${name}))`;
}

function described({ description }: TlvType): string {
  return description === undefined ? '' : ` /* ${comment(description)} */`;
}

/** Anybody's text, within a comment. */
function comment(text: string): string {
  return text
    .replace(/[^\x20-\x7e]+/g, ' ')
    .replaceAll('*/', '* /')
    .replaceAll('/*', '/ *');
}

function identifier(text: string): string {
  const plain = text.replace(/[^A-Za-z0-9]+/g, '_').toLowerCase();
  return /^[a-z_]/.test(plain) ? plain : `_${plain}`;
}
