/**
 * Keeps what is written about a capture in this browser, as soon as the capture has a digest: one that is read to its end. What cannot be
 * kept (a live capture, a browser that keeps nothing) is not left without a question.
 */
import type { Session } from '#src/state/session.ts';
import type { PageState } from '#src/state/store.ts';
import { marksOf } from './arrive.ts';
import { collectNotes } from './collect.ts';
import { keepNotes, keptNotes } from './kept.ts';

/** Behind the last change. */
const SETTLE_MS = 50;

type Written = Pick<PageState, 'marks' | 'pins' | 'report'>;

/** Returns how to end it. */
export function watchNotes(session: Session): () => void {
  const { store } = session;
  const keeper = new Keeper(session);
  const stop = store.subscribe((state, before) => keeper.onState(state, before));
  const onLeave = (event: BeforeUnloadEvent) => {
    if (keeper.wouldLose()) event.preventDefault();
  };
  addEventListener('beforeunload', onLeave);
  keeper.onState(store.getState(), store.getState());
  return () => {
    stop();
    keeper.flush(store.getState());
    removeEventListener('beforeunload', onLeave);
  };
}

class Keeper {
  readonly #session: Session;
  #capture: PageState['capture'] = null;
  #arrived: PageState['arrived'] = null;
  /** What is kept here, or came with the capture. */
  #known: Written;
  /** Whose notes have been put on the page. */
  #digest: string | null = null;
  #restored = false;
  /** Until what was written is kept; null = nothing waits. */
  #waiting: { readonly digest: string; readonly timer: ReturnType<typeof setTimeout> } | null = null;

  constructor(session: Session) {
    this.#session = session;
    this.#known = writtenOf(session.store.getState());
  }

  /** Somebody wrote what is nowhere else. */
  wouldLose(): boolean {
    const state = this.#session.store.getState();
    const written = writtenOf(state);
    return state.capture !== null && hasWords(written) && wordsOf(written) !== wordsOf(this.#known);
  }

  onState(state: PageState, before: PageState): void {
    if (state.capture !== this.#capture || state.arrived !== this.#arrived) {
      if (state.capture !== this.#capture) {
        this.flush(before);
        this.#digest = null;
        this.#restored = false;
      }
      this.#capture = state.capture;
      this.#arrived = state.arrived;
      this.#known = writtenOf(state);
    }
    const digest = state.newest?.digest ?? null;
    // What came along is put on the page first.
    const isComing = (state.newest?.told ?? 0) > 0 && state.arrived === null;
    if (digest === null || isComing) return;
    if (digest !== this.#digest) {
      this.#digest = digest;
      void this.#restore(digest);
    } else if (this.#restored && !isSame(writtenOf(state), this.#known)) this.#keepSoon(digest);
  }

  /** What is kept takes the place of what came along, from which it was written; what was written since stays. */
  async #restore(digest: string): Promise<void> {
    const { store } = this.#session;
    const kept = keptNotes(digest);
    const marks = kept === null ? [] : await marksOf(this.#session, kept.items).catch(() => []);
    if (this.#digest !== digest) return;
    this.#restored = true;
    if (kept !== null) {
      const now = store.getState();
      const isMine = !isSame(writtenOf(now), this.#known);
      const mine = isMine
        ? now.marks.filter((mark) => !marks.some((one) => one.journey === mark.journey))
        : [];
      const written = {
        marks: [...marks, ...mine],
        pins: [...kept.items.filter(({ pin }) => pin.on !== 'journey'), ...(isMine ? now.pins : [])],
        report: isMine && writtenOf(now).report !== '' ? now.report : kept.report,
      };
      if (!isMine) this.#known = written;
      store.setState({ ...written, notesKept: 'kept' });
    } else this.onState(store.getState(), store.getState());
  }

  /** Keeps at once what still waits, as it is in `state`: another capture takes the place of the one it is about. */
  flush(state: PageState): void {
    if (this.#waiting === null) return;
    const { digest, timer } = this.#waiting;
    clearTimeout(timer);
    this.#waiting = null;
    void this.#keep(digest, state).catch(() => undefined);
  }

  #keepSoon(digest: string): void {
    if (this.#waiting !== null) clearTimeout(this.#waiting.timer);
    const timer = setTimeout(() => this.flush(this.#session.store.getState()), SETTLE_MS);
    this.#waiting = { digest, timer };
  }

  async #keep(digest: string, state: PageState): Promise<void> {
    const { store } = this.#session;
    const written = writtenOf(state);
    // What came along and was taken away is kept as that.
    const { marks, pins, report } = written;
    const isNothing = marks.length + pins.length === 0 && report === '' && state.arrived === null;
    const notes = isNothing ? null : await collectNotes(this.#session, { ...written, link: state.link });
    const isOpen = this.#digest === digest;
    // What was written since is kept by itself.
    if (isOpen && !isSame(writtenOf(store.getState()), written)) return;
    const isKept = keepNotes(digest, notes);
    if (!isOpen) return;
    if (isKept) this.#known = written;
    store.setState({ notesKept: isKept ? 'kept' : 'refused' });
  }
}

/** A report that the page drafted is nobody's: it is drafted again when it is wanted. */
function writtenOf({ marks, pins, report, drafted }: PageState): Written {
  return { marks, pins, report: report === drafted ? '' : report };
}

/** What somebody wrote. That the page made a list of it anew, or has found the run of a journey, is nothing to lose. */
function wordsOf({ marks, pins, report }: Written): string {
  return JSON.stringify([marks.map(({ id, note }) => [id, note]), pins, report]);
}

function isSame(a: Written, b: Written): boolean {
  return a.marks === b.marks && a.pins === b.pins && a.report === b.report;
}

function hasWords({ marks, pins, report }: Written): boolean {
  return marks.some(({ note }) => note !== '') || pins.length > 0 || report !== '';
}
