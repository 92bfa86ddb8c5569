/** The inline functions of the emitted C header, for one schema: how to get at an area, at a type, at a field. */
import type { Endian, PartSchema, TlvFraming, TlvType } from '#core/metadata/types.ts';
import { parseHex } from '#core/metadata/hex.ts';
import { elementSize } from '#core/metadata/value.ts';

/** TLVs and pads that a search passes at most: what a verifier of Linux 6.1 goes through in good time. */
const MAX_STEPS = 64;

/** One way to get at an area: C text with the prefix of the schema. */
interface Access {
  readonly suffix: 'xdp' | 'dynptr';
  readonly source: string;
  readonly read: string;
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

/** Functions of a schema whose names begin with `prefix`, constants with `upper`; `names`: those of its types, unique. */
export function accessorsOf(
  schema: PartSchema,
  prefix: string,
  upper: string,
  names: readonly string[],
): string[] {
  return readers(prefix).flatMap((access) => accessors(schema, prefix, upper, names, access));
}

function accessors(
  schema: PartSchema,
  prefix: string,
  upper: string,
  names: readonly string[],
  access: Access,
): string[] {
  const { framing, types, when } = schema;
  const { suffix, source, read } = access;
  const parts = [
    `/* Copies size bytes, a constant, from offset at of the area. */
static __always_inline int ${prefix}_read_${suffix}(${source}source, __u32 at, void *to, const __u32 size)
{
${read}
}
`,
  ];
  if (when?.bytes !== undefined) parts.push(matcher(when.bytes, prefix, access));
  if (framing.kind === 'tlv') parts.push(find(framing, prefix, upper, access));
  types.forEach((type, i) => {
    const own = {
      function: `${prefix}_${names[i]!}_${access.suffix}`,
      constant: `${upper}_${names[i]!.toUpperCase()}`,
    };
    parts.push(
      framing.kind === 'tlv'
        ? tlvAccessor(type, framing, prefix, own, access)
        : fieldAccessor(type, framing.endian, prefix, own, access),
    );
  });
  return parts;
}

/** Of a schema that is chosen by bytes of the area. */
function matcher(
  { value, mask, at = 0 }: NonNullable<NonNullable<PartSchema['when']>['bytes']>,
  prefix: string,
  { suffix, source }: Access,
): string {
  const wanted = parseHex(value) ?? new Uint8Array(0);
  const masks = mask === undefined ? null : parseHex(mask);
  const tests = [...wanted].map(
    (byte, i) => `(bytes[${i}] & ${masks?.[i] ?? 0xff}) == ${byte & (masks?.[i] ?? 0xff)}`,
  );
  const length =
    suffix === 'xdp'
      ? '(__u32)((long)source->data - (long)source->data_meta)'
      : '(__u32)bpf_dynptr_size(source)';
  const place = at >= 0 ? `${at}u` : `${length} - ${-at}u`;
  const check = at >= 0 ? '' : `\tif (${length} < ${-at}u)\n\t\treturn 0;\n`;
  const kfunc =
    suffix === 'xdp' || at >= 0
      ? ''
      : 'extern __u32 bpf_dynptr_size(const struct bpf_dynptr *ptr) __ksym __weak;\n\n';
  return `${kfunc}/* Whether the area is of this schema, by its bytes: 1 or 0. */
static __always_inline int ${prefix}_matches_${suffix}(${source}source)
{
	__u8 bytes[${wanted.length}] = {};

${check}	if (${prefix}_read_${suffix}(source, ${place}, bytes, sizeof(bytes)))
		return 0;
	return ${tests.join(' && ')};
}
`;
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
    framing.lengthIncludesHeader === true
      ? `		if (size < ${header}u)\n			return -1;\n		size -= ${header}u;\n`
      : '';
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

/** What a type is called in C. */
interface Names {
  readonly function: string;
  readonly constant: string;
}

function tlvAccessor(
  type: TlvType,
  framing: TlvFraming,
  prefix: string,
  { function: name, constant }: Names,
  { suffix, source }: Access,
): string {
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
  { function: name, constant }: Names,
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

function unsigned(bytes: 1 | 2 | 4 | 8): string {
  return `__u${8 * bytes}`;
}

/** A raw value in the host's order. */
function ordered(name: string, bytes: 1 | 2 | 4 | 8, endian: Endian): string {
  if (bytes === 1) return name;
  const here = endian === 'little' ? '__ORDER_LITTLE_ENDIAN__' : '__ORDER_BIG_ENDIAN__';
  return `__builtin_choose_expr(__BYTE_ORDER__ == ${here}, ${name}, __builtin_bswap${8 * bytes}(${name}))`;
}
