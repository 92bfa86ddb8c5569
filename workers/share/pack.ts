/** A share as it goes into a page or a link: deflate with a zlib header, in base64. */
import { MAX_EMBEDDED_BYTES, MAX_EMBEDDED_CHARS } from '#core/share/html.ts';
import { BlobParts } from '#workers/blob-parts.ts';
import { Fault } from '#workers/fault.ts';
import type { WorkProgress } from '#workers/schema/api.ts';
import { Slices, type Clock } from '#workers/slices.ts';

/** What is compressed at once: some milliseconds. */
const READ_BYTES = 256 * 1024;
/** A multiple of 3, so that the texts of the parts join; few enough for the arguments of a call. */
const STEP_BYTES = 3 * 8192;

/** The text as a Blob; null = `goOn` said that nobody wants it any more. Rejects with a Fault when a page cannot hold it. */
export async function packShare(
  blob: Blob,
  clock: Clock,
  progress: (progress: WorkProgress) => void,
  goOn: () => boolean,
): Promise<Blob | null> {
  if (blob.size > MAX_EMBEDDED_BYTES) throw tooLarge(blob.size);
  const { readable, writable } = new CompressionStream('deflate');
  const writer = writable.getWriter();
  const text = new Base64();
  const taken = takeAll(readable, text);
  // A failure is met where it is waited for.
  taken.catch(() => undefined);
  const slices = new Slices(clock);
  try {
    for (let at = 0; at < blob.size; at += READ_BYTES) {
      await writer.write(new Uint8Array(await blob.slice(at, at + READ_BYTES).arrayBuffer()));
      progress({ share: at / blob.size, bytes: at });
      await slices.pause();
      if (text.length > MAX_EMBEDDED_CHARS) throw tooLarge(blob.size);
      if (!goOn()) return null;
    }
    await writer.close();
    await taken;
  } finally {
    // Closed already when all went well.
    await writer.abort().catch(() => undefined);
  }
  text.end();
  if (text.length > MAX_EMBEDDED_CHARS) throw tooLarge(blob.size);
  return text.blob();
}

async function takeAll(readable: ReadableStream<Uint8Array>, text: Base64): Promise<void> {
  const reader = readable.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) text.add(next.value);
}

/** base64 of bytes that come in pieces of any length. */
class Base64 {
  length = 0;
  readonly #encoder = new TextEncoder();
  readonly #parts = new BlobParts();
  /** What makes no three bytes yet. */
  #rest: Uint8Array = new Uint8Array(0);

  add(bytes: Uint8Array): void {
    const all = new Uint8Array(this.#rest.length + bytes.length);
    all.set(this.#rest);
    all.set(bytes, this.#rest.length);
    const whole = all.length - (all.length % 3);
    this.#put(all.subarray(0, whole));
    this.#rest = all.subarray(whole);
  }

  end(): void {
    this.#put(this.#rest);
  }

  blob(): Blob {
    return this.#parts.blob('text/plain');
  }

  #put(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; at += STEP_BYTES) {
      const text = btoa(String.fromCharCode(...bytes.subarray(at, at + STEP_BYTES)));
      this.length += text.length;
      this.#parts.add(this.#encoder.encode(text));
    }
  }
}

function tooLarge(bytes: number): Fault {
  return new Fault(
    'share-too-large',
    `${bytes} bytes are more than a page can hold.`,
    'Share less of the capture, or download it as pcapng.',
  );
}
