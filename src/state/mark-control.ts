/** Marks and the notes on them: set by people, found by what a link names, and named in the link. */
import type { WorkerSlot } from './connection.ts';
import { MAX_MARKS } from './link-state.ts';
import { unmarked, withMarks } from './marks.ts';
import { MAX_NOTE_CHARS, type Mark, type PageState, type PageStore, type Selection } from './store.ts';

/** While a capture grows, marks of the link that are not there yet are looked for at most this often. */
const FIND_INTERVAL_MS = 2000;

export class MarkControl {
  readonly #store: PageStore;
  readonly #worker: WorkerSlot;
  /** What of the link was looked for last, and in how many events. */
  #wanted = '';
  #events = 0;
  #isLooking = false;
  #againAt = -Infinity;

  constructor(store: PageStore, worker: WorkerSlot) {
    this.#store = store;
    this.#worker = worker;
    store.subscribe((state, before) => {
      // Of another capture nothing is marked yet that its link names.
      if (state.marks !== before.marks && state.capture === before.capture) this.#onMarks(state, before);
    });
  }

  /** Marks a journey, or takes its mark, and the note on it, away. */
  toggle(selection: Selection): void {
    const { marks } = this.#store.getState();
    const others = marks.filter((mark) => mark.journey !== selection.journey);
    if (others.length < marks.length) this.#store.setState({ marks: others });
    else if (marks.length < MAX_MARKS) this.#store.setState({ marks: [...marks, this.#made(selection, '')] });
    else {
      this.#worker.report({
        code: 'too-many-marks',
        offset: 0,
        cause: `No more than ${MAX_MARKS} journeys can be marked.`,
        remedy: 'Take some marks away, or write a filter that passes what you look for.',
        fatal: false,
      });
    }
  }

  /** Writes a note on a journey, which marks it. '' takes the note away, not the mark. */
  note(selection: Selection, note: string): void {
    const others = this.#store.getState().marks.filter((mark) => mark.journey !== selection.journey);
    const mark = this.#made(selection, note.trim().slice(0, MAX_NOTE_CHARS));
    this.#store.setState({ marks: [...others, mark] });
  }

  /** Marks what the link names and is there by now. */
  find(): void {
    const { newest, link, marks } = this.#store.getState();
    if (newest === null || this.#isLooking) return;
    const refs = unmarked(link.marks, marks);
    const wanted = `${newest.capture} ${JSON.stringify(refs)}`;
    const isSame = wanted === this.#wanted;
    if (refs.length === 0 || (isSame && newest.events === this.#events)) return;
    const isGrowing = newest.state === 'live' || newest.state === 'loading';
    if (isSame && isGrowing && performance.now() < this.#againAt) return;
    this.#wanted = wanted;
    this.#events = newest.events;
    this.#againAt = performance.now() + FIND_INTERVAL_MS;
    this.#worker.guard(this.#find(newest.capture), 'The marks of this link could not be looked up');
  }

  async #find(capture: number): Promise<void> {
    this.#isLooking = true;
    try {
      const { link, marks } = this.#store.getState();
      const found = await Promise.all(
        unmarked(link.marks, marks).map(async ({ id, run }): Promise<Mark> => {
          const journey = await this.#worker.api.journeyOf(id.hi, id.lo, run);
          return { journey, id, run, note: '' };
        }),
      );
      const now = this.#store.getState();
      if (now.newest?.capture !== capture) return;
      const fresh = found.filter(
        ({ journey }) => journey >= 0 && !now.marks.some((mark) => mark.journey === journey),
      );
      if (fresh.length > 0) this.#store.setState({ marks: [...now.marks, ...fresh].slice(0, MAX_MARKS) });
    } finally {
      this.#isLooking = false;
      // A link that came meanwhile may name others, of a capture that sends no Updates any more.
      this.find();
    }
  }

  #made({ journey, id }: Selection, note: string): Mark {
    const { detail, marks } = this.#store.getState();
    const before = marks.find((mark) => mark.journey === journey);
    const run = detail?.journey === journey ? detail.run : (before?.run ?? '');
    return { journey, id, run, note };
  }

  #onMarks(state: PageState, before: PageState): void {
    // What was marked and is no longer is not named any more.
    const link = { ...state.link, marks: unmarked(state.link.marks, before.marks) };
    this.#store.setState({ link: withMarks(link, state.marks) });
    for (const mark of state.marks) {
      const isNew = !before.marks.some(({ journey }) => journey === mark.journey);
      if (isNew && mark.run === '')
        this.#worker.guard(this.#askRun(mark.journey), 'The run of a marked journey could not be told');
    }
  }

  async #askRun(journey: number): Promise<void> {
    const { capture } = this.#store.getState();
    const { run } = await this.#worker.api.journey(journey);
    const { marks, capture: now } = this.#store.getState();
    if (run === '' || now !== capture) return;
    this.#store.setState({
      marks: marks.map((mark) => (mark.journey === journey ? { ...mark, run } : mark)),
    });
  }
}
