/** The words of a link that say which bytes it is about: `source`, `capture`, `file`. Junk becomes null. */
import { DIGEST } from '#core/share/digest-text.ts';
import { MAX_FILES, type CaptureRef, type FileRef, type SourceRef } from './link-state.ts';
import { parseName } from './link-view.ts';

export const MAX_URL_CHARS = 2000;
const SAMPLE_ID = /^[a-z0-9][a-z0-9._-]{0,63}$/i;
const CAPTURE_BYTES = /^\d{1,15}$/;
const CAPTURE_SECONDS = /^\d{1,11}$/;

/** A path on the server of the page, as `whither open` prints it; `//host` and `/\host` are other servers. */
const CAPTURE_PATH = /^\/(?![/\\])[^\s\\]*$/;

/** An absolute http(s) URL, or a path on the server of the page; null when it is neither or too long. */
export function parseCaptureUrl(text: string): string | null {
  if (text.length === 0 || text.length > MAX_URL_CHARS) return null;
  if (CAPTURE_PATH.test(text)) return text;
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return null;
  return url.href.length > MAX_URL_CHARS ? null : url.href;
}

export function parseSource(text: string | null): SourceRef | null {
  if (text === null) return null;
  if (text === 'live') return { kind: 'live' };
  if (text.startsWith('sample:')) {
    const id = text.slice('sample:'.length);
    return SAMPLE_ID.test(id) ? { kind: 'sample', id } : null;
  }
  if (text.startsWith('url:')) {
    const url = parseCaptureUrl(text.slice('url:'.length));
    return url === null ? null : { kind: 'url', url };
  }
  return null;
}

export function parseSources(texts: readonly string[]): SourceRef | null {
  if (texts.length > MAX_FILES) return null;
  const sources = texts.map(parseSource);
  const [first = null, ...others] = sources;
  if (others.length === 0) return first;
  const parts = sources.filter((source) => source?.kind === 'url' || source?.kind === 'sample');
  // Of some of them it would be another view.
  return parts.length === sources.length ? { kind: 'together', parts } : null;
}

export function printSources(source: SourceRef): readonly string[] {
  return source.kind === 'together' ? source.parts.map(printSource) : [printSource(source)];
}

export function printSource(source: Exclude<SourceRef, { kind: 'together' }>): string {
  switch (source.kind) {
    case 'live':
      return 'live';
    case 'sample':
      return `sample:${source.id}`;
    case 'url':
      return `url:${source.url}`;
  }
}

export function parseCapture(text: string | null): CaptureRef | null {
  const [digest = '', bytes = '', first = ''] = (text ?? '').split('.', 3);
  if (!DIGEST.test(digest)) return null;
  return {
    digest,
    bytes: CAPTURE_BYTES.test(bytes) ? Number(bytes) : null,
    first: CAPTURE_SECONDS.test(first) ? Number(first) : null,
  };
}

export function printCapture({ digest, bytes, first }: CaptureRef): string {
  return `${digest}.${bytes ?? ''}.${first ?? ''}`.replace(/\.+$/, '');
}

export function parseFile(text: string): FileRef | null {
  const at = text.indexOf('~');
  const named = at < 0 ? null : parseCapture(text.slice(0, at));
  const name = parseName(text.slice(at + 1));
  return named === null || named.bytes === null || name === null
    ? null
    : { name, digest: named.digest, bytes: named.bytes };
}

export function parseFiles(texts: readonly string[]): readonly FileRef[] {
  const files = texts
    .slice(0, MAX_FILES)
    .map(parseFile)
    .filter((file) => file !== null);
  return files.length < 2 ? [] : files;
}

export function printFile({ name, digest, bytes }: FileRef): string {
  return `${digest}.${bytes}~${name}`;
}

export function sameSource(a: SourceRef | null, b: SourceRef | null): boolean {
  if (a === null || b === null) return a === b;
  return printSources(a).join('\n') === printSources(b).join('\n');
}
