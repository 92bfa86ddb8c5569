/** `inspect --summary`: what each hop loses, by cause and TLV, as objects or as a table. */
import type { CaptureStore } from '#core/store/capture-store.ts';
import { LossSummaryQuery } from '#core/store/loss-summary.ts';
import type { LossRow } from '#core/store/view.ts';
import type { MetadataSchema } from '#core/metadata/types.ts';
import { readWith, STEP_EVENTS, table } from './whole-store.ts';

/** Keys in the order in which they are printed. */
export interface SummaryObject {
  readonly hop: string;
  readonly state: LossRow['state'];
  readonly cause: string;
  readonly operation: string;
  readonly known: LossRow['known'];
  /** null = the area as a whole. */
  readonly tlv: { readonly type: number; readonly name: string } | null;
  readonly journeys: number;
  readonly arrived: number;
  readonly first_ns: string;
  readonly last_ns: string;
  /** Id of the first journey that it happened to. */
  readonly example: string;
}

/** Rows as of view.ts, in its order, and what found no row. `schema` reads all metadata; null = by the schemas in the capture. */
export function summaryObjects(
  store: CaptureStore,
  schema: MetadataSchema | null,
): { rows: SummaryObject[]; omitted: number } {
  readWith(store, schema);
  const query = new LossSummaryQuery(store);
  while (!query.advance(STEP_EVENTS)) continue;
  const { rows, omitted } = query.summary();
  const objects = rows.map((row) => ({
    hop: store.hops.hops[row.hop]!.name,
    state: row.state,
    cause: row.cause,
    operation: row.operation,
    known: row.known,
    tlv: row.tlv,
    journeys: row.journeys,
    arrived: row.arrived,
    first_ns: row.firstNs,
    last_ns: row.lastNs,
    example: row.exampleId,
  }));
  return { rows: objects, omitted };
}

const COLUMNS = ['HOP', 'STATE', 'TLV', 'JOURNEYS#', 'OF#', 'CAUSE', 'KNOWN', 'EXAMPLE'];

/** Lines of a table with headings; one line that says so when nothing was lost. `whole`: the capture was read to its end. */
export function summaryTable(rows: readonly SummaryObject[], whole: boolean): string[] {
  if (rows.length === 0) {
    const where = whole ? 'in this capture' : 'in what was read of this capture';
    return [`No metadata was lost, clobbered or left behind ${where}.`];
  }
  const cells = rows.map((row) => [
    row.hop,
    row.state,
    row.tlv === null ? '(area)' : row.tlv.name || `type ${row.tlv.type}`,
    String(row.journeys),
    String(row.arrived),
    row.operation,
    row.known,
    row.example,
  ]);
  return table(COLUMNS, cells);
}
