/** List, journey and bytes side by side, with separators that a pointer or the arrow keys move. */
import { useRef, useState, type ReactNode } from 'react';
import { fetchEditor } from '#src/filter/FilterField.tsx';
import { ListPane } from '#src/list/ListPane.tsx';
import { Part } from './later.tsx';
import { LaterPane } from './LaterPane.tsx';
import { PathHeight } from './PathHeight.tsx';
import { Separator } from './Separator.tsx';
import { FIRST_SHARES, MIN_SHARE, moveSeparator, placeOf, savedShares, saveShares } from './shares.ts';
import './panes.css';

/** Behind the list, and after it: the first rows wait for neither. */
const JOURNEY = new Part(() => import('#src/journey/JourneyPane.tsx'));
const BYTES = new Part(() => import('#src/bytes/BytesPane.tsx'));

/** Before they are wanted, when the page has time. Those that do not come now are asked for again. */
export function fetchPanes(): void {
  fetchEditor();
  for (const part of [JOURNEY, BYTES]) part.load().catch(() => undefined);
}

const emptyPane = (name: string, title: string) => (said: ReactNode) => (
  <section className="pane" aria-label={title} data-pane={name}>
    <header className="pane-head">
      <h2>{title}</h2>
    </header>
    {said}
  </section>
);
const emptyJourney = emptyPane('journey', 'Journey');
const emptyBytes = emptyPane('bytes', 'Bytes');

export function Panes() {
  const [shares, setShares] = useState(savedShares);
  const box = useRef<HTMLElement>(null);
  const rest = 1 - shares.list - shares.journey;
  const move = (separator: 0 | 1, to: number) => {
    const next = moveSeparator(shares, separator, to);
    setShares(next);
    saveShares(next);
  };
  const reset = () => {
    setShares(FIRST_SHARES);
    saveShares(FIRST_SHARES);
  };
  const separator = (which: 0 | 1, label: string) => (
    <Separator
      label={label}
      place={placeOf(shares, which)}
      onMove={(to) => move(which, to)}
      least={MIN_SHARE}
      most={1 - MIN_SHARE}
      onDrag={({ clientX }) => {
        const bounds = box.current?.getBoundingClientRect();
        if (bounds !== undefined) move(which, (clientX - bounds.left) / bounds.width);
      }}
      onReset={reset}
    />
  );
  return (
    <main
      className="panes"
      ref={box}
      style={{
        gridTemplateColumns: `minmax(0, ${shares.list}fr) 1px minmax(0, ${shares.journey}fr) 1px minmax(0, ${rest}fr)`,
      }}
    >
      <PathHeight />
      <ListPane />
      {separator(0, 'Width of the list')}
      <LaterPane part={JOURNEY} props={{}} what="The journey" frame={emptyJourney} />
      {separator(1, 'Width of the bytes')}
      <LaterPane part={BYTES} props={{}} what="The bytes" frame={emptyBytes} />
    </main>
  );
}
