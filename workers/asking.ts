/** Questions of the whole list, each in slices: one of a kind at a time, a later one or `end` ends the one before. */
import type { CaptureStore } from '#core/store/capture-store.ts';
import type { Contrast, Groups, QuestionKind } from './api.ts';
import type { Capture } from './capture.ts';
import type { Language } from './language.ts';
import { inSlices, type Clock } from './slices.ts';

/** Journeys that a step takes: all fields of a contrast are asked of each. */
const GROUP_STEP = 512;
const CONTRAST_STEP = 64;
const FILTER_STEP_EVENTS = 4096;

interface Step {
  readonly progress: number;
  advance(): boolean;
}

interface UnderWay {
  readonly step: Step;
}

export class Asking {
  readonly #clock: Clock;
  readonly #language: Language;
  readonly #underWay = new Map<QuestionKind, UnderWay>();

  constructor(clock: Clock, language: Language) {
    this.#clock = clock;
    this.#language = language;
  }

  progress(kind: QuestionKind): number | null {
    return this.#underWay.get(kind)?.step.progress ?? null;
  }

  end(kind: QuestionKind): void {
    this.#underWay.delete(kind);
  }

  async groups(capture: Capture, name: string, limit: number): Promise<Groups | null> {
    const { fieldNamed, GroupQuery, journeyValues } = await this.#language.loadQuestions();
    const { store, list } = capture;
    const field = fieldNamed(store, name);
    const values = field === null ? null : journeyValues(store, field);
    if (values === null) return null;
    const query = new GroupQuery(store, values, (journey) => list.includes(journey));
    const step: Step = {
      get progress() {
        return query.progress;
      },
      advance: () => query.advance(GROUP_STEP),
    };
    return (await this.#run('groups', capture, store, step)) ? query.result(limit) : null;
  }

  /** Journeys of the list that pass `where`, the first `count` in its order. */
  async firstOf(capture: Capture, where: string, count: number): Promise<Uint32Array | null> {
    const { store } = capture;
    const passes = await this.#passing('groupRows', capture, where);
    if (passes === null) return null;
    const found: number[] = [];
    let row = 0;
    const step: Step = {
      get progress() {
        return row / Math.max(1, capture.listed);
      },
      advance: () => {
        const part = capture.slice(row, FILTER_STEP_EVENTS);
        for (const journey of part) if (found.length < count && passes(journey)) found.push(journey);
        row += part.length;
        return part.length === 0 || found.length >= count;
      },
    };
    return (await this.#run('groupRows', capture, store, step)) ? Uint32Array.from(found) : null;
  }

  async contrast(capture: Capture, where: string, limit: number): Promise<Contrast | null> {
    const { ContrastQuery } = await this.#language.loadQuestions();
    const { store, list } = capture;
    const inside =
      where === ''
        ? (journey: number): boolean => list.includes(journey)
        : await this.#passing('contrast', capture, where);
    if (inside === null) return null;
    const query = new ContrastQuery(store, inside);
    const step: Step = {
      get progress() {
        return query.progress;
      },
      advance: () => query.advance(CONTRAST_STEP),
    };
    if (!(await this.#run('contrast', capture, store, step))) return null;
    return { ...query.sides, differences: query.result(limit) };
  }

  async #passing(
    kind: QuestionKind,
    capture: Capture,
    where: string,
  ): Promise<((journey: number) => boolean) | null> {
    const { compileFilter, Query } = await this.#language.loadQuestions();
    const { store } = capture;
    const compiled = compileFilter(where, store);
    if (!compiled.ok) return null;
    if (compiled.question === null) return () => true;
    const query = new Query(store, compiled.question);
    const step: Step = {
      get progress() {
        return query.cursor / Math.max(1, store.events.count);
      },
      advance: () => query.advance(FILTER_STEP_EVENTS),
    };
    return (await this.#run(kind, capture, store, step)) ? (journey) => query.has(journey) : null;
  }

  /** False: it was ended, or the capture has begun anew. */
  async #run(kind: QuestionKind, capture: Capture, store: CaptureStore, step: Step): Promise<boolean> {
    const mine: UnderWay = { step };
    this.#underWay.set(kind, mine);
    const goOn = (): boolean => this.#underWay.get(kind) === mine && capture.store === store;
    const done = await inSlices(this.#clock, () => step.advance(), goOn);
    if (this.#underWay.get(kind) === mine) this.#underWay.delete(kind);
    return done;
  }
}
