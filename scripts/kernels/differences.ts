/** A run against the table that is published: a second run must give the same. */
import type { Scenario } from '#agent/lab/scenario/types.ts';
import type { KernelReport } from '#agent/lab/vm/report.ts';
import { keptFindings } from './findings.ts';
import { publishedTable } from './publish.ts';

/** Cells of these kernels that are published otherwise, one line each; [] = all are the same, or none is published. */
export function differences(reports: readonly KernelReport[], scenarios: readonly Scenario[]): string[] {
  const table = publishedTable();
  if (table === null) return [];
  const published = new Map(table.rows.map((row) => [row.operation, row]));
  return reports.flatMap(({ kernel }) => {
    const column = table.kernels.findIndex(({ release }) => release === kernel);
    if (column < 0) return [];
    return scenarios.flatMap(({ name, survival }) =>
      survival.flatMap(({ operation }) => {
        const now = keptFindings(kernel, name)?.findings.get(operation);
        const then = published.get(operation)?.cells[column];
        if (now === undefined || then === undefined || then === null) return [];
        const [is, was] = [now, then].map(({ outcome, note = '' }) => `${outcome} ${note}`.trim());
        return is === was ? [] : [`${kernel}: ${operation}: ${is}, published: ${was}`];
      }),
    );
  });
}
