/** Findings of lint, each with the first hop on the path that has it and a journey. */
import type { Hop } from '#workers/api.ts';
import { printCount } from '#src/list/print.ts';
import { parseJourneyId } from '#src/state/link-journeys.ts';
import { usePage, useSession } from '#src/state/context.ts';
import { useQuery } from '#src/state/use-query.ts';
import { groupFindings } from './group.ts';

const NO_HOPS: readonly Hop[] = [];
const MAX_SHOWN = 200;
const SIGNS = { error: '✕', warning: '!', note: '·' } as const;

export default function LintTable() {
  const session = useSession();
  const hops = usePage((state) => state.calm?.hops ?? NO_HOPS);
  const summary = useQuery('lintSummary', 'Metadata could not be looked at');
  if (summary === null) return <p className="area-note muted">Looking at every area …</p>;
  if (summary.events === 0) {
    return (
      <p className="area-note muted">No schema reads this metadata: there is nothing to hold it against.</p>
    );
  }
  const groups = groupFindings(summary.rows, hops);
  const nameOf = (hop: number) => hops[hop]?.name ?? `hop ${hop}`;
  const shown = groups.slice(0, MAX_SHOWN);
  const omitted = groups.length - shown.length + summary.omitted;
  return (
    <div className="area-scroll">
      <p className="area-note" role="status">
        {printCount(summary.flawed)} of {printCount(summary.events)} events with metadata have an error or a
        warning.{omitted > 0 && ` ${printCount(omitted)} kinds of findings are not shown.`}
      </p>
      {shown.length > 0 && (
        <table className="area-table" aria-label="Findings of lint">
          <thead>
            <tr>
              {['', 'from hop', 'at hops', 'finding', 'events', 'of', 'for example', 'first in'].map(
                (title) => (
                  <th key={title} scope="col">
                    {title}
                  </th>
                ),
              )}
            </tr>
          </thead>
          <tbody>
            {shown.map(({ key, first, rows, events, of }) => (
              <tr key={key} data-severity={first.severity}>
                <td className="area-severity">
                  <span aria-hidden="true">{SIGNS[first.severity]}</span> {first.severity}
                </td>
                <th scope="row" className="mono">
                  {nameOf(first.hop)}
                </th>
                <td className="number" title={rows.map(({ hop }) => nameOf(hop)).join('\n')}>
                  {rows.length}
                </td>
                <td>{first.code}</td>
                <td className="number">{printCount(events)}</td>
                <td className="number">{printCount(of)}</td>
                <td>{first.text}</td>
                <td>
                  <button
                    className="link mono"
                    onClick={() => {
                      const id = parseJourneyId(first.exampleId);
                      if (id !== null) session.journey.select(first.example, id);
                    }}
                  >
                    {first.exampleId}
                  </button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}
