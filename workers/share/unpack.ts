/** What came inside of a page or a link: base64 of deflate (core/share/html.ts), in pieces as they are unpacked. */
import { MAX_EMBEDDED_CHARS } from '#core/share/html.ts';
import { Fault } from '#workers/fault.ts';
import type { PackedCapture } from '#workers/api.ts';

/** A multiple of 4, so that each piece is base64 by itself. Of a capture ten times as much comes out of it. */
const STEP_CHARS = 128 * 1024;

/** Bytes, at most `limit` of them, then a Fault. Rejects with a Fault, also after what could be unpacked. */
export async function* unpack({ text, within, limit }: PackedCapture): AsyncGenerator<Uint8Array> {
  if (text.length > MAX_EMBEDDED_CHARS) throw damaged(within, 'it is larger than a page can hold');
  let length = 0;
  const reader = inflate(text).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((error: unknown) => {
        throw damaged(within, error instanceof BadText ? 'its text is damaged' : NOT_WHOLE);
      });
      if (done) return;
      length += value.length;
      if (length > limit) throw damaged(within, `it says more than ${limit} bytes`);
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

const NOT_WHOLE = 'it is damaged, or was not whole when it was saved';

class BadText extends Error {}

function inflate(text: string): ReadableStream<Uint8Array> {
  let at = 0;
  const packed = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      if (at >= text.length) {
        controller.close();
        return;
      }
      const end = Math.min(text.length, at + STEP_CHARS);
      controller.enqueue(fromBase64(text.slice(at, end)));
      at = end;
    },
  });
  return packed.pipeThrough(new DecompressionStream('deflate'));
}

/** Of newer browsers, in a tenth of the time. */
const NATIVE = Uint8Array as unknown as { readonly fromBase64?: (text: string) => Uint8Array<ArrayBuffer> };

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  try {
    if (NATIVE.fromBase64 !== undefined) return NATIVE.fromBase64(text);
    const chars = atob(text);
    // A loop: made from an iterator, a hundred megabytes take a minute.
    const bytes = new Uint8Array(chars.length);
    for (let i = 0; i < bytes.length; i++) bytes[i] = chars.charCodeAt(i);
    return bytes;
  } catch {
    throw new BadText();
  }
}

function damaged(within: PackedCapture['within'], why: string): Fault {
  return new Fault(
    'embedded',
    `The capture in this ${within} cannot be read: ${why}.`,
    within === 'page'
      ? 'Ask for the file again; it must be saved as it is.'
      : 'Ask for the link again; it must be copied as it is.',
  );
}
