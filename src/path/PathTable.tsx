/** The path as a table, for screen readers: the same numbers as the drawing, hook by hook. */
import { memo } from 'react';
import type { Hop, MissingHook } from '#workers/api.ts';
import { damagesOf, damageText } from '#src/loss/damage.ts';
import { kernelOrder, laneTitle, printShare } from './layout.ts';

interface Props {
  readonly hops: readonly Hop[];
  readonly missing: readonly MissingHook[];
}

export const PathTable = memo(function PathTable({ hops, missing }: Props) {
  return (
    <table className="hidden-text" aria-label="Path as a table">
      <thead>
        <tr>
          {[
            'lane',
            'hop',
            'packets',
            'with metadata',
            'average bytes',
            'lost metadata',
            'events missed',
            'damage and cause',
          ].map((title) => (
            <th key={title} scope="col">
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {kernelOrder(hops).map((hop) => (
          <tr key={hop.index} data-hop={hop.name}>
            <td>{laneTitle(hop.lane)}</td>
            <th scope="row">{hop.name}</th>
            <td>{hop.events}</td>
            <td>{printShare(hop.withMetadata, hop.events)}</td>
            <td>{hop.withMetadata === 0 ? 0 : Math.round(hop.metadataBytes / hop.withMetadata)}</td>
            <td>{hop.metadataLost}</td>
            <td>{hop.lost}</td>
            <td>{damagesOf(hop).map(damageText).join('; ')}</td>
          </tr>
        ))}
        {missing.map((hook) => (
          <tr key={`missing-${hook.hook}-${hook.name}`}>
            <td />
            <th scope="row">{hook.name}</th>
            <td colSpan={6}>not observed: {hook.reason}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
});
