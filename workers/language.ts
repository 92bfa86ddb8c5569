/** The filter language, in a file of its own that is loaded when the first expression comes. */
import type { Completion } from '#core/query/complete.ts';
import type { CompileWritten } from '#core/query/list-filter.ts';
import type { CaptureStore } from '#core/store/capture-store.ts';

export class Language {
  /** null = not loaded yet. */
  compile: CompileWritten | null = null;

  async load(): Promise<void> {
    this.compile ??= (await import('#core/query/compile.ts')).compileFilter;
  }

  async complete(text: string, at: number, store: CaptureStore): Promise<Completion> {
    const { completeFilter } = await import('#core/query/complete.ts');
    return completeFilter(text, at, store);
  }
}
