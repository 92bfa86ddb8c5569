/** Operations × kernels: what became of metadata, and the recording that shows it. */
import { useEffect, useState } from 'react';
import type { SurvivalCell, SurvivalRow, SurvivalTable } from '#core/survival/table.ts';
import { Modal } from '#src/app/Modal.tsx';
import { useSession } from '#src/state/context.ts';
import { fetchRecording, fetchSurvival } from './fetch.ts';
import { cellLook, kernelName } from './print.ts';
import './survival.css';

const messageOf = (reason: unknown): string => (reason instanceof Error ? reason.message : String(reason));

export default function SurvivalDialog({ onClose }: { readonly onClose: () => void }) {
  const session = useSession();
  const [table, setTable] = useState<SurvivalTable | null>(null);
  const [error, setError] = useState('');
  useEffect(() => {
    let gone = false;
    fetchSurvival().then(
      (found) => {
        if (!gone) setTable(found);
      },
      (reason: unknown) => {
        if (!gone) setError(`The table could not be read: ${messageOf(reason)}`);
      },
    );
    return () => {
      gone = true;
    };
  }, []);
  const open = async (capture: string) => {
    try {
      const file = await fetchRecording(capture);
      onClose();
      await session.open({ kind: 'file', file });
    } catch (reason) {
      setError(`The recording could not be read: ${messageOf(reason)}`);
    }
  };
  return (
    <Modal title="Where metadata survives" onClose={onClose}>
      <p className="survival-lead">
        What became of the metadata that an XDP program wrote, as measured. A cell opens the recording that
        shows it, arrow keys go from cell to cell; <span className="mono">npx whither lab run SCENARIO</span>{' '}
        makes it again on your kernel.
      </p>
      {error !== '' && <p role="alert">{error}</p>}
      {table !== null && <Matrix table={table} onOpen={(capture) => void open(capture)} />}
    </Modal>
  );
}

/** The next recording in the direction of an arrow key: cells without one are passed over. null = none is there. */
function neighbour(from: Element, key: string): HTMLElement | null {
  const cell = from.closest('td');
  const row = cell?.closest('tr');
  if (!cell || !row) return null;
  const inRow = (step: 'nextElementSibling' | 'previousElementSibling') => {
    for (let at = cell[step]; at !== null; at = at[step])
      if (at.querySelector('button')) return at.querySelector('button');
    return null;
  };
  const inColumn = (step: 'nextElementSibling' | 'previousElementSibling') => {
    for (let at = row[step]; at instanceof HTMLTableRowElement; at = at[step]) {
      const button = at.cells[cell.cellIndex]?.querySelector('button');
      if (button) return button;
    }
    return null;
  };
  switch (key) {
    case 'ArrowRight':
      return inRow('nextElementSibling');
    case 'ArrowLeft':
      return inRow('previousElementSibling');
    case 'ArrowDown':
      return inColumn('nextElementSibling');
    case 'ArrowUp':
      return inColumn('previousElementSibling');
    default:
      return null;
  }
}

interface MatrixProps {
  readonly table: SurvivalTable;
  readonly onOpen: (capture: string) => void;
}

function Matrix({ table: { kernels, rows }, onOpen }: MatrixProps) {
  /** The recording that Tab leads to: among hundreds, arrows lead from one to the next. */
  const [chosen, setChosen] = useState(
    () => rows.flatMap(({ cells }) => cells).find((cell) => cell?.capture !== undefined) ?? null,
  );
  return (
    <div className="survival-scroll">
      <table
        className="survival"
        aria-label="Operations by kernel"
        onKeyDown={(event) => {
          const next = event.target instanceof Element ? neighbour(event.target, event.key) : null;
          if (next === null) return;
          event.preventDefault();
          next.focus();
        }}
      >
        <thead>
          <tr>
            <th scope="col">Operation</th>
            {kernels.map(({ release, where, hooksAttached, hooksKnown }) => (
              <th key={release} scope="col" title={`${release}: ${hooksAttached} of ${hooksKnown} hooks`}>
                {kernelName(release)}
                {where === 'here' && <span className="muted"> here</span>}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.operation}>
              <th scope="row" title={`${row.scenario}: ${row.summary}`}>
                {row.operation}
              </th>
              {row.cells.map((cell, i) => (
                <td key={kernels[i]?.release ?? i}>
                  <Cell
                    cell={cell}
                    row={row}
                    kernel={kernels[i]?.release ?? ''}
                    onOpen={onOpen}
                    chosen={cell === chosen}
                    onChoose={() => setChosen(cell)}
                  />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface CellProps {
  readonly cell: SurvivalCell | null;
  readonly row: SurvivalRow;
  readonly kernel: string;
  readonly onOpen: (capture: string) => void;
  readonly chosen: boolean;
  readonly onChoose: () => void;
}

function Cell({ cell, row, kernel, onOpen, chosen, onChoose }: CellProps) {
  const { sign, word, className } = cellLook(cell);
  const capture = cell?.capture;
  const note = cell?.note === undefined ? '' : `: ${cell.note}`;
  const text = (
    <>
      <span aria-hidden="true">{sign}</span> {word}
    </>
  );
  if (capture === undefined) {
    return (
      <span className={`survival-cell ${className}`} title={`${word}${note}`}>
        {text}
      </span>
    );
  }
  return (
    <button
      className={`survival-cell ${className}`}
      title={`${word}${note}`}
      aria-label={`${row.operation} on ${kernelName(kernel)}: ${word}${note}. Open the recording`}
      tabIndex={chosen ? 0 : -1}
      onFocus={onChoose}
      onClick={() => onOpen(capture)}
    >
      {text}
    </button>
  );
}
