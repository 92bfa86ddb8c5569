/** `inspect --lint`: what is wrong with metadata, hop by hop, as objects or as a table. */
import type { LintCode, Severity } from '#core/lint/finding.ts';
import { LintSummaryQuery } from '#core/lint/lint-summary.ts';
import type { MetadataSchema } from '#core/metadata/types.ts';
import type { CaptureStore } from '#core/store/capture-store.ts';
import { readWith, STEP_EVENTS, table } from './whole-store.ts';

/** Keys in the order in which they are printed. */
export interface LintObject {
  readonly hop: string;
  readonly code: LintCode;
  readonly severity: Severity;
  /** null = the area as a whole. */
  readonly type: number | null;
  /** '' when the schema does not know the type. */
  readonly name: string;
  /** Events with it, of those with an area that a schema reads. */
  readonly events: number;
  readonly of: number;
  /** Id of the first journey with it, and what was found there. */
  readonly example: string;
  readonly text: string;
}

export interface LintObjects {
  readonly rows: readonly LintObject[];
  /** Findings without a row. */
  readonly omitted: number;
  /** Events with an area that a schema reads. */
  readonly events: number;
  readonly flawed: number;
}

/** `schema` reads all metadata; null = by the schemas in the capture. */
export function lintObjects(store: CaptureStore, schema: MetadataSchema | null): LintObjects {
  readWith(store, schema);
  const query = new LintSummaryQuery(store);
  while (!query.advance(STEP_EVENTS)) continue;
  const { rows, ...counts } = query.summary();
  return {
    ...counts,
    rows: rows.map(({ hop, code, severity, type, name, events, of, exampleId, text }) => ({
      hop: store.hops.hops[hop]!.name,
      code,
      severity,
      type,
      name,
      events,
      of,
      example: exampleId,
      text,
    })),
  };
}

const COLUMNS = ['HOP', 'FINDING', 'EVENTS#', 'OF#', 'EXAMPLE', 'WHAT'];

export function lintTable({ rows, events, flawed }: LintObjects): string[] {
  if (events === 0) return ['No metadata in this capture is read by a schema; give one with --schema.'];
  const head = `${flawed} of ${events} events with metadata have an error or a warning.`;
  if (rows.length === 0) return [head];
  const cells = rows.map((row) => [
    row.hop,
    `${row.severity}: ${row.code}`,
    String(row.events),
    String(row.of),
    row.example,
    row.text,
  ]);
  return [head, ...table(COLUMNS, cells)];
}
