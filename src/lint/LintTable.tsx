/** Findings of lint, hop by hop; each shows the first journey that has it. */
import type { Hop } from '#workers/api.ts';
import { printCount } from '#src/list/print.ts';
import { parseJourneyId } from '#src/state/link.ts';
import { usePage, useSession } from '#src/state/context.ts';
import { useQuery } from '#src/state/use-query.ts';

const NO_HOPS: readonly Hop[] = [];
const MAX_SHOWN = 200;

export function LintTable() {
  const session = useSession();
  const hops = usePage((state) => state.calm?.hops ?? NO_HOPS);
  const summary = useQuery('lintSummary', 'Metadata could not be looked at');
  if (summary === null) return <p className="area-note muted">Looking at every area …</p>;
  if (summary.events === 0) {
    return (
      <p className="area-note muted">No schema reads this metadata: there is nothing to hold it against.</p>
    );
  }
  const shown = summary.rows.slice(0, MAX_SHOWN);
  const omitted = summary.rows.length - shown.length + summary.omitted;
  return (
    <div className="area-scroll">
      <p className="area-note" role="status">
        {printCount(summary.flawed)} of {printCount(summary.events)} events with metadata have an error or a
        warning.{omitted > 0 && ` ${printCount(omitted)} kinds of findings are not shown.`}
      </p>
      {shown.length > 0 && (
        <table className="area-table" aria-label="Findings of lint by hop">
          <thead>
            <tr>
              {['', 'at hop', 'finding', 'events', 'of', 'for example', 'first in'].map((title) => (
                <th key={title} scope="col">
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => (
              <tr key={`${row.hop} ${row.code} ${row.type ?? ''} ${row.name}`} data-severity={row.severity}>
                <td className="area-severity">{row.severity}</td>
                <th scope="row" className="mono">
                  {hops[row.hop]?.name ?? `hop ${row.hop}`}
                </th>
                <td>{row.code}</td>
                <td className="number">{printCount(row.events)}</td>
                <td className="number">{printCount(row.of)}</td>
                <td>{row.text}</td>
                <td>
                  <button
                    className="link mono"
                    onClick={() => {
                      const id = parseJourneyId(row.exampleId);
                      if (id !== null) session.journey.select(row.example, id);
                    }}
                  >
                    {row.exampleId}
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
