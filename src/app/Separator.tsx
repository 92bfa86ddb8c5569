/** Between two panes: a pointer or the arrow keys move it. */
import type { KeyboardEvent, PointerEvent } from 'react';
import { scopedAction } from '#src/keys/bind.ts';

const STEP = 0.02;

interface Props {
  readonly label: string;
  /** It lies between what is above and what is below. */
  readonly isLevel?: boolean;
  /** Where it is, between `least` and `most`: shares of the whole. */
  readonly place: number;
  readonly least: number;
  readonly most: number;
  readonly onMove: (to: number) => void;
  readonly onDrag: (pointer: { readonly clientX: number; readonly clientY: number }) => void;
  readonly onReset: () => void;
}

export function Separator({ label, isLevel = false, place, least, most, onMove, onDrag, onReset }: Props) {
  const less = () => onMove(place - STEP);
  const more = () => onMove(place + STEP);
  const onKeyDown = (event: KeyboardEvent) =>
    scopedAction('separator', event, {
      ...(isLevel
        ? { 'separator.up': less, 'separator.down': more }
        : { 'separator.left': less, 'separator.right': more }),
      'separator.reset': onReset,
    });
  const onPointerMove = (event: PointerEvent<HTMLDivElement>) => {
    if (event.currentTarget.hasPointerCapture(event.pointerId)) onDrag(event);
  };
  return (
    <div
      className="separator"
      role="separator"
      tabIndex={0}
      aria-label={label}
      aria-orientation={isLevel ? 'horizontal' : 'vertical'}
      aria-valuenow={Math.round(100 * place)}
      aria-valuemin={Math.round(100 * least)}
      aria-valuemax={Math.round(100 * most)}
      title="Drag, or use the arrow keys; double click or Home for the first size"
      onKeyDown={onKeyDown}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={onPointerMove}
      onDoubleClick={onReset}
    />
  );
}
