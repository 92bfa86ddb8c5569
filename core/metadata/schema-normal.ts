/** One way to write each schema: what comes out of the shape, with its numbers as numbers and its defaults filled in. */
import type { PartShape, SchemaShape } from './schema-shape.ts';
import type { FramingShape } from './shape-framing.ts';
import type { TypeShape } from './shape-types.ts';
import type { Condition, Framing, MapRule, MetadataSchema, PartSchema, TlvType } from './types.ts';

/** `type` of an entry that should have one and has none; the rules say so. */
export const NO_TYPE_NUMBER = -1;

/** Numbers that may be text as numbers, fields of structs numbered by their place; `$schema` dropped. */
export function withNumbers({ $schema: _, maps, also, ...rest }: SchemaShape): MetadataSchema {
  return {
    ...rest,
    ...partWithNumbers(rest),
    ...(maps !== undefined && {
      maps: maps.map(({ value: { framing: own, ...place }, ...rule }) => ({
        ...rule,
        value: { ...place, ...(own !== undefined && { framing: framingWithNumbers(own) }) },
      })),
    }),
    ...(also !== undefined && { also: also.map(partWithNumbers) }),
  };
}

function partWithNumbers(part: PartShape): PartSchema {
  return {
    ...part,
    framing: framingWithNumbers(part.framing),
    types: typesWithNumbers(part.types, part.framing),
  };
}

function framingWithNumbers(framing: FramingShape): Framing {
  if (framing.kind !== 'tlv') return framing;
  const { pad, terminator, typeMask, lengthMask, ...widths } = framing;
  return {
    ...widths,
    ...(typeMask !== undefined && { typeMask: Number(typeMask) }),
    ...(lengthMask !== undefined && { lengthMask: Number(lengthMask) }),
    ...(pad !== undefined && { pad: Number(pad) }),
    ...(terminator !== undefined && { terminator: Number(terminator) }),
  };
}

function typesWithNumbers(types: readonly TypeShape[], framing: FramingShape | undefined): TlvType[] {
  return types.map(({ type, only, framing: own, types: inside, ...rest }, i) => ({
    ...rest,
    type: framing?.kind === 'struct' ? i : type === undefined ? NO_TYPE_NUMBER : Number(type),
    ...(only !== undefined && { only: conditionWithNumbers(only) }),
    ...(own !== undefined && { framing: framingWithNumbers(own) }),
    ...(inside !== undefined && { types: typesWithNumbers(inside, own) }),
  }));
}

function conditionWithNumbers({ mask, is, ...rest }: NonNullable<TypeShape['only']>): Condition {
  return {
    ...rest,
    ...(mask !== undefined && { mask: Number(mask) }),
    ...(is !== undefined && { is: Array.isArray(is) ? is.map(Number) : Number(is) }),
  };
}

const TLV_DEFAULTS = { start: 0, lengthUnit: 1, lengthIncludesHeader: false, align: 1 } as const;

/** Defaults of framings filled in, keys of `names` in decimal. */
export function withDefaults(schema: MetadataSchema): MetadataSchema {
  return {
    ...schema,
    ...partWithDefaults(schema),
    ...(schema.maps !== undefined && { maps: schema.maps.map(mapWithDefaults) }),
    ...(schema.also !== undefined && { also: schema.also.map(partWithDefaults) }),
  };
}

function partWithDefaults(part: PartSchema): PartSchema {
  return { ...part, framing: framingWithDefaults(part.framing), types: part.types.map(typeWithDefaults) };
}

function mapWithDefaults({ value, ...rule }: MapRule): MapRule {
  const { framing } = value;
  return framing === undefined
    ? { ...rule, value }
    : { ...rule, value: { ...value, framing: framingWithDefaults(framing) } };
}

function framingWithDefaults(framing: Framing): Framing {
  return framing.kind === 'tlv' ? { ...TLV_DEFAULTS, ...framing } : framing;
}

function typeWithDefaults({ names, framing, types, ...rest }: TlvType): TlvType {
  return {
    ...rest,
    ...(names !== undefined && {
      names: Object.fromEntries(Object.entries(names).map(([key, text]) => [BigInt(key).toString(), text])),
    }),
    ...(framing !== undefined && { framing: framingWithDefaults(framing) }),
    ...(types !== undefined && { types: types.map(typeWithDefaults) }),
  };
}
