/** A share as it goes into a page or a link: deflate with a zlib header, in base64. */
import { MAX_EMBEDDED_BYTES, MAX_EMBEDDED_CHARS } from '#core/share/html.ts';
import { Fault } from '#workers/fault.ts';

/** A multiple of 3, so that the texts of the parts join; few enough for the arguments of a call. */
const STEP_BYTES = 3 * 8192;

export async function packShare(blob: Blob): Promise<string> {
  if (blob.size > MAX_EMBEDDED_BYTES) throw tooLarge(blob.size);
  const packed = blob.stream().pipeThrough(new CompressionStream('deflate'));
  const bytes = new Uint8Array(await new Response(packed).arrayBuffer());
  if ((bytes.length / 3) * 4 > MAX_EMBEDDED_CHARS) throw tooLarge(blob.size);
  let text = '';
  for (let at = 0; at < bytes.length; at += STEP_BYTES) {
    text += btoa(String.fromCharCode(...bytes.subarray(at, at + STEP_BYTES)));
  }
  return text;
}

function tooLarge(bytes: number): Fault {
  return new Fault(
    'share-too-large',
    `${bytes} bytes are more than a page can hold.`,
    'Share less of the capture, or download it as pcapng.',
  );
}
