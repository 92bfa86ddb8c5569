/**
 * A capture inside of the page that shows it: one file, which opens from disk with no network. The capture is pcapng, compressed
 * (deflate with a zlib header, RFC 1950) and in base64, in an element that runs nothing.
 */

/** Of the element, in the page that was made and in the page that reads it. */
export const EMBEDDED_ID = 'whither-capture';
/** Of base64 text, and of the capture that comes out of it: a browser holds both. */
export const MAX_EMBEDDED_CHARS = 256 * 1024 * 1024;
export const MAX_EMBEDDED_BYTES = 1024 * 1024 * 1024;
const MAX_TITLE_CHARS = 200;

export interface Embedded {
  /** Compressed, in base64: nothing in it needs escaping. */
  readonly packed: string;
  readonly title: string;
  /** What the page opens with: the query of a link, '' = the default. */
  readonly view: string;
}

/** What of the page comes before the packed capture, and what behind it. `page`: share.html of a build; throws RangeError when it is none. */
export function aroundCapture(
  page: string,
  { title, view }: Omit<Embedded, 'packed'>,
): readonly [before: string, behind: string] {
  const at = page.lastIndexOf('</head>');
  if (at < 0) throw new RangeError('The page has no place for a capture.');
  const element =
    `<script type="text/plain" id="${EMBEDDED_ID}" data-title="${attribute(title.slice(0, MAX_TITLE_CHARS))}" ` +
    `data-view="${attribute(view)}">`;
  return [page.slice(0, at) + element, `</script>\n  ${page.slice(at)}`];
}

/**
 * `page`: share.html of a build. Throws RangeError when it is none, or what is packed is not base64 or too long to be opened
 * again.
 */
export function embedCapture(page: string, { packed, ...seen }: Embedded): string {
  if (packed.length > MAX_EMBEDDED_CHARS) {
    throw new RangeError(`A page holds ${MAX_EMBEDDED_CHARS} characters of a capture, not ${packed.length}.`);
  }
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(packed)) throw new RangeError('A capture goes into a page as base64.');
  return aroundCapture(page, seen).join(packed);
}

function attribute(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('"', '&quot;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}
