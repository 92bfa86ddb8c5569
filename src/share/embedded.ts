/** The capture that came inside of this page (core/share/html.ts), if there is one. */
import { EMBEDDED_ID, MAX_EMBEDDED_BYTES, MAX_EMBEDDED_CHARS } from '#core/share/html.ts';
import { parseLink, type LinkState } from '#src/state/link.ts';
import type { Session } from '#src/state/session.ts';

export interface EmbeddedCapture {
  /** What its sender saw. */
  readonly link: LinkState;
  readonly title: string;
  /** base64 of deflate. */
  readonly packed: string;
}

export function findEmbedded(page: Document): EmbeddedCapture | null {
  const element = page.getElementById(EMBEDDED_ID);
  if (element === null) return null;
  const { title = '', view = '' } = element.dataset;
  return {
    link: parseLink(view),
    title: title === '' ? 'shared capture' : title,
    packed: element.textContent,
  };
}

/** Opens it with the view that came along. */
export function openEmbedded(session: Session, { packed, title }: EmbeddedCapture): Promise<void> {
  return openUnpacked(session, 'page', packed, title, MAX_EMBEDDED_BYTES);
}

/** Opens a capture that came inside of the page or link, of at most `limit` bytes, and with its view. */
export async function openUnpacked(
  session: Session,
  within: 'page' | 'link',
  packed: string,
  title: string,
  limit: number,
): Promise<void> {
  // It takes as long to start as the capture to be unpacked.
  session.prepare();
  try {
    const file = new File([await unpack(packed, limit)], title);
    await session.open({ kind: 'file', file }, true);
  } catch (error) {
    session.report({
      code: 'embedded',
      offset: 0,
      cause: `The capture in this ${within} cannot be read: ${error instanceof Error ? error.message : String(error)}.`,
      remedy: `Ask for the ${within === 'page' ? 'file' : 'link'} again; it must be ${within === 'page' ? 'saved' : 'copied'} as it is.`,
      fatal: true,
    });
  }
}

/** base64 of deflate → bytes, at most `limit` of them. */
export async function unpack(text: string, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  if (text.length > MAX_EMBEDDED_CHARS) throw new Error('it is larger than a page can hold');
  const packed = fromBase64(text);
  const parts: Uint8Array[] = [];
  let length = 0;
  try {
    const plain = new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate'));
    const reader = plain.getReader();
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      length += next.value.length;
      if (length > limit) {
        await reader.cancel();
        break;
      }
      parts.push(next.value);
    }
  } catch {
    throw new Error('it is damaged, or was not whole when it was saved');
  }
  if (length > limit) throw new Error(`it says more than ${limit} bytes`);
  const out = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** Of newer browsers, in a tenth of the time. */
const NATIVE = Uint8Array as unknown as { readonly fromBase64?: (text: string) => Uint8Array<ArrayBuffer> };

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  try {
    if (NATIVE.fromBase64 !== undefined) return NATIVE.fromBase64(text);
    const chars = atob(text);
    // A loop: made from an iterator, a hundred megabytes take the page a minute.
    const bytes = new Uint8Array(chars.length);
    for (let i = 0; i < bytes.length; i++) bytes[i] = chars.charCodeAt(i);
    return bytes;
  } catch {
    throw new Error('its text is damaged');
  }
}
