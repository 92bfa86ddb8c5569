/** `inspect --summary`: what each hop loses, by cause and TLV, as objects or as a table. */
import type { CaptureStore } from '#core/store/capture-store.ts';
import { LossSummaryQuery } from '#core/store/loss-summary.ts';
import type { LossRow } from '#core/store/view.ts';
import { compileSchema } from '#core/metadata/scan.ts';
import type { MetadataSchema } from '#core/metadata/types.ts';

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

const STEP_EVENTS = 1 << 16;

/** Rows as of view.ts, in its order, and what found no row. `schema` reads all metadata; null = by the schemas in the capture. */
export function summaryObjects(
  store: CaptureStore,
  schema: MetadataSchema | null,
): { rows: SummaryObject[]; omitted: number } {
  if (schema !== null) {
    store.tlvs.setUser(compileSchema(schema));
    while (!store.tlvs.advance(STEP_EVENTS)) continue;
  }
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

const HEADINGS = ['HOP', 'STATE', 'TLV', 'JOURNEYS', 'OF', 'CAUSE', 'KNOWN', 'EXAMPLE'];
/** Columns of numbers are aligned to the right. */
const NUMBERS: ReadonlySet<number> = new Set([3, 4]);

/** Lines of a table with headings; one line that says so when nothing was lost. */
export function summaryTable(rows: readonly SummaryObject[]): string[] {
  if (rows.length === 0) return ['No metadata was lost, clobbered or left behind in this capture.'];
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
  // What comes from a capture must not move the cursor or forge a line.
  const printed = [HEADINGS, ...cells].map((line) => line.map((cell) => cell.replace(/\p{Cc}/gu, '\u00b7')));
  const widths = HEADINGS.map((_, i) => Math.max(...printed.map((line) => line[i]!.length)));
  return printed.map((line) =>
    line
      .map((cell, i) => (NUMBERS.has(i) ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
      .join('  ')
      .trimEnd(),
  );
}
