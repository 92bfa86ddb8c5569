/** A whole capture once more, from where it came. */
import { Fault } from '#workers/fault.ts';
import { heldBytes, heldTotal } from '#workers/sources/held.ts';
import type { ByteSource } from '#workers/sources/source.ts';
import type { WholeCapture } from './api.ts';

export interface WholeStream {
  readonly stream: ReadableStream<Uint8Array>;
  readonly total: number | null;
}

/** `source`: of the capture that is open. Rejects with a Fault. */
export async function openWhole(capture: WholeCapture, source: ByteSource): Promise<WholeStream> {
  if (capture.kind === 'file') return { stream: capture.file.stream(), total: capture.file.size };
  if (capture.kind === 'held') {
    return { stream: streamOf(heldBytes(source)), total: heldTotal(source) };
  }
  const response = await fetch(capture.url).catch(() => null);
  if (response === null || !response.ok || response.body === null) {
    const { shareGone } = await import('#workers/sources/share-gone.ts');
    const gone = response === null ? null : shareGone(capture.url, response.status);
    if (gone !== null) throw gone;
    const why = response === null ? 'does not answer' : `answered ${response.status}`;
    throw new Fault(
      'capture-gone',
      `${new URL(capture.url).host} ${why}: the capture cannot be read again.`,
      'Try again, or download it and use whither export --for-wireshark.',
    );
  }
  const length = Number(response.headers.get('content-length') ?? NaN);
  // Of a compressed transfer it is another length.
  const isPlain = response.headers.get('content-encoding') === null;
  return { stream: response.body, total: isPlain && Number.isFinite(length) ? length : null };
}

/** `ReadableStream.from`, which not every browser has. */
function streamOf(pieces: AsyncGenerator<Uint8Array>): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async pull(controller) {
      const next = await pieces.next();
      if (next.done === true) controller.close();
      else controller.enqueue(next.value);
    },
  });
}

/** Rejects with a Fault. */
export async function readNext(
  reader: ReadableStreamDefaultReader<Uint8Array>,
): Promise<ReadableStreamReadResult<Uint8Array>> {
  try {
    return await reader.read();
  } catch (thrown) {
    if (thrown instanceof Fault) throw thrown;
    throw new Fault(
      'capture-interrupted',
      'The capture could not be read to its end: the file was changed, or the connection ended.',
      'Open it again.',
    );
  }
}
