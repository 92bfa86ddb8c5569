/** The two things the page asks its own server: which samples there are, and whether an agent is behind it. */
import type { Problem } from '#core/pcapng/types.ts';
import type { SourceSpec } from '#workers/api.ts';
import type { Sample } from './answers.ts';
import type { HostInfo } from './store.ts';

/** A page in one file (core/share/html.ts) has nothing beside it, and may ask nobody. */
export function isOnDisk(): boolean {
  return location.protocol === 'file:';
}

/** What the guide is shown on: it has packets that lose their metadata, others that keep it, and a beginning in time. */
export const GUIDE_SAMPLE = 'sniffed-flow';

/** The samples that came with this page; rejects with what is wrong when the list cannot be read. */
export async function fetchSamples(): Promise<readonly Sample[]> {
  const [response, { samplesOf }] = await Promise.all([
    fetch(new URL('samples/index.json', document.baseURI)),
    import('./answers.ts'),
  ]);
  if (!response.ok) throw new Error(`samples/index.json: HTTP ${response.status}`);
  return samplesOf(await response.json());
}

/**
 * Asks the page's own server, never another address, whether it is an agent. A static host answers with the file
 * public/api/host, which says null; a 404 and a fallback page mean no as well.
 */
export async function fetchHost(): Promise<HostInfo | null> {
  try {
    const [response, { hostOf }] = await Promise.all([
      fetch(new URL('api/host', document.baseURI), { credentials: 'same-origin' }),
      import('./answers.ts'),
    ]);
    return response.ok ? hostOf(await response.json()) : null;
  } catch {
    return null;
  }
}

export async function sampleSpec(
  id: string,
): Promise<{ source: SourceSpec; title: string } | { problem: Problem }> {
  let samples: readonly Sample[];
  try {
    samples = await fetchSamples();
  } catch (error) {
    return {
      problem: {
        code: 'samples',
        offset: 0,
        cause: `The list of samples could not be read (${error instanceof Error ? error.message : String(error)}).`,
        remedy: 'Reload the page, or drop a capture file.',
        fatal: true,
      },
    };
  }
  const sample = samples.find((candidate) => candidate.id === id);
  if (sample === undefined) {
    return {
      problem: {
        code: 'no-such-sample',
        offset: 0,
        cause: `This page has no sample named ${id}.`,
        remedy: 'Pick one of the samples below.',
        fatal: true,
      },
    };
  }
  const url = new URL(`samples/${sample.file}`, document.baseURI).href;
  return { source: { kind: 'url', url, title: sample.title }, title: sample.title };
}
