/**
 * A Lua script for Wireshark and tshark that shows the metadata of a schema: one field for each TLV, `whither.trace_id`,
 * for columns, filters and `tshark -T fields -e`.
 */
import * as L from '#core/format/layout.gen.ts';
import { MAGIC_EVENT, META_STATE, PEN } from '#core/format/structs.ts';
import { parseHex } from '#core/metadata/hex.ts';
import type {
  Layout,
  MetadataSchema,
  PacketAnchor,
  PartSchema,
  TlvType,
  When,
} from '#core/metadata/types.ts';
import { tlvHeader } from '#core/metadata/tlv-header.ts';
import { TRAIT_SIZES } from '#core/metadata/traits-scan.ts';
import { elementSize } from '#core/metadata/value.ts';
import { encodeUtf8 } from '#core/pcapng/text.ts';
import { LUA_RUNTIME } from './lua-runtime.ts';

type Lua =
  | string
  | number
  | boolean
  | null
  | undefined
  | readonly Lua[]
  | { readonly [key: string]: Lua }
  | Raw;

/** Lua text that is no string. */
class Raw {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** How Wireshark's ProtoField is called that takes a kind's values. */
function fieldType({ kind, display }: TlvType, name: string, title: string): string {
  const quoted = `${luaString(name)}, ${luaString(title)}`;
  switch (kind) {
    case 'uint':
      return `ProtoField.uint64(${quoted}, base.${display === 'hex' ? 'HEX' : 'DEC'})`;
    case 'timestamp':
      return `ProtoField.uint64(${quoted}, base.DEC)`;
    case 'int':
      return `ProtoField.int64(${quoted}, base.DEC)`;
    case 'ipv4':
      return `ProtoField.ipv4(${quoted})`;
    case 'ipv6':
      return `ProtoField.ipv6(${quoted})`;
    case 'mac':
      return `ProtoField.ether(${quoted})`;
    case 'bytes':
    case 'ip':
      return `ProtoField.bytes(${quoted})`;
    case 'string':
    case 'enum':
    case 'flags':
    case 'flag':
    case 'nested':
      return `ProtoField.string(${quoted})`;
  }
}

/** The script. `schema` is one from `parseSchema`; of several in a document `whatLuaReads` says which are in it. */
export function emitWireshark(schema: MetadataSchema): string {
  const fields: string[] = [];
  const { areas, packets, leftOut } = whatLuaReads(schema);
  const entry = (part: PartSchema, more: { readonly [key: string]: Lua }): Raw =>
    table({
      ...more,
      layout: luaLayout(part, part.name === schema.name ? 'whither' : `whither.${part.name}`, fields),
    });
  const areaEntries = areas.map((part) => entry(part, { when: when(part.when) }));
  const packetEntries = packets.map(({ part, at }) => entry(part, { at: anchor(at) }));
  const text = [
    `-- ${oneLine(schema.name)}: metadata in Wireshark, by \`whither schema emit wireshark\`.`,
    '-- tshark -X lua_script:THIS.lua -r FILE -T fields -e whither.NAME',
    '-- FILE is one of `whither export --for-wireshark` where Wireshark hands no custom options to dissectors (4.0).',
    ...leftOut.map((why) => `-- Not in it: ${oneLine(why)}.`),
    `local proto = Proto("whither", ${luaString(`Whither metadata: ${oneLine(schema.name)}`)})`,
    'local area_field = ProtoField.bytes("whither.area", "Area")',
    'local unknown_field = ProtoField.bytes("whither.unknown", "Unknown type")',
    'local misfit_field = ProtoField.bytes("whither.misfit", "Does not fit its kind")',
    'local fault_field = ProtoField.string("whither.fault", "Fault")',
    'local fields = {}',
    ...fields,
    'local all = { area_field, unknown_field, misfit_field, fault_field }',
    'for _, field in ipairs(fields) do all[#all + 1] = field end',
    'proto.fields = all',
    `local area_schemas = { ${areaEntries.map((raw) => raw.text).join(', ')} }`,
    `local packet_schemas = { ${packetEntries.map((raw) => raw.text).join(', ')} }`,
    `local event = ${lua({
      pen: PEN,
      magic: MAGIC_EVENT,
      bytes: L.EVENT_SIZE,
      header_len: L.EVENT_HEADER_LEN,
      meta_len: L.EVENT_META_LEN,
      meta_state: L.EVENT_META_STATE,
      present: META_STATE.present,
    })}`,
  ];
  return `${text.join('\n')}\n${LUA_RUNTIME}`;
}

interface LuaParts {
  /** For areas, in order. */
  readonly areas: readonly PartSchema[];
  readonly packets: readonly { readonly part: PartSchema; readonly at: LuaAnchor }[];
  /** The others, each with the reason. */
  readonly leftOut: readonly string[];
}

type LuaAnchor = Extract<PacketAnchor, { kind: 'udp-payload' | 'tcp-payload' | 'after-bytes' }>;

/**
 * All schemas for areas but those that are chosen by programs, of which a packet in Wireshark says nothing; those for the
 * payload of a port and behind bytes. What is in headers Wireshark shows itself; skb->mark and cb it has not.
 */
function whatLuaReads(schema: MetadataSchema): LuaParts {
  const areas: PartSchema[] = [];
  const packets: { part: PartSchema; at: LuaAnchor }[] = [];
  const leftOut: string[] = [];
  for (const part of [schema, ...(schema.also ?? [])]) {
    const { name, where = { in: 'area' } } = part;
    if (where.in === 'area') {
      if (part.when?.programs === undefined) areas.push(part);
      else leftOut.push(`${name}, which is chosen by programs`);
    } else if (where.in !== 'packet') leftOut.push(`${name}, which is in skb->${where.in}`);
    else if (isLuaAnchor(where.at)) packets.push({ part, at: where.at });
    else leftOut.push(`${name}, which is in a header (${where.at.kind})`);
  }
  return { areas, packets, leftOut };
}

function isLuaAnchor(at: PacketAnchor): at is LuaAnchor {
  return at.kind === 'udp-payload' || at.kind === 'tcp-payload' || at.kind === 'after-bytes';
}

function when(condition: When | undefined): Raw | undefined {
  if (condition === undefined) return undefined;
  const { devices, bytes } = condition;
  return table({
    devices,
    bytes:
      bytes === undefined
        ? undefined
        : { value: octets(bytes.value), mask: octets(bytes.mask ?? ''), at: bytes.at ?? 0 },
  });
}

function anchor(at: LuaAnchor): Raw {
  return at.kind === 'after-bytes'
    ? table({ kind: at.kind, bytes: octets(at.bytes) })
    : table({ kind: at.kind, port: at.port });
}

function octets(hex: string): readonly number[] {
  return [...(parseHex(hex) ?? [])];
}

function luaLayout({ framing, types }: Layout, prefix: string, fields: string[]): Raw {
  const entries = types.map((type) => ({ type: type.type, entry: luaType(type, prefix, fields) }));
  const little = framing.endian === 'little';
  const start = framing.start ?? 0;
  const byType = new Raw(`{ ${entries.map(({ type, entry }) => `[${type}] = ${entry.text}`).join(', ')} }`);
  switch (framing.kind) {
    case 'tlv': {
      const h = tlvHeader(framing);
      return table({
        kind: 'tlv',
        start,
        little,
        class_bytes: h.classBytes,
        type_bytes: h.typeBytes,
        type_at: h.typeAt,
        type_mask: h.typeMask,
        type_shift: h.typeShift,
        length_bytes: h.lengthBytes,
        length_at: h.lengthAt,
        length_mask: h.lengthMask,
        length_shift: h.lengthShift,
        header: h.bytes,
        unit: h.unit,
        counted: h.counted,
        align: framing.align ?? 1,
        pad: framing.pad,
        terminator: framing.terminator,
        types: byType,
      });
    }
    case 'struct':
      return table({
        kind: 'struct',
        start,
        little,
        size: framing.size,
        from_end: framing.from === 'end',
        fields: new Raw(`{ ${entries.map(({ entry }) => entry.text).join(', ')} }`),
      });
    case 'traits':
      // Lua counts from 1, and code 0 is a key that is not set.
      return table({
        kind: 'traits',
        start,
        little,
        sizes: TRAIT_SIZES[framing.version].slice(1),
        types: byType,
      });
  }
}

const INTEGERS: ReadonlySet<TlvType['kind']> = new Set(['uint', 'int', 'enum', 'flags', 'timestamp']);

function luaType(type: TlvType, prefix: string, fields: string[]): Raw {
  const name = `${prefix}.${type.name}`;
  fields.push(`fields[${fields.length + 1}] = ${fieldType(type, name, type.description ?? type.name)}`);
  const own = fields.length;
  const { only } = type;
  return table({
    name: type.name,
    kind: type.kind,
    field: new Raw(`fields[${own}]`),
    integer: INTEGERS.has(type.kind),
    endian: type.endian,
    unit: type.kind === 'timestamp' ? type.timestamp?.unit : type.unit,
    names: type.names === undefined ? undefined : names(type.names),
    offset: type.offset,
    size: type.size ?? elementSize(type) ?? 'rest',
    count: type.count,
    shares: type.bits !== undefined && type.offset === undefined,
    bits: type.bits === undefined ? undefined : { from: type.bits.from, count: type.bits.count },
    only:
      only === undefined
        ? undefined
        : {
            field: only.field,
            mask: only.mask,
            is: only.is === undefined ? undefined : [only.is].flat(),
            room: only.room === undefined ? undefined : [only.room].flat(),
          },
    layout:
      type.framing === undefined
        ? undefined
        : luaLayout({ framing: type.framing, types: type.types ?? [] }, name, fields),
  });
}

function names(all: Readonly<Record<string, string>>): Raw {
  const entries = Object.entries(all).map(([key, name]) => `[${luaString(key)}] = ${luaString(name)}`);
  return new Raw(`{ ${entries.join(', ')} }`);
}

function table(entries: { readonly [key: string]: Lua }): Raw {
  return new Raw(lua(entries));
}

function lua(value: Lua): string {
  if (value instanceof Raw) return value.text;
  if (value === null || value === undefined) return 'nil';
  if (typeof value === 'string') return luaString(value);
  if (typeof value !== 'object') return String(value);
  if (Array.isArray(value)) return `{ ${(value as readonly Lua[]).map(lua).join(', ')} }`;
  const entries = Object.entries(value as { readonly [key: string]: Lua }).filter(
    ([, inside]) => inside !== undefined,
  );
  return `{ ${entries.map(([key, inside]) => `${key} = ${lua(inside)}`).join(', ')} }`;
}

/** A schema is anybody's text: nothing in it ends the string or the line. */
function luaString(text: string): string {
  const bytes = encodeUtf8(text);
  let quoted = '"';
  for (const byte of bytes) {
    const isPlain = byte >= 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x5c;
    quoted += isPlain ? String.fromCharCode(byte) : `\\${String(byte).padStart(3, '0')}`;
  }
  return `${quoted}"`;
}

function oneLine(text: string): string {
  return text.replace(/[^\x20-\x7e]+/g, ' ');
}
