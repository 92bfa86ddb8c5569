/**
 * Questions of everything that was read up to now, whatever the filter, or of some journeys of it. Their code is loaded when they
 * are asked; each answers null when it was ended.
 */
import type { Budget } from '#core/budget/types.ts';
import type { LintSummary } from '#core/lint/lint-summary.ts';
import { compileList } from '#core/query/list-filter.ts';
import { Query } from '#core/query/query.ts';
import type { FilterError } from '#core/query/syntax.ts';
import type {
  Fates,
  JourneySet,
  Latency,
  LatencyAsk,
  LossSummary,
  MatrixShares,
  PathNumbers,
  TimelineAsk,
  TimelineBins,
} from '#core/store/view.ts';
import type { PathSide } from './api.ts';
import type { Asking, Kind, Question } from './asking.ts';
import type { Capture } from './capture.ts';
import type { Language } from './language.ts';

/** Events or journeys that a step looks at. */
const STEP_BUDGET = 4096;
/** The same of events whose areas are looked at byte by byte. */
const AREA_STEP_BUDGET = 512;
/** Events that a question about time looks at: some 100 µs. */
const TIME_STEP_BUDGET = 16_384;

type Members = (journey: number) => boolean;

export class WholeQuestions {
  readonly #asking: Asking;
  readonly #language: Language;

  constructor(asking: Asking, language: Language) {
    this.#asking = asking;
    this.#language = language;
  }

  /** That of all questions, before one is asked. */
  async fetchCode(): Promise<void> {
    await Promise.all([
      import('#core/store/loss-summary.ts'),
      import('#core/store/drop-query.ts'),
      import('#core/store/path-query.ts'),
      import('#core/store/matrix-query.ts'),
      import('#core/query/timeline-query.ts'),
      import('#core/query/latency-query.ts'),
      import('#core/lint/lint-summary.ts'),
      import('#core/budget/budget-query.ts'),
    ]);
  }

  /** Of the journeys in the list; another list is another question. */
  lossSummary(capture: Capture): Promise<LossSummary | null> {
    const { list } = capture.listing;
    const ask = async (question: Question): Promise<LossSummary | null> => {
      const { LossSummaryQuery } = await import('#core/store/loss-summary.ts');
      const { member } = list;
      const query = new LossSummaryQuery(question.store, member);
      if (!(await question.run(query, STEP_BUDGET))) return null;
      if (member === null) return query.summary();
      const { PathQuery } = await import('#core/store/path-query.ts');
      const path = new PathQuery(question.store, member);
      return (await question.run(path, STEP_BUDGET)) ? query.summary(path.numbers().edges) : null;
    };
    return this.#asking.ask(null, capture, ask, () => capture.listing.list === list);
  }

  lintSummary(capture: Capture): Promise<LintSummary | null> {
    return this.#asking.ask(null, capture, async (question) => {
      const { LintSummaryQuery } = await import('#core/lint/lint-summary.ts');
      const query = new LintSummaryQuery(question.store);
      return (await question.run(query, AREA_STEP_BUDGET)) ? query.summary() : null;
    });
  }

  budget(capture: Capture): Promise<Budget | null> {
    return this.#asking.ask(null, capture, async (question) => {
      const { BudgetQuery } = await import('#core/budget/budget-query.ts');
      const query = new BudgetQuery(question.store);
      return (await question.run(query, AREA_STEP_BUDGET)) ? query.budget() : null;
    });
  }

  /** The two sides of a comparison are asked at once. */
  path(capture: Capture, set: JourneySet, side: PathSide): Promise<PathNumbers | FilterError | null> {
    return this.#ofSet(`path ${side}`, capture, set, async (question, members) => {
      const { PathQuery } = await import('#core/store/path-query.ts');
      const query = new PathQuery(question.store, members);
      return (await question.run(query, STEP_BUDGET)) ? query.numbers() : null;
    });
  }

  fates(capture: Capture, set: JourneySet): Promise<Fates | FilterError | null> {
    return this.#ofSet(null, capture, set, async (question, members): Promise<Fates | null> => {
      const [{ DropQuery }, { LossSummaryQuery }, { PathQuery }] = await Promise.all([
        import('#core/store/drop-query.ts'),
        import('#core/store/loss-summary.ts'),
        import('#core/store/path-query.ts'),
      ]);
      const drops = new DropQuery(question.store, members);
      const losses = new LossSummaryQuery(question.store, members);
      const path = new PathQuery(question.store, members);
      for (const query of [drops, losses, path]) if (!(await question.run(query, STEP_BUDGET))) return null;
      const { journeys, edges } = path.numbers();
      return { ...drops.result(), journeys, losses: losses.summary(edges) };
    });
  }

  matrix(capture: Capture, set: JourneySet, side: PathSide): Promise<MatrixShares | FilterError | null> {
    return this.#ofSet(`matrix ${side}`, capture, set, async (question, members) => {
      const { MatrixQuery } = await import('#core/store/matrix-query.ts');
      const query = new MatrixQuery(question.store, members);
      return (await question.run(query, STEP_BUDGET)) ? query.shares() : null;
    });
  }

  timeline(capture: Capture, ask: TimelineAsk): Promise<TimelineBins | null> {
    return this.#asking.ask('timeline', capture, async (question) => {
      const { TimelineQuery } = await import('#core/query/timeline-query.ts');
      const { timeline, listing } = capture;
      const query = new TimelineQuery(question.store, timeline, ask, listing.list.member);
      return (await question.run(query, TIME_STEP_BUDGET)) ? query.result() : null;
    });
  }

  latency(capture: Capture, ask: LatencyAsk): Promise<Latency | null> {
    return this.#asking.ask('latency', capture, async (question) => {
      const { LatencyQuery } = await import('#core/query/latency-query.ts');
      const { startNs, endNs } = capture.timeline.timeline();
      const whole = { fromNs: startNs || '0', toNs: endNs || '0' };
      const query = new LatencyQuery(question.store, ask, whole, capture.listing.list.member);
      return (await question.run(query, STEP_BUDGET)) ? query.result() : null;
    });
  }

  /** Asks about the journeys of a set; an error when that cannot be asked. */
  #ofSet<Answer>(
    kind: Kind | null,
    capture: Capture,
    set: JourneySet,
    work: (question: Question, members: Members) => Promise<Answer>,
  ): Promise<Answer | FilterError | null> {
    return this.#asking.ask(kind, capture, async (question) => {
      const members = await this.#members(question, set);
      return typeof members === 'function' ? work(question, members) : members;
    });
  }

  /** Which journeys are in a set, of those that there are now; null: nobody wants to know any more. */
  async #members(question: Question, { filter, rest }: JourneySet): Promise<Members | FilterError | null> {
    if (filter.where !== '') await this.#language.load();
    const compiled = compileList(filter, question.store, this.#language.compile);
    if (!compiled.ok) return compiled.error;
    if (compiled.question === null) return () => !rest;
    const query = new Query(question.store, compiled.question);
    if (!(await question.run(query, STEP_BUDGET))) return null;
    return (journey) => query.has(journey) !== rest;
  }
}
