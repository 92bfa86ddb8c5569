/** The tables inside docs/capture-format.md and docs/filter.md, between `<!-- generated:NAME -->` and `<!-- /generated -->`. */
import { HOOKS } from '#core/format/hooks.ts';
import { OPERATION, OPERATION_FLAG, PROGRAM_KIND } from '#core/format/attribution.ts';
import { ALL_JOURNEY_FIELDS, FIELDS } from '#core/query/catalogue.ts';
import {
  BLOCK_SUBTYPE,
  COST_ATTACH,
  COST_COUNTING,
  EVENT_FLAG,
  EXTENSION,
  FORMAT_VERSION,
  GAP_CAUSE,
  LINK_KIND,
  MAP_CHANGE,
  MAGIC_BLOCK,
  MAGIC_EVENT,
  MAGIC_INTERFACE,
  META_STATE,
  PEN,
  STRUCTS,
  TAP_JOIN,
  TAP_KIND,
} from '#core/format/structs.ts';

const SECTION_PATTERN = /(<!-- generated:([a-z0-9_-]+) -->\n)[\s\S]*?(<!-- \/generated -->)/g;

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]): string =>
    `| ${cells.map((c) => String(c).replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function valueTable(values: Readonly<Record<string, number>>): string {
  return table(
    ['Value', 'Name'],
    Object.entries(values).map(([name, value]) => [value, `\`${name}\``]),
  );
}

const magic = (n: number): string =>
  `\`0x${n.toString(16)}\` ("${String.fromCharCode(n & 255, (n >> 8) & 255, (n >> 16) & 255, n >>> 24)}")`;

/** Name of a generated section → its text. */
export const SECTIONS: ReadonlyMap<string, string> = new Map([
  [
    'constants',
    table(
      ['Constant', 'Value'],
      [
        ['Enterprise number', PEN],
        ['Version', FORMAT_VERSION],
        ['Magic of an event', magic(MAGIC_EVENT)],
        ['Magic of an interface', magic(MAGIC_INTERFACE)],
        ['Magic of a custom block', magic(MAGIC_BLOCK)],
      ],
    ),
  ],
  ['meta-state', valueTable(META_STATE)],
  ['extension', valueTable(EXTENSION)],
  ['event-flag', valueTable(EVENT_FLAG)],
  ['block-subtype', valueTable(BLOCK_SUBTYPE)],
  ['gap-cause', valueTable(GAP_CAUSE)],
  ['link-kind', valueTable(LINK_KIND)],
  ['cost-counting', valueTable(COST_COUNTING)],
  ['cost-attach', valueTable(COST_ATTACH)],
  ['map-change', valueTable(MAP_CHANGE)],
  ['tap-kind', valueTable(TAP_KIND)],
  ['tap-join', valueTable(TAP_JOIN)],
  ['program-kind', valueTable(PROGRAM_KIND)],
  ['operation', valueTable(OPERATION)],
  ['operation-flag', valueTable(OPERATION_FLAG)],
  [
    'hooks',
    table(
      ['Id', 'Name', 'Lane', 'Order', 'Link type', 'Direction', 'Seen there'],
      HOOKS.map((h) => [h.id, `\`${h.name}\``, h.lane, h.order, h.linkType, h.direction, h.doc]),
    ),
  ],
  [
    'filter-fields',
    table(
      ['Field', 'What it is', 'Values', 'Operators'],
      [...FIELDS, ...ALL_JOURNEY_FIELDS].map(({ name, text, values, operators }) => [
        `\`${name}\``,
        text,
        values,
        operators.map((operator) => `\`${operator}\``).join(' '),
      ]),
    ),
  ],
  ...STRUCTS.map((s): [string, string] => [
    s.name,
    `${s.doc} Size: ${s.size} bytes.\n\n${table(
      ['Offset', 'Type', 'Field', 'Unit', 'Meaning'],
      s.fields.map((f) => [f.offset, f.type, `\`${f.name}\``, f.unit, f.doc]),
    )}`,
  ]),
]);

/** Fills every marked section anew and leaves the prose alone. A name that nothing generates throws. */
export function replaceSections(document: string): string {
  return document.replace(SECTION_PATTERN, (_whole, open: string, name: string, close: string) => {
    const body = SECTIONS.get(name);
    if (body === undefined) throw new Error(`docs: nothing generates "${name}".`);
    return `${open}\n${body}\n\n${close}`;
  });
}
