/** The filter language, in files of its own that are loaded when the first expression, or question of a list, comes. */
import type { Completion } from '#core/query/complete.ts';
import type { LatencyQuery } from '#core/query/latency-query.ts';
import type { CompileWritten } from '#core/query/list-filter.ts';
import type { TimelineQuery } from '#core/query/timeline-query.ts';
import type { CaptureStore } from '#core/store/capture-store.ts';

export type Questions = typeof import('./questions.ts');

export class Language {
  /** null = not loaded yet. */
  compile: CompileWritten | null = null;
  questions: Questions | null = null;

  async load(): Promise<void> {
    this.compile ??= (await import('#core/query/compile.ts')).compileFilter;
  }

  /** What looks at time: loaded when it is first asked. */
  async timeline(...args: ConstructorParameters<typeof TimelineQuery>): Promise<TimelineQuery> {
    const made = await import('#core/query/timeline-query.ts');
    return new made.TimelineQuery(...args);
  }

  async latency(...args: ConstructorParameters<typeof LatencyQuery>): Promise<LatencyQuery> {
    const made = await import('#core/query/latency-query.ts');
    return new made.LatencyQuery(...args);
  }

  async loadQuestions(): Promise<Questions> {
    this.questions ??= await import('./questions.ts');
    return this.questions;
  }

  async complete(text: string, at: number, store: CaptureStore): Promise<Completion> {
    const { completeFilter } = await import('#core/query/complete.ts');
    return completeFilter(text, at, store);
  }
}
