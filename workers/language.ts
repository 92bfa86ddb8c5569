/** The filter language, in files of its own that are loaded when the first expression, or question of a list, comes. */
import type { Completion } from '#core/query/complete.ts';
import type { FilterDoubt } from '#core/query/doubts.ts';
import type { CompileWritten } from '#core/query/list-filter.ts';
import type { FilterError } from '#core/query/syntax.ts';
import type { CaptureStore } from '#core/store/capture-store.ts';

export type Questions = typeof import('./questions.ts');

export class Language {
  /** null = not loaded yet. */
  compile: CompileWritten | null = null;
  questions: Questions | null = null;

  async load(): Promise<void> {
    this.compile ??= (await import('#core/query/compile.ts')).compileFilter;
  }

  async loadQuestions(): Promise<Questions> {
    this.questions ??= await import('./questions.ts');
    return this.questions;
  }

  /** All of it, before it is wanted. */
  async fetchCode(): Promise<void> {
    await Promise.all([
      this.load(),
      this.loadQuestions(),
      import('#core/query/complete.ts'),
      import('#core/query/doubts.ts'),
    ]);
  }

  /** Why an expression cannot be asked; null: it can. */
  async check(text: string, store: CaptureStore): Promise<FilterError | null> {
    const { compileFilter } = await import('#core/query/compile.ts');
    const compiled = compileFilter(text, store);
    return compiled.ok ? null : compiled.error;
  }

  async complete(text: string, at: number, store: CaptureStore): Promise<Completion> {
    const { completeFilter } = await import('#core/query/complete.ts');
    return completeFilter(text, at, store);
  }

  async doubts(text: string, store: CaptureStore): Promise<readonly FilterDoubt[]> {
    const { filterDoubts } = await import('#core/query/doubts.ts');
    return filterDoubts(text, store);
  }
}
