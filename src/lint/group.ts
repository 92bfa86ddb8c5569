/** The same finding at several hops as one: where it begins is what one looks for. Pure. */
import type { Hop, LintSummary } from '#workers/api.ts';

type Row = LintSummary['rows'][number];

export interface LintGroup {
  readonly key: string;
  /** That of the first hop on the path. */
  readonly first: Row;
  /** In the order of the path, the first too. */
  readonly rows: readonly Row[];
  readonly events: number;
  readonly of: number;
}

const SEVERITIES = ['error', 'warning', 'note'] as const satisfies readonly Row['severity'][];

/** In the order in which a packet comes to them. */
const LANES: readonly Hop['lane'][] = ['rx', 'tx', 'end', 'none'];
/** More than the order of any hook in its lane. */
const LANE_STEP = 1_000_000;

/** The gravest first, then those of most events. */
export function groupFindings(rows: readonly Row[], hops: readonly Hop[]): readonly LintGroup[] {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = `${row.code} ${row.type ?? 'area'} ${row.name}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  const place = (row: Row): number => {
    const hop = hops[row.hop];
    return hop === undefined ? Infinity : hop.order + LANES.indexOf(hop.lane) * LANE_STEP;
  };
  return [...groups]
    .map(([key, all]) => {
      const inOrder = [...all].sort((a, b) => place(a) - place(b));
      return {
        key,
        first: inOrder[0]!,
        rows: inOrder,
        events: sum(all, ({ events }) => events),
        of: sum(all, ({ of }) => of),
      };
    })
    .sort(
      (a, b) =>
        SEVERITIES.indexOf(a.first.severity) - SEVERITIES.indexOf(b.first.severity) || b.events - a.events,
    );
}

function sum<T>(all: readonly T[], of: (one: T) => number): number {
  return all.reduce((total, one) => total + of(one), 0);
}
