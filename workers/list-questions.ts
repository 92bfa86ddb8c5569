/** Questions of the list: its groups, what some of its journeys have in common. Each answers null when it was ended. */
import type { Contrast, Groups } from './api.ts';
import type { Asking, Question } from './asking.ts';
import type { Capture } from './capture.ts';
import type { Language } from './language.ts';

/** Journeys that a step takes: all fields of a contrast are asked of each. */
const GROUP_STEP = 512;
const CONTRAST_STEP = 64;
const FILTER_STEP_EVENTS = 4096;

type Passes = (journey: number) => boolean;

export class ListQuestions {
  readonly #asking: Asking;
  readonly #language: Language;

  constructor(asking: Asking, language: Language) {
    this.#asking = asking;
    this.#language = language;
  }

  /** null as well when it is no field to group by. */
  groups(capture: Capture, name: string, limit: number): Promise<Groups | null> {
    return this.#asking.ask('groups', capture, async (question) => {
      const { fieldNamed, GroupQuery, journeyValues } = await this.#language.loadQuestions();
      const { store } = question;
      const field = fieldNamed(store, name);
      const values = field === null ? null : journeyValues(store, field);
      if (values === null) return null;
      const { list } = capture.listing;
      const query = new GroupQuery(store, values, (journey) => list.includes(journey));
      const done = await question.run(query, GROUP_STEP);
      return done ? query.result(limit) : null;
    });
  }

  /** Journeys of the list that pass `where`, the first `count` in its order. */
  firstOf(capture: Capture, where: string, count: number): Promise<Uint32Array | null> {
    return this.#asking.ask('groupRows', capture, async (question) => {
      const passes = await this.#passing(question, where);
      if (passes === null) return null;
      const { listing } = capture;
      const found: number[] = [];
      let row = 0;
      const done = await question.run(
        {
          get progress() {
            return row / Math.max(1, listing.length);
          },
          advance: (rows) => {
            const part = listing.slice(row, rows);
            for (const journey of part) if (found.length < count && passes(journey)) found.push(journey);
            row += part.length;
            return part.length === 0 || found.length >= count;
          },
        },
        FILTER_STEP_EVENTS,
      );
      return done ? Uint32Array.from(found) : null;
    });
  }

  /** `where` '': the list against all other journeys. null as well for an expression that cannot be asked. */
  contrast(capture: Capture, where: string, limit: number): Promise<Contrast | null> {
    return this.#asking.ask('contrast', capture, async (question) => {
      const { ContrastQuery } = await this.#language.loadQuestions();
      const { list } = capture.listing;
      const isListed: Passes = (journey) => list.includes(journey);
      const inside = where === '' ? isListed : await this.#passing(question, where);
      if (inside === null) return null;
      const query = new ContrastQuery(question.store, inside);
      const done = await question.run(query, CONTRAST_STEP);
      return done ? { ...query.sides, differences: query.result(limit) } : null;
    });
  }

  async #passing(question: Question, where: string): Promise<Passes | null> {
    const { compileFilter, Query } = await this.#language.loadQuestions();
    const { store } = question;
    const compiled = compileFilter(where, store);
    if (!compiled.ok) return null;
    if (compiled.question === null) return () => true;
    const query = new Query(store, compiled.question);
    const done = await question.run(
      {
        get progress() {
          return query.cursor / Math.max(1, store.events.count);
        },
        advance: (events) => query.advance(events),
      },
      FILTER_STEP_EVENTS,
    );
    return done ? (journey) => query.has(journey) : null;
  }
}
