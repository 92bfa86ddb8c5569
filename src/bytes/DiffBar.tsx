/** Chooses what the bytes are compared with, and says what differs. */
import { useContext } from 'react';
import type { EventBytes, Hop, JourneyDetail } from '#workers/api.ts';
import { diffText, type BytesDiff } from './diff.ts';
import { diffWith, Reference } from './reference.ts';

/** An event that stays chosen while others are looked at. */
export interface Held {
  readonly event: number;
  readonly name: string;
}

/** `hop`: position in the journey, -1 = the one before. */
export type Against = { readonly kind: 'none' | 'held' } | { readonly kind: 'hop'; readonly at: number };

interface Props {
  readonly bytes: EventBytes;
  readonly detail: JourneyDetail | null;
  readonly places: readonly Hop[];
  readonly against: Against;
  readonly held: Held | null;
  readonly onAgainst: (against: Against) => void;
  readonly onHold: () => void;
}

export function DiffBar({ bytes, detail, places, against, held, onAgainst, onHold }: Props) {
  const reference = useContext(Reference);
  const value = against.kind === 'hop' ? `hop ${against.at}` : against.kind;
  const choose = (chosen: string) => {
    if (chosen === 'none' || chosen === 'held') onAgainst({ kind: chosen });
    else onAgainst({ kind: 'hop', at: Number(chosen.slice('hop '.length)) });
  };
  const area = diffWith('area', bytes.area, reference);
  const packet = diffWith('packet', bytes.packet, reference);
  return (
    <div className="diff-bar">
      <label>
        <span className="muted">diff with </span>
        <select value={value} onChange={({ target }) => choose(target.value)} data-testid="diff-with">
          <option value="none">nothing</option>
          <option value="hop -1">the hop before</option>
          {held !== null && <option value="held">held: {held.name}</option>}
          {detail?.hops.map((hop, at) => (
            <option key={hop.event} value={`hop ${at}`}>
              {places.find(({ index }) => index === hop.hop)?.name ?? `hop ${hop.hop}`}
            </option>
          ))}
        </select>
      </label>
      <button
        className="link muted"
        title="Keep these bytes, to compare those of another hop or packet with them (d)"
        onClick={onHold}
      >
        hold these
      </button>
      {area !== null && packet !== null && (
        <p role="status" className={isSame(area) && isSame(packet) ? 'muted' : 'diff-text'}>
          {!(isSame(area) && isSame(packet)) && <span aria-hidden="true">≠ </span>}
          Metadata: {diffText(area)}. Packet: {diffText(packet)}.
        </p>
      )}
    </div>
  );
}

function isSame({ differences, missing }: BytesDiff): boolean {
  return differences.length === 0 && missing === 0;
}
