/** The two things the page asks its own server: which samples there are, and whether an agent is behind it. */
import * as v from 'valibot';
import type { Problem } from '#core/pcapng/types.ts';
import type { SourceSpec } from '#workers/api.ts';
import type { HostInfo } from './store.ts';

const MAX_SAMPLES = 64;
const SampleIndex = v.pipe(
  v.array(
    v.object({
      id: v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9._-]{0,63}$/i)),
      title: v.pipe(v.string(), v.maxLength(120)),
      /** Below public/samples, never elsewhere. */
      file: v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9._-]{0,120}$/i)),
      /** What one can find out with it. */
      question: v.pipe(v.string(), v.maxLength(600)),
      bytes: v.pipe(v.number(), v.integer(), v.minValue(0)),
    }),
  ),
  v.maxLength(MAX_SAMPLES),
);
export type Sample = v.InferOutput<typeof SampleIndex>[number];

const Host = v.object({
  live: v.boolean(),
  text: v.pipe(v.string(), v.maxLength(2000)),
  host: v.pipe(v.string(), v.maxLength(300)),
});

/** A page in one file (core/share/html.ts) has nothing beside it, and may ask nobody. */
export function isOnDisk(): boolean {
  return location.protocol === 'file:';
}

/** What the guide is shown on: it has packets that lose their metadata, others that keep it, and a beginning in time. */
export const GUIDE_SAMPLE = 'sniffed-flow';

/** The samples that came with this page; rejects with what is wrong when the list cannot be read. */
export async function fetchSamples(): Promise<readonly Sample[]> {
  const response = await fetch(new URL('samples/index.json', document.baseURI));
  if (!response.ok) throw new Error(`samples/index.json: HTTP ${response.status}`);
  return v.parse(SampleIndex, await response.json());
}

/**
 * Asks the page's own server, never another address, whether it is an agent. A static host answers with the file
 * public/api/host, which says null; a 404 and a fallback page mean no as well.
 */
export async function fetchHost(): Promise<HostInfo | null> {
  try {
    const response = await fetch(new URL('api/host', document.baseURI), { credentials: 'same-origin' });
    if (!response.ok) return null;
    const parsed = v.safeParse(Host, await response.json());
    return parsed.success ? parsed.output : null;
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
