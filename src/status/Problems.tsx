/** The one place where errors appear: cause, remedy, and the offset where reading stopped. */
import type { Problem } from '#core/pcapng/types.ts';
import { printCount, printMany } from '#src/list/print.ts';
import { usePage, useSession } from '#src/state/context.ts';

const NONE: readonly Problem[] = [];
/** A corrupt capture can have one for every block. */
const MAX_SHOWN = 4;
/** Of the connection or of the agent, not of a place in the bytes. */
const NO_PLACE: ReadonlySet<string> = new Set(['live-agent-gone', 'live-capture']);

export function Problems() {
  const session = useSession();
  const ofPage = usePage((state) => state.problems);
  const ofCapture = usePage((state) => state.newest?.problems ?? NONE);
  const events = usePage((state) => state.newest?.events ?? 0);
  const dead = usePage((state) => state.dead);
  const all = [...ofPage, ...ofCapture];
  if (dead === null && all.length === 0) return null;
  return (
    <div className="problems" role="alert">
      {dead !== null && (
        <div className="problem fatal">
          <span className="problem-sign" aria-hidden="true">
            ✕
          </span>
          <p>
            <b>{dead}</b> What is on screen stays, but nothing more can be read.
          </p>
          <button className="button push" onClick={() => void session.reopen()}>
            Reopen
          </button>
        </div>
      )}
      {all.slice(0, MAX_SHOWN).map((problem, i) => (
        <div
          className={`problem${problem.fatal ? ' fatal' : ''}`}
          key={`${problem.code}-${problem.offset}-${i}`}
        >
          <span className="problem-sign" aria-hidden="true">
            {problem.fatal ? '✕' : '!'}
          </span>
          <p>
            <b>{problem.cause}</b> {problem.remedy}{' '}
            {ofCapture.includes(problem) && !NO_PLACE.has(problem.code) && (
              <span className="muted">
                {problem.fatal ? 'Reading stopped' : 'Skipped'} at byte {printCount(problem.offset)}
                {problem.fatal &&
                  events > 0 &&
                  `; the ${printMany(events, 'event')} before it ${events === 1 ? 'is' : 'are'} here`}
                .
              </span>
            )}
          </p>
          {ofPage.includes(problem) && (
            <button
              className="button quiet push"
              onClick={() => session.dismissProblems()}
              aria-label="Dismiss"
            >
              ✕
            </button>
          )}
        </div>
      ))}
      {all.length > MAX_SHOWN && <p className="muted">and {all.length - MAX_SHOWN} more of the kind</p>}
    </div>
  );
}
