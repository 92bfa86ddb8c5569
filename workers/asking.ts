/**
 * What takes its time over a whole capture, in slices. Another capture or schema ends it, and a capture that begins anew; what has
 * a kind is ended by a later one of it as well, and by `end`.
 */
import type { CaptureStore } from '#core/store/capture-store.ts';
import type { QuestionKind } from './api.ts';
import { inSlices, type Clock } from './slices.ts';

/** Those that the page follows, and those that it only waits for. */
export type Kind = QuestionKind | 'path a' | 'path b' | 'matrix a' | 'matrix b' | 'timeline' | 'latency';

/** A capture; its store is another one when it has begun anew. */
interface Asked {
  readonly store: CaptureStore;
}

/** What goes over a capture in steps. */
export interface Steps {
  /** 0…1, of a kind that the page follows. */
  readonly progress?: number;
  /** Looks at so many events or journeys; true: done. */
  advance(budget: number): boolean;
}

export class Asking {
  readonly #clock: Clock;
  readonly #latest = new Map<Kind | symbol, Question>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * What `work` answers. It is given up from the moment that nobody wants it, also while its code is still being loaded. `kind`
   * null: the answer is the same whoever asks, so that nobody's ends another's. `holds`: whether what it is about is still the same.
   */
  async ask<Answer>(
    kind: Kind | null,
    asked: Asked,
    work: (question: Question) => Promise<Answer>,
    holds: () => boolean = () => true,
  ): Promise<Answer> {
    const { store } = asked;
    const key = kind ?? Symbol();
    const isWanted = (): boolean => this.#latest.get(key) === question && asked.store === store && holds();
    const question: Question = new Question(store, this.#clock, isWanted);
    this.#latest.set(key, question);
    try {
      return await work(question);
    } finally {
      if (this.#latest.get(key) === question) this.#latest.delete(key);
    }
  }

  /** null: none is under way. */
  progress(kind: Kind): number | null {
    return this.#latest.get(kind)?.progress ?? null;
  }

  end(kind: Kind): void {
    this.#latest.delete(kind);
  }

  endAll(): void {
    this.#latest.clear();
  }
}

export class Question {
  /** That of when it was asked. */
  readonly store: CaptureStore;
  readonly #clock: Clock;
  readonly #isWanted: () => boolean;
  #steps: Steps | null = null;

  constructor(store: CaptureStore, clock: Clock, isWanted: () => boolean) {
    this.store = store;
    this.#clock = clock;
    this.#isWanted = isWanted;
  }

  get progress(): number {
    return this.#steps?.progress ?? 0;
  }

  /** True when all steps are done; false: nobody wants it any more. `budget`: of a step, so that it takes a few milliseconds at most. */
  async run(steps: Steps, budget: number): Promise<boolean> {
    this.#steps = steps;
    const done = await inSlices(this.#clock, () => steps.advance(budget), this.#isWanted);
    return done && this.#isWanted();
  }
}
