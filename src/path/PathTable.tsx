/** The path as a table: the same numbers as the drawing, hook by hook; on screen when wanted, for screen readers always. */
import { memo } from 'react';
import type { Hop, HopNumbers, MissingHook } from '#workers/api.ts';
import { damagesOf, damageText } from '#src/loss/damage.ts';
import { whereMissing } from '#src/status/where-missing.ts';
import { countedWords, isCounter } from './counted.ts';
import { difference } from './draw-stations.ts';
import { averageBytes, countOf, printShare, type Side } from './layout.ts';
import { kernelOrder, laneTitle } from './lanes.ts';

interface Props {
  readonly hops: readonly Hop[];
  readonly missing: readonly MissingHook[];
  readonly sides: readonly Side[];
  readonly visible: boolean;
}

const ONE = [
  'packets',
  'with metadata',
  'average bytes',
  'lost metadata',
  'events missed',
  'damage and cause',
];
const TWO = [
  'A packets',
  'A with metadata',
  'A damage',
  'B packets',
  'B with metadata',
  'B damage',
  'B − A, points',
];

/** Columns that are no numbers. */
const WORDS = /lane|hop|damage/;

export const PathTable = memo(function PathTable({ hops, missing, sides, visible }: Props) {
  const titles = ['lane', 'hop', ...(sides.length > 1 ? TWO : ONE)];
  const table = (
    <table className={visible ? 'path-table' : undefined} aria-label="Path as a table">
      <thead>
        <tr>
          {titles.map((title) => (
            <th key={title} scope="col" className={WORDS.test(title) ? undefined : 'number'}>
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
            {isCounter(hop) ? (
              <td colSpan={titles.length - 2}>{countedWords(hop)}</td>
            ) : (
              (sides.length > 1 ? compared : one)(hop, sides).map((cell, i) => (
                <td key={i} className={WORDS.test(titles[i + 2] ?? '') ? undefined : 'number'}>
                  {cell}
                </td>
              ))
            )}
          </tr>
        ))}
        {missing.map((hook) => (
          <tr key={`missing-${hook.hook}-${hook.name}-${hook.host}-${hook.file}`}>
            <td />
            <th scope="row">{hook.name}</th>
            <td colSpan={titles.length - 2}>
              not observed{whereMissing(hook, missing)}: {hook.reason}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
  return visible ? table : <div className="hidden-text">{table}</div>;
});

function damage(numbers: HopNumbers | null | undefined): string {
  return numbers == null ? '' : damagesOf(numbers).map(damageText).join('; ');
}

function one(hop: Hop, [side]: readonly Side[]): readonly (string | number)[] {
  const numbers = side?.hops[hop.index];
  const { events = 0, withMetadata = 0, metadataLost = 0 } = numbers ?? {};
  return [
    events,
    printShare(withMetadata, events),
    averageBytes(numbers ?? null),
    metadataLost,
    hop.lost,
    damage(numbers),
  ];
}

function compared(hop: Hop, sides: readonly Side[]): readonly (string | number)[] {
  const own = sides.map((side) => side.hops[hop.index]);
  const points = difference(own.map((numbers) => countOf(numbers ?? null, 1, 0)));
  return [
    ...own.flatMap((numbers) =>
      numbers === null
        ? ['not observed', '', '']
        : [
            numbers?.events ?? 0,
            printShare(numbers?.withMetadata ?? 0, numbers?.events ?? 0),
            damage(numbers),
          ],
    ),
    points ?? '–',
  ];
}
