/** The table of damage: its rows filter the list, and show the first journey that it came to. */
import type { Hop } from '#workers/api.ts';
import { printCount } from '#src/list/print.ts';
import { valueProps } from '#src/keys/focused-value.ts';
import { printShare } from '#src/path/layout.ts';
import { usePage, useSession } from '#src/state/context.ts';
import { hopOfKey } from '#src/state/hop-key.ts';
import { useQuery } from '#src/state/use-query.ts';
import { causeText } from './damage.ts';

const MAX_SHOWN = 200;

export default function LossTable({ hops }: { readonly hops: readonly Hop[] }) {
  const session = useSession();
  const summary = useQuery('lossSummary', 'The damage could not be summed up');
  const filteredHop = usePage((state) =>
    state.link.hop === null ? null : hopOfKey(state.places, state.link.hop),
  );
  if (summary === null) return <p className="loss-note muted">Summing up …</p>;
  const rows = summary.rows.slice(0, MAX_SHOWN);
  const omitted = summary.rows.length - rows.length + summary.omitted;
  return (
    <div className="loss-scroll">
      <table className="loss-table" aria-label="Damage to metadata by hop, cause and TLV">
        <thead>
          <tr>
            {[
              'at hop',
              'what',
              'cause',
              'known',
              'of',
              'journeys',
              'of those with metadata',
              'first seen in',
            ].map((title) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => {
            const name = hops[row.hop]?.name ?? `hop ${row.hop}`;
            return (
              <tr
                key={`${row.hop} ${row.state} ${row.cause} ${row.known} ${row.tlv?.type ?? 'area'} ${row.tlv?.name ?? ''}`}
                className={row.tlv === null ? 'loss-area' : ''}
              >
                <th scope="row">
                  <button
                    className="link mono"
                    {...valueProps(`${row.state}_at`, name)}
                    aria-pressed={filteredHop === row.hop}
                    onClick={() => session.showLoss(row)}
                    title="Only journeys seen there; the first of them is shown"
                  >
                    {name}
                  </button>
                </th>
                <td className={`loss-${row.state}`} {...valueProps('state', row.state)}>
                  {row.state}
                </td>
                <td {...valueProps('cause', row.cause)}>{causeText(row).replace(/, \w+$/, '')}</td>
                <td>{row.cause === 'unknown' ? '' : row.known}</td>
                <td className="mono">{row.tlv === null ? 'area' : row.tlv.name || `type ${row.tlv.type}`}</td>
                <td className="mono number">{printCount(row.journeys)}</td>
                <td className="mono number">
                  {printShare(row.journeys, row.arrived)} of {printCount(row.arrived)}
                </td>
                <td className="mono">journey {row.exampleId}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {rows.length === 0 && <p className="loss-note muted">No metadata came to harm.</p>}
      {omitted > 0 && <p className="loss-note muted">{printCount(omitted)} more are not shown.</p>}
    </div>
  );
}
