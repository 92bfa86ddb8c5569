/** The matrix of many journeys as words: what its cells say, and what they ask for. Pure. */
import type { SharesCell } from '#workers/api.ts';
import { MAX_SHARES_VALUES } from '#workers/api.ts';
import { printCount } from '#src/list/print.ts';
import { printShare } from '#src/path/layout.ts';

export interface SharesText {
  /** `87 %` */
  readonly share: string;
  /** `12 values`, or the value itself where there is one. */
  readonly values: string;
  /** `+ 3`, `~ 2`, `× 1`: what became of it there, damage last. */
  readonly events: readonly { readonly kind: 'written' | 'changed' | 'lost'; readonly text: string }[];
  readonly title: string;
}

/** `events`: what the hop saw of these journeys. */
export function sharesText(cell: SharesCell, events: number): SharesText {
  const { present, distinct, value, valueEvents, written, changed, lost } = cell;
  const many = distinct >= MAX_SHARES_VALUES ? `${printCount(MAX_SHARES_VALUES)}+` : printCount(distinct);
  const values = distinct === 0 ? '' : distinct === 1 ? value : `${many} values`;
  const told = [
    { kind: 'written', count: written, sign: '+', word: 'written' },
    { kind: 'changed', count: changed, sign: '~', word: 'changed' },
    { kind: 'lost', count: lost, sign: '×', word: 'lost' },
  ] as const;
  const happened = told.filter(({ count }) => count > 0);
  return {
    share: present === 0 ? '' : printShare(present, events),
    values,
    events: happened.map(({ kind, count, sign }) => ({ kind, text: `${sign} ${printCount(count)}` })),
    title: [
      `${printCount(present)} of ${printCount(events)} packets have it`,
      ...(distinct > 1
        ? [`${many} values, most often ${value} (${printCount(valueEvents)})`]
        : values === ''
          ? []
          : [value]),
      ...happened.map(({ count, word }) => `${word} before this hop: ${printCount(count)}`),
    ].join('\n'),
  };
}
