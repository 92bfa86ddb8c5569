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
  const stop = store.subscribe((state) => keeper.onState(state));
  const onLeave = (event: BeforeUnloadEvent) => {
    if (keeper.wouldLose()) event.preventDefault();
  };
  addEventListener('beforeunload', onLeave);
  keeper.onState(store.getState());
  return () => {
    stop();
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
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(session: Session) {
    this.#session = session;
    this.#known = writtenOf(session.store.getState());
  }

  /** Somebody wrote what is nowhere else. */
  wouldLose(): boolean {
    const state = this.#session.store.getState();
    return state.capture !== null && hasWords(state) && !isSame(state, this.#known);
  }

  onState(state: PageState): void {
    if (state.capture !== this.#capture || state.arrived !== this.#arrived) {
      if (state.capture !== this.#capture) {
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
    } else if (this.#restored && !isSame(state, this.#known)) this.#keepSoon(digest);
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
      const isMine = !isSame(now, this.#known);
      const mine = isMine
        ? now.marks.filter((mark) => !marks.some((one) => one.journey === mark.journey))
        : [];
      const written = {
        marks: [...marks, ...mine],
        pins: [...kept.items.filter(({ pin }) => pin.on !== 'journey'), ...(isMine ? now.pins : [])],
        report: isMine && now.report !== '' ? now.report : kept.report,
      };
      if (!isMine) this.#known = written;
      store.setState({ ...written, notesKept: 'kept' });
    } else this.onState(store.getState());
  }

  #keepSoon(digest: string): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#keep(digest).catch(() => undefined), SETTLE_MS);
  }

  async #keep(digest: string): Promise<void> {
    const { store } = this.#session;
    const state = store.getState();
    const written = writtenOf(state);
    // What came along and was taken away is kept as that.
    const isNothing =
      state.marks.length + state.pins.length === 0 && state.report === '' && state.arrived === null;
    const notes = isNothing ? null : await collectNotes(this.#session);
    if (this.#digest !== digest || !isSame(store.getState(), written)) return;
    const isKept = keepNotes(digest, notes);
    if (isKept) this.#known = written;
    store.setState({ notesKept: isKept ? 'kept' : 'refused' });
  }
}

function writtenOf({ marks, pins, report }: PageState): Written {
  return { marks, pins, report };
}

function isSame(a: Written, b: Written): boolean {
  return a.marks === b.marks && a.pins === b.pins && a.report === b.report;
}

function hasWords({ marks, pins, report }: Written): boolean {
  return marks.some(({ note }) => note !== '') || pins.length > 0 || report !== '';
}
