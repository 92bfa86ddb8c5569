/** The source that a spec names. */
import type { SourceSpec } from '#workers/api.ts';
import { FileSource } from './file.ts';
import { LiveSource } from './live.ts';
import { PackedSource } from './packed.ts';
import type { ByteSource } from './source.ts';
import { TogetherSource } from './together.ts';
import { UrlBudget } from './url-budget.ts';
import { UrlSource } from './url.ts';

/** `spawnFileReader`: starts a thread that reads files (file-reader.worker.ts); null = there can be none. `budget`: of all addresses that are opened together. */
export function sourceOf(
  spec: SourceSpec,
  spawnFileReader: (() => Worker) | null,
  budget?: UrlBudget,
): ByteSource {
  switch (spec.kind) {
    case 'file':
      return new FileSource(spec.file, spawnFileReader, spec.head);
    case 'packed':
      return new PackedSource(spec);
    case 'url':
      return new UrlSource(spec.url, spec.title, budget === undefined ? {} : { budget });
    case 'together': {
      const all = budget ?? new UrlBudget();
      return new TogetherSource(
        spec.parts.map((part) => ({ ...part, source: sourceOf(part.source, spawnFileReader, all) })),
      );
    }
    case 'live':
      return new LiveSource(spec.url, spec.from);
  }
}
