/** "What do these have in common?": values that are frequent among some journeys and rare among all others, or the other way round. */
import { useCallback, useState } from 'react';
import type { Contrast, Difference, WhitherWorker } from '#workers/api.ts';
import { Modal } from '#src/app/Modal.tsx';
import { valueProps } from '#src/keys/focused-value.ts';
import { printCount } from '#src/list/print.ts';
import { usePage, useSession } from '#src/state/context.ts';
import { HARMED } from '#src/state/harm.ts';
import { isFilteredNow } from '#src/state/in-force.ts';
import { marksFilter } from '#src/state/marks.ts';
import { shareText } from './shares.ts';
import { useQuestion } from './use-question.ts';
import './groups.css';

const MAX_DIFFERENCES = 60;

export default function CommonDialog({ onClose }: { readonly onClose: () => void }) {
  const session = useSession();
  const marks = usePage((state) => state.marks);
  const of = usePage((state) => state.commonOf);
  const filtered = usePage(isFilteredNow);
  const marked = marks.length === 0 ? null : marksFilter(marks);
  const sides: readonly { readonly where: string; readonly text: string }[] = [
    ...(filtered ? [{ where: '', text: 'the list as filtered' }] : []),
    ...(marked === null ? [] : [{ where: marked, text: `the ${marks.length} marked journeys` }]),
    ...(of === '' || of === marked ? [] : [{ where: of, text: of }]),
    { where: HARMED, text: 'journeys whose metadata came to harm' },
  ];
  const [chosen, setChosen] = useState(() => (of !== '' ? of : (sides[0]?.where ?? HARMED)));
  return (
    <Modal title="What do these have in common?" onClose={onClose}>
      <div className="common">
        <label>
          <span>These are</span>
          <select
            className="button"
            value={chosen}
            onChange={({ target }) => setChosen(target.value)}
            data-first-focus
          >
            {sides.map(({ where, text }) => (
              <option key={where} value={where}>
                {text}
              </option>
            ))}
          </select>
          <span className="muted">against all other journeys</span>
        </label>
        <Answer
          key={chosen}
          where={chosen}
          onPick={({ filter }) => {
            onClose();
            session.filter.join(filter, 'and');
          }}
        />
      </div>
    </Modal>
  );
}

const PARTS = [
  {
    follows: false,
    title: 'Before it',
    text: 'what they were when nothing had happened yet: look here for why',
  },
  {
    follows: true,
    title: 'Follows from it',
    text: 'known only from the loss or drop on: where it was, and what came of it',
  },
] as const;

interface AnswerProps {
  readonly where: string;
  readonly onPick: (difference: Difference) => void;
}

function Answer({ where, onPick }: AnswerProps) {
  const ask = useCallback(
    (api: WhitherWorker): Promise<Contrast | null> => api.contrast(where, MAX_DIFFERENCES),
    [where],
  );
  const { answer, progress, settled, end } = useQuestion(
    'contrast',
    ask,
    'The journeys could not be compared',
  );
  if (answer === null) {
    return settled && progress === null ? (
      <p role="status">It was stopped, or cannot be asked of this capture. Close this and ask again.</p>
    ) : (
      <div className="common-wait">
        <progress value={progress ?? 0} aria-label="Comparing all journeys" />
        <span className="mono">{Math.round(100 * (progress ?? 0))} %</span>
        <button className="button" onClick={end}>
          Stop
        </button>
      </div>
    );
  }
  const { inside, outside, differences } = answer;
  const parted = differences.some(({ follows }) => follows);
  if (inside === 0 || outside === 0) {
    return (
      <p role="status">
        {inside === 0
          ? 'There is no such journey.'
          : 'All journeys are such: there are no others to compare them with. Filter first.'}
      </p>
    );
  }
  return (
    <>
      <p className="muted" role="status">
        {printCount(inside)} of them against {printCount(outside)} others.{' '}
        {differences.length === 0
          ? 'No value of any field is clearly more frequent on one side.'
          : 'The most telling first; choose one to filter by it too.'}
      </p>
      {differences.length > 0 && (
        <div className="common-scroll" tabIndex={0} role="region" aria-label="Differences">
          <table className="group-table" aria-label="What they have in common">
            <thead>
              <tr>
                <th scope="col">what</th>
                <th scope="col" className="number">
                  these
                </th>
                <th scope="col" className="number">
                  others
                </th>
              </tr>
            </thead>
            {PARTS.map(({ follows, title, text }) => {
              const part = differences.filter((difference) => difference.follows === follows);
              if (part.length === 0 && follows) return null;
              return (
                <tbody key={title} data-follows={follows}>
                  {parted && (
                    <tr className="common-part">
                      <th scope="rowgroup" colSpan={3}>
                        {title} <span className="muted">{part.length === 0 ? 'nothing differs' : text}</span>
                      </th>
                    </tr>
                  )}
                  {part.map((difference) => (
                    <tr
                      key={difference.filter + difference.value}
                      {...valueProps(
                        difference.field,
                        // “from 127ms on” is a filter, and no value.
                        difference.field === 'time' ? null : difference.value,
                      )}
                    >
                      <th scope="row">
                        <button
                          className="link mono group-value"
                          title={`${difference.filter}\nonly journeys with it`}
                          onClick={() => onPick(difference)}
                        >
                          {difference.field} <b>{difference.value}</b>
                        </button>
                      </th>
                      <Share part={difference.inside} whole={inside} tone="meta" />
                      <Share part={difference.outside} whole={outside} tone="packets" />
                    </tr>
                  ))}
                </tbody>
              );
            })}
          </table>
        </div>
      )}
    </>
  );
}

function Share(props: { readonly part: number; readonly whole: number; readonly tone: 'meta' | 'packets' }) {
  const { part, whole, tone } = props;
  return (
    <td className="number mono">
      <i className={`group-bar ${tone}`} style={{ width: `${(100 * part) / whole}px` }} aria-hidden="true" />
      <b>{shareText(part, whole)}</b> <span className="muted">{printCount(part)}</span>
    </td>
  );
}
