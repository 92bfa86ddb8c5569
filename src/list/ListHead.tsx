/** The heads of the columns: a click turns the order, the right edge is dragged to another width. */
import { useRef, useState, type MouseEvent, type PointerEvent } from 'react';
import type { ListSort } from '#workers/api.ts';
import { MAX_COLUMN_CHARS, MIN_COLUMN_CHARS } from '#src/state/link-state.ts';
import { fit, type Template } from './columns.ts';

interface Props {
  readonly template: Template;
  readonly sort: ListSort | null;
  readonly cursor: number;
  readonly onSort: (field: string) => void;
  readonly onWidth: (column: number, chars: number) => void;
  readonly onMenu: (column: number, x: number, y: number) => void;
}

interface Drag {
  readonly column: number;
  readonly fromX: number;
  readonly fromChars: number;
  readonly pxPerChar: number;
  readonly chars: number;
}

export function ListHead({ template, sort, cursor, onSort, onWidth, onMenu }: Props) {
  const [drag, setDrag] = useState<Drag | null>(null);
  /** A drag ends as a click on the head it began in. */
  const dragged = useRef(false);
  const { columns, chars } = template;
  const begin = (event: PointerEvent<HTMLElement>, column: number, width: number) => {
    const head = event.currentTarget.parentElement;
    if (head === null || width === 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    const pxPerChar = (head.getBoundingClientRect().width - GAP_PX) / width;
    setDrag({ column, fromX: event.clientX, fromChars: width, pxPerChar, chars: width });
  };
  const move = (event: PointerEvent) => {
    if (drag === null) return;
    const wanted = Math.round(drag.fromChars + (event.clientX - drag.fromX) / drag.pxPerChar);
    setDrag({ ...drag, chars: Math.min(MAX_COLUMN_CHARS, Math.max(MIN_COLUMN_CHARS, wanted)) });
  };
  const end = () => {
    if (drag !== null && drag.chars !== drag.fromChars) onWidth(drag.column, drag.chars);
    dragged.current = drag !== null;
    setDrag(null);
  };
  const onContextMenu = (event: MouseEvent, column: number) => {
    event.preventDefault();
    onMenu(column, event.clientX, event.clientY);
  };
  return (
    <div className="list-head" role="row" aria-rowindex={1}>
      {columns.map(({ name, title, field }, i) => {
        const width = drag?.column === i ? drag.chars : (chars[i] ?? null);
        const sorted = field !== null && sort?.field === field ? sort : null;
        const sign = sorted === null ? '' : sorted.down ? ' ▾' : ' ▴';
        return (
          <span
            role="columnheader"
            key={name}
            aria-label={title}
            className={name === 'path' ? 'cells' : undefined}
            data-cursor={i === cursor || undefined}
            data-sorts={field !== null || undefined}
            aria-sort={sorted === null ? undefined : sorted.down ? 'descending' : 'ascending'}
            title={
              field === null
                ? title
                : `${field === title ? '' : `${field}: `}click turns the order (o), right click for more`
            }
            onClick={() => {
              if (!dragged.current && field !== null) onSort(field);
              dragged.current = false;
            }}
            onContextMenu={(event) => onContextMenu(event, i)}
          >
            {name === 'time' && width !== null
              ? `${title}${sign}`.padStart(width)
              : name === 'path'
                ? title
                : // The order's sign stays, also where the name is as wide as its column.
                  `${fit(title, width === null ? null : width - sign.length)}${sign}`}
            {width !== null && name !== 'path' && (
              <i
                className="list-grip"
                aria-hidden="true"
                onPointerDown={(event) => begin(event, i, width)}
                onPointerMove={move}
                onPointerUp={end}
              />
            )}
          </span>
        );
      })}
    </div>
  );
}

/** As in list.css. */
const GAP_PX = 10;
