/** List, journey and bytes side by side, with separators that a pointer or the arrow keys move. */
import { useRef, useState, type KeyboardEvent, type PointerEvent, type ReactNode } from 'react';
import { scopedAction } from '#src/keys/bind.ts';
import { fetchEditor } from '#src/filter/FilterField.tsx';
import { ListPane } from '#src/list/ListPane.tsx';
import { Part } from './later.tsx';
import { LaterPane } from './LaterPane.tsx';
import { FIRST_SHARES, MIN_SHARE, moveSeparator, placeOf, savedShares, saveShares } from './shares.ts';

const STEP = 0.02;

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
      onDrag={(clientX) => {
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
      <ListPane />
      {separator(0, 'Width of the list')}
      <LaterPane part={JOURNEY} props={{}} what="The journey" frame={emptyJourney} />
      {separator(1, 'Width of the bytes')}
      <LaterPane part={BYTES} props={{}} what="The bytes" frame={emptyBytes} />
    </main>
  );
}

interface SeparatorProps {
  readonly label: string;
  readonly place: number;
  readonly onMove: (to: number) => void;
  readonly onDrag: (clientX: number) => void;
  readonly onReset: () => void;
}

function Separator({ label, place, onMove, onDrag, onReset }: SeparatorProps) {
  const onKeyDown = (event: KeyboardEvent) =>
    scopedAction('separator', event, {
      'separator.left': () => onMove(place - STEP),
      'separator.right': () => onMove(place + STEP),
      'separator.reset': onReset,
    });
  const onPointerMove = (event: PointerEvent<HTMLDivElement>) => {
    if (event.currentTarget.hasPointerCapture(event.pointerId)) onDrag(event.clientX);
  };
  return (
    <div
      className="separator"
      role="separator"
      tabIndex={0}
      aria-label={label}
      aria-orientation="vertical"
      aria-valuenow={Math.round(100 * place)}
      aria-valuemin={Math.round(100 * MIN_SHARE)}
      aria-valuemax={Math.round(100 * (1 - MIN_SHARE))}
      title="Drag, or use the arrow keys; double click or Home for the first widths"
      onKeyDown={onKeyDown}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={onPointerMove}
      onDoubleClick={onReset}
    />
  );
}
