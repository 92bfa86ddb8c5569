/**
 * The one place where errors appear: cause, remedy, and the offset where reading stopped. What is wrong with a capture has its lines;
 * what comes of something that was done lies above the page, for that is being pointed at.
 */
import type { ReactNode } from 'react';
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
  return (
    <>
      {(dead !== null || ofCapture.length > 0) && (
        <div className="problems" role="alert">
          {dead !== null && (
            <div className="problem fatal">
              <Sign fatal />
              <p>
                <b>{dead}</b> What is on screen stays, but nothing more can be read.
              </p>
              <button className="button push" onClick={() => void session.reopen()}>
                Reopen
              </button>
            </div>
          )}
          {ofCapture.slice(0, MAX_SHOWN).map((problem, i) => (
            <Line key={`${problem.code}-${problem.offset}-${i}`} problem={problem}>
              {!NO_PLACE.has(problem.code) && (
                <span className="muted">
                  {problem.fatal ? 'Reading stopped' : 'Skipped'} at byte {printCount(problem.offset)}
                  {problem.fatal &&
                    events > 0 &&
                    `; the ${printMany(events, 'event')} before it ${events === 1 ? 'is' : 'are'} here`}
                  .
                </span>
              )}
            </Line>
          ))}
          <More count={ofCapture.length - MAX_SHOWN} />
        </div>
      )}
      {ofPage.length > 0 && (
        <div className="problems of-page" role="alert">
          {ofPage.slice(0, MAX_SHOWN).map((problem, i) => (
            <Line
              key={`${problem.code}-${problem.offset}-${i}`}
              problem={problem}
              onDismiss={() => session.dismissProblems()}
            />
          ))}
          <More count={ofPage.length - MAX_SHOWN} />
        </div>
      )}
    </>
  );
}

interface LineProps {
  readonly problem: Problem;
  readonly onDismiss?: () => void;
  readonly children?: ReactNode;
}

function Line({ problem, onDismiss, children }: LineProps) {
  return (
    <div className={`problem${problem.fatal ? ' fatal' : ''}`}>
      <Sign fatal={problem.fatal} />
      <p>
        <b>{problem.cause}</b> {problem.remedy} {children}
      </p>
      {onDismiss !== undefined && (
        <button className="button quiet push" onClick={onDismiss} aria-label="Dismiss">
          ✕
        </button>
      )}
    </div>
  );
}

function Sign({ fatal }: { readonly fatal: boolean }) {
  return (
    <span className="problem-sign" aria-hidden="true">
      {fatal ? '✕' : '!'}
    </span>
  );
}

function More({ count }: { readonly count: number }) {
  return count > 0 ? <p className="muted">and {count} more of the kind</p> : null;
}
