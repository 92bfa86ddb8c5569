/** A whole capture once more, from where it came. */
import { Fault } from '#workers/fault.ts';
import type { WholeCapture } from './api.ts';

export interface WholeStream {
  readonly stream: ReadableStream<Uint8Array>;
  readonly total: number | null;
}

/** Rejects with a Fault. */
export async function openWhole(capture: WholeCapture): Promise<WholeStream> {
  if (capture.kind === 'file') return { stream: capture.file.stream(), total: capture.file.size };
  const response = await fetch(capture.url).catch(() => null);
  if (response === null || !response.ok || response.body === null) {
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

/** Rejects with a Fault. */
export async function readNext(
  reader: ReadableStreamDefaultReader<Uint8Array>,
): Promise<ReadableStreamReadResult<Uint8Array>> {
  try {
    return await reader.read();
  } catch {
    throw new Fault(
      'capture-interrupted',
      'The capture could not be read to its end: the file was changed, or the connection ended.',
      'Open it again.',
    );
  }
}
