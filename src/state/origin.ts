/** What is to be opened, as the worker wants it: addresses made absolute, samples looked up. */
import type { Problem } from '#core/pcapng/types.ts';
import { isKeptShare } from '#core/share/kept-path.ts';
import type { SourceSpec, Update, WholeCapture } from '#workers/api.ts';
import { Fault } from '#workers/fault.ts';
import { isCut } from './readable.ts';
import { sampleSpec } from './sources.ts';
import { MAX_FILES, type Comparison, type PartRef, type SourceRef } from './link-state.ts';
import type { Origin, PartOrigin } from './store.ts';

/** What it is called until its source says so itself. */
export function titleOf(origin: Origin): string {
  switch (origin.kind) {
    case 'file':
      return origin.file.name;
    case 'live':
      return 'this host';
    case 'sample':
      return origin.id;
    case 'packed':
      return origin.title;
    case 'url':
      return origin.url;
    case 'together':
      return origin.parts.map(titleOf).join(' + ');
  }
}

/** As a link names it; null = it cannot. */
export function refOf(origin: Origin): SourceRef | null {
  switch (origin.kind) {
    case 'file':
    case 'packed':
      return null;
    case 'together': {
      const all: readonly PartOrigin[] = origin.parts;
      const parts = all.filter(isRef);
      return parts.length === all.length && parts.length <= MAX_FILES ? { kind: 'together', parts } : null;
    }
    case 'live':
    case 'sample':
    case 'url':
      return origin;
  }
}

function isRef(part: PartOrigin): part is PartRef {
  return part.kind === 'url' || part.kind === 'sample';
}

/** What is open, as parts of what is to be opened with more. A live capture as far as the agent has it then. */
export function partsOf(origin: Origin): readonly PartOrigin[] {
  if (origin.kind === 'together') return origin.parts;
  return [
    origin.kind === 'live'
      ? { kind: 'url', url: new URL('spool.pcapng', document.baseURI).pathname }
      : origin,
  ];
}

export type Spec = { readonly source: SourceSpec; readonly title: string } | { readonly problem: Problem };

/**
 * At once for all but samples and several. Rejects never: what cannot be opened is a problem. `head`: what has been read of a file already;
 * `compare`: what the link compares, whose sides are recordings of their own.
 */
export function specOf(
  origin: Origin,
  head?: Uint8Array,
  compare: Comparison | null = null,
): Spec | Promise<Spec> {
  switch (origin.kind) {
    case 'file':
      return { source: { kind: 'file', file: origin.file, ...(head && { head }) }, title: origin.file.name };
    case 'packed':
      return { source: origin, title: origin.title };
    case 'url': {
      const url = new URL(origin.url, document.baseURI);
      // The id of a share is what opens it: no name that others read on a screen. What it is called comes with it (src/notes/arrive.ts).
      const share = isKeptShare(url.pathname);
      const title = share ? '' : (url.pathname.split('/').pop() ?? origin.url);
      return { source: { kind: 'url', url: url.href, title }, title: share ? 'share' : title };
    }
    case 'live': {
      const url = new URL('stream', document.baseURI);
      url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
      url.search = '';
      return { source: { kind: 'live', url: url.href, from: 'oldest' }, title: 'this host' };
    }
    case 'sample':
      return sampleSpec(origin.id);
    case 'together':
      return import('./together.ts').then(({ togetherSpec }) => togetherSpec(origin.parts, compare));
  }
}

/** All of it, to be read once more; of an agent that does not answer what the page holds. Rejects with a Fault. */
export async function wholeCapture(origin: Origin, newest: Update | null): Promise<WholeCapture> {
  if (origin.kind === 'file') return origin;
  if (origin.kind === 'packed' || origin.kind === 'together') return { kind: 'held' };
  if (origin.kind === 'live' && isCut(newest)) return { kind: 'held' };
  if (origin.kind === 'live') return { kind: 'url', url: new URL('spool.pcapng', document.baseURI).href };
  const spec = await specOf(origin);
  if ('problem' in spec) throw new Fault(spec.problem.code, spec.problem.cause, spec.problem.remedy);
  if (spec.source.kind === 'url') return { kind: 'url', url: spec.source.url };
  throw new Fault('no-capture', 'There is no capture to be read.', 'Open one first.');
}
