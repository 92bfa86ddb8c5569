/** What another capture can be given as: a file, a page with a share inside, an address, or a link to this or another Whither. */
import { EMBEDDED_ID, MAX_EMBEDDED_CHARS } from '#core/share/html.ts';
import type { Problem } from '#core/pcapng/types.ts';
import { findEmbedded } from '#src/share/embedded.ts';
import { inFragment, SHARE_FRAGMENT } from '#src/share/fragment.ts';
import { kindOfFile } from '#src/state/file-kind.ts';
import { parseLink } from '#src/state/link.ts';
import { parseCaptureUrl } from '#src/state/link-source.ts';
import type { SourceRef } from '#src/state/link-state.ts';
import type { PartOrigin } from '#src/state/store.ts';
import type { PackedCapture } from '#workers/api.ts';
import { notTogether } from '#src/state/together.ts';

export interface Fault {
  readonly cause: string;
  readonly remedy: string;
}

/** As core/share/html.ts writes it. */
const ELEMENT = `<script type="text/plain" id="${EMBEDDED_ID}"`;
const ELEMENT_END = '</script>';
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
/** A share that an agent keeps: the page of it, behind which are its bytes (agent/server/share-routes.ts). */
const KEPT_SHARE = /\/s\/[\w-]{32}$/;

const NO_ADDRESS: Fault = {
  cause: 'That is not an http or https address of at most 2000 characters.',
  remedy: 'Paste the whole address of a capture or of a link, or choose a file.',
};

/** As a person pastes it; `base`: address of this page. */
export function ofText(text: string, base: string): readonly PartOrigin[] | Fault {
  const url = parseCaptureUrl(text);
  if (url === null && !isUrl(text)) return NO_ADDRESS;
  const address = new URL(text, base);
  if (address.hash.startsWith(SHARE_FRAGMENT)) return [inFragment(address.hash)];
  if (KEPT_SHARE.test(address.pathname))
    return [{ kind: 'url', url: `${address.origin}${address.pathname}.pcapng` }];
  const { source, capture, files } = parseLink(address.search);
  if (source !== null) return partsIn(source, address, base);
  if (capture !== null || files.length > 0) {
    return {
      cause: 'This link is to a file, which is not in it.',
      remedy: 'Ask its sender for the file, and choose it here.',
    };
  }
  return url === null ? NO_ADDRESS : [{ kind: 'url', url }];
}

/** What a link opens, from where the link leads. */
function partsIn(source: SourceRef, link: URL, base: string): readonly PartOrigin[] {
  const isHere = new URL('.', link).href === new URL('.', base).href;
  const at = (path: string): PartOrigin => {
    const url = new URL(path, link);
    return { kind: 'url', url: isHere ? url.pathname + url.search : url.href };
  };
  switch (source.kind) {
    case 'live':
      return [at('spool.pcapng')];
    case 'sample':
      return [isHere ? source : at(`samples/${source.id}.pcapng`)];
    case 'url':
      return [source.url.startsWith('/') ? at(source.url) : source];
    case 'together':
      return source.parts.flatMap((part) => partsIn(part, link, base));
  }
}

/** A capture, or a page in one file with a share inside. */
export async function ofFile(file: File): Promise<PartOrigin | Problem> {
  if ((await kindOfFile(file)) !== 'page') return (await notTogether([file])) ?? { kind: 'file', file };
  // The page around the capture is some megabytes.
  const text = file.size > 2 * MAX_EMBEDDED_CHARS ? '' : await file.text().catch(() => '');
  const capture = withinPage(text);
  if (capture !== null) return capture;
  return {
    code: 'no-share',
    offset: 0,
    cause: `${file.name} is a page without a capture inside.`,
    remedy: 'Choose a capture, or a page that was shared from Whither.',
    fatal: false,
  };
}

/**
 * The element alone is parsed: the rest of the page has scripts and styles of its own, which this page's policy would refuse, and a
 * script of it may have the words that the element begins with.
 */
function withinPage(text: string): PackedCapture | null {
  const parser = new DOMParser();
  for (let at = text.indexOf(ELEMENT); at >= 0;) {
    const end = text.indexOf(ELEMENT_END, at);
    if (end < 0) return null;
    // There is no tag within it: of all that begin before one end only the last can be it.
    const element = text.slice(text.lastIndexOf(ELEMENT, end), end + ELEMENT_END.length);
    const capture = findEmbedded(parser.parseFromString(element, 'text/html'))?.capture;
    if (capture !== undefined && BASE64.test(capture.text)) return capture;
    at = text.indexOf(ELEMENT, end);
  }
  return null;
}

function isUrl(text: string): boolean {
  return URL.canParse(text) && /^(?:https?|file):$/.test(new URL(text).protocol);
}
