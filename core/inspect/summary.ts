/** `inspect --summary`: what each hop loses, by cause and TLV, as objects or as a table. */
import type { CaptureStore } from '#core/store/capture-store.ts';
import { COUNTED_ONLY, countedText } from '#core/store/counted-text.ts';
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
    return [`No metadata was seen to be lost, clobbered or left behind ${where}.`];
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

/** What a hook counted and was not shown. Keys in the order in which they are printed. */
export interface CountedObject {
  readonly hop: string;
  readonly counted: number;
  /** 0 = of several kinds. */
  readonly program: number;
  readonly program_name: string;
  /** Id of the map with the target; 0 = none: `index` is an ifindex. */
  readonly map: number;
  readonly index: number;
  /** xdp_redirect_err: errno; xdp_exception: XDP action. */
  readonly value: number;
  /** In words, behind the number. */
  readonly text: string;
}

/** Of the whole capture, hop by hop, the most frequent first. */
export function countedObjects(store: CaptureStore): CountedObject[] {
  return store.hops.hops.flatMap(({ name, hook }, hop) =>
    store.counts.of(hop).map((counted) => ({
      hop: name,
      counted: counted.count,
      program: counted.program,
      program_name: counted.programName,
      map: counted.map,
      index: counted.index,
      value: counted.value,
      text: countedText(hook, counted),
    })),
  );
}

/** Lines of a table of its own; [] = nothing was counted. */
export function countedTable(rows: readonly CountedObject[]): string[] {
  if (rows.length === 0) return [];
  const cells = rows.map(({ hop, counted, text }) => [hop, String(counted), text]);
  return ['', `Counted, ${COUNTED_ONLY}`, ...table(['HOP', 'PACKETS#', 'WHAT'], cells)];
}
