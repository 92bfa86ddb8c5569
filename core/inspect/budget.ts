/** `inspect --budget`: what the metadata area costs, as one object or as tables. */
import { BudgetQuery } from '#core/budget/budget-query.ts';
import type { Advice, BudgetHop, BudgetType } from '#core/budget/types.ts';
import type { MetadataSchema } from '#core/metadata/types.ts';
import type { CaptureStore } from '#core/store/capture-store.ts';
import { readWith, STEP_EVENTS, table } from './whole-store.ts';

/** As of core/budget/types.ts, with hops by name; means are rounded to hundredths of a byte. */
export interface BudgetObject {
  readonly packets: number;
  readonly hops: readonly (Omit<BudgetHop, 'hop'> & { readonly hop: string })[];
  readonly types: readonly BudgetType[];
  readonly advice: readonly Advice[];
}

/** `schema` reads all metadata; null = by the schemas in the capture. */
export function budgetObject(store: CaptureStore, schema: MetadataSchema | null): BudgetObject {
  readWith(store, schema);
  const query = new BudgetQuery(store);
  while (!query.advance(STEP_EVENTS)) continue;
  const { packets, hops, types, advice } = query.budget();
  return {
    packets,
    hops: hops.map((row) => rounded({ ...row, hop: store.hops.hops[row.hop]!.name })),
    types: types.map((row) => rounded(row)),
    advice: advice.map((row) => rounded(row)),
  };
}

function rounded<T extends object>(row: T): T {
  const entries = Object.entries(row).map(([key, value]: [string, unknown]) => [
    key,
    typeof value === 'number' ? Math.round(value * 100) / 100 : value,
  ]);
  return Object.fromEntries(entries) as T;
}

const HOPS = [
  'HOP',
  'EVENTS#',
  'LEAST#',
  'MEAN#',
  'MOST#',
  'OF#',
  'IN FRONT#',
  'VALUES#',
  'HEADERS#',
  'PADDING#',
  'GROWTH#',
];
const TYPES = ['TYPE', 'PACKETS#', 'DIFFERENT#', 'VALUE B#', 'WITH HEADER B#'];

export function budgetLines({ packets, hops, types, advice }: BudgetObject): string[] {
  if (packets === 0) return ['No packet in this capture has metadata.'];
  const hopRows = hops.map((row) => [
    row.hop,
    String(row.events),
    String(row.least),
    String(row.mean),
    String(row.most),
    row.allowed === null ? '-' : String(row.allowed),
    row.front === null ? '-' : String(row.front),
    String(row.values),
    String(row.headers),
    String(row.padding),
    row.growth > 0 ? `+${row.growth}` : String(row.growth),
  ]);
  const typeRows = types.map((row) => [
    row.name || `type ${row.type}`,
    String(row.packets),
    row.isCounted ? String(row.distinct) : `${row.distinct}+`,
    String(row.valueBytes),
    String(row.bytes),
  ]);
  return [
    `Bytes of metadata per packet, of ${packets} packets; OF is what the tightest buffer allows.`,
    ...table(HOPS, hopRows),
    '',
    ...table(TYPES, typeRows),
    ...(advice.length === 0 ? [] : ['', ...advice.map(({ text }) => `- ${text}`)]),
  ];
}
