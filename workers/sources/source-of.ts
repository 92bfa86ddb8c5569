/** The source that a spec names. */
import type { SourceSpec } from '#workers/api.ts';
import { FileSource } from './file.ts';
import { LaterSource } from './later.ts';
import { LiveSource } from './live.ts';
import { PackedSource } from './packed.ts';
import type { ByteSource } from './source.ts';
import type { UrlBudget } from './url-budget.ts';
import { UrlSource } from './url.ts';

/**
 * `spawnFileReader`: starts a thread that reads files (file-reader.worker.ts); null = there can be none. `budget`: of all addresses that
 * are opened together; null = there is one.
 */
export function sourceOf(
  spec: SourceSpec,
  spawnFileReader: (() => Worker) | null,
  budget: UrlBudget | null = null,
): ByteSource {
  switch (spec.kind) {
    case 'file':
      return new FileSource(spec.file, spawnFileReader, spec.head);
    case 'packed':
      return new PackedSource(spec);
    case 'url':
      return new UrlSource(spec.url, spec.title, { budget });
    case 'together':
      return new LaterSource(spec.parts.map(({ name }) => name).join(' + '), async () => {
        const { togetherOf } = await import('./together.ts');
        return togetherOf(spec.parts, (source, all) => sourceOf(source, spawnFileReader, all));
      });
    case 'live':
      return new LiveSource(spec.url, spec.from);
  }
}
