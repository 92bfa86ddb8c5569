/** Operations × kernels: what became of metadata, and the recording that shows it. */
import { useEffect, useState } from 'react';
import type { SurvivalCell, SurvivalRow, SurvivalTable } from '#core/survival/table.ts';
import { Modal } from '#src/app/Modal.tsx';
import { useSession } from '#src/state/context.ts';
import { fetchRecording, fetchSurvival } from './fetch.ts';
import { cellLook, kernelName } from './print.ts';
import './survival.css';

const messageOf = (reason: unknown): string => (reason instanceof Error ? reason.message : String(reason));

export function SurvivalDialog({ onClose }: { readonly onClose: () => void }) {
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
        shows it; <span className="mono">npx whither lab run SCENARIO</span> makes it again on your kernel.
      </p>
      {error !== '' && <p role="alert">{error}</p>}
      {table !== null && <Matrix table={table} onOpen={(capture) => void open(capture)} />}
    </Modal>
  );
}

interface MatrixProps {
  readonly table: SurvivalTable;
  readonly onOpen: (capture: string) => void;
}

function Matrix({ table: { kernels, rows }, onOpen }: MatrixProps) {
  return (
    <div className="survival-scroll" tabIndex={0} role="group" aria-label="Operations by kernel">
      <table className="survival">
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
                  <Cell cell={cell} row={row} kernel={kernels[i]?.release ?? ''} onOpen={onOpen} />
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
}

function Cell({ cell, row, kernel, onOpen }: CellProps) {
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
      onClick={() => onOpen(capture)}
    >
      {text}
    </button>
  );
}
