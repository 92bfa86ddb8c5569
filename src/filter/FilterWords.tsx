/** The whole filter in words, and what of it this capture cannot have. It comes with the editor. */
import { useEffect, useState } from 'react';
import type { FilterDoubt } from '#workers/api.ts';
import { explainFilter } from '#core/query/explain.ts';
import { usePage, useSession } from '#src/state/context.ts';
import { listFilterOf } from '#src/state/list-filter.ts';
import { clickedWords, wholeSentence } from './clicked.ts';

export interface FilterWordsProps {
  /** As it is written: in force or not. */
  readonly text: string;
}

export function FilterWords({ text }: FilterWordsProps) {
  const doubts = useDoubts(text.trim());
  const link = usePage((state) => state.link);
  const places = usePage((state) => state.places);
  const startNs = usePage((state) => state.calm?.timeline.startNs ?? '0');
  const nameOf = (index: number): string => {
    const hop = places[index];
    if (hop === undefined) return '';
    return places.some(({ label }, i) => i !== index && label === hop.label) ? hop.name : hop.label;
  };
  const doubted = doubts.map(({ cause, remedy }) => `${cause} ${remedy} `).join('');
  const written = text.trim() === '' ? null : explainFilter(text);
  const said = wholeSentence(clickedWords(listFilterOf(link, places), nameOf, startNs), written);
  return (
    <>
      <span className="filter-doubt" role="status" title={doubted}>
        {doubted}
      </span>
      {said !== '' && (
        <span className="muted" title={said}>
          {said}
        </span>
      )}
    </>
  );
}

const NONE: readonly FilterDoubt[] = [];

/** Of an expression that is in force; asked again when there is another hop. */
function useDoubts(text: string): readonly FilterDoubt[] {
  const session = useSession();
  const where = usePage((state) => state.link.where);
  const places = usePage((state) => state.places);
  const [told, setTold] = useState({ where: '', doubts: NONE });
  useEffect(() => {
    if (where === '') return undefined;
    let current = true;
    session.api.filterDoubts(where).then(
      (doubts) => current && setTold({ where, doubts }),
      // A worker that died is told where problems are.
      () => undefined,
    );
    return () => {
      current = false;
    };
  }, [session, where, places]);
  return told.where === text && where === text ? told.doubts : NONE;
}
