/** Where TLVs were seen beside the area, as sentences: the ways that the matrix draws, with their evidence. */
import type { JourneyDetail, TlvPlace } from '#workers/api.ts';
import { PLACE_SIGNS, WHERE_WORDS } from './ways.ts';

export function Ways({ locations }: { readonly locations: JourneyDetail['locations'] }) {
  return (
    <ul className="journey-ways" aria-label="Where each TLV was seen">
      {locations.map(({ type, name, value, places }) => (
        <li key={`${type} ${value}`}>
          <span className="mono">
            <b>{name === '' ? `type ${type}` : name}</b> = {value}
          </span>{' '}
          {places.map((place, at) => (
            <Place key={at} place={place} first={at === 0} />
          ))}
        </li>
      ))}
    </ul>
  );
}

function Place({ place, first }: { readonly place: TlvPlace; readonly first: boolean }) {
  const { where, name, known, evidence } = place;
  return (
    <>
      <span className="way-stop" title={evidence}>
        <span className="way-arrow">{first ? ':' : '→'}</span> <PlaceMark where={where} known={known} />{' '}
        <span className="mono">{name}</span>
        <span className="hidden-text">
          , {known}: {evidence};
        </span>
      </span>{' '}
    </>
  );
}

/** `map ≈`: which kind of place, and how sure. */
export function PlaceMark({ where, known, title }: Pick<TlvPlace, 'where' | 'known'> & { title?: string }) {
  return (
    <span className={`place place-${where} place-${known}`} title={title}>
      {WHERE_WORDS[where]}
      {PLACE_SIGNS[known] !== '' && ` ${PLACE_SIGNS[known]}`}
    </span>
  );
}
