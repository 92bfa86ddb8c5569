/**
 * The whole capture once more, with metadata as packet comments. It is read and written in pieces; what is written is a
 * Blob, which the browser keeps on disk, so that a large capture takes no memory here.
 */
import { WiresharkExport } from '#core/emit/for-wireshark.ts';
import { BlobParts } from '#workers/blob-parts.ts';
import { Fault } from '#workers/fault.ts';
import type { ByteSource } from '#workers/sources/source.ts';
import { openWhole, readNext } from './whole-capture.ts';
import type { WholeCapture, WorkProgress } from './api.ts';

/** `hop`: only what it saw, as links name it; null = all. Gives null when `goOn` said that nobody wants it any more. */
export async function wiresharkFile(
  capture: WholeCapture,
  source: ByteSource,
  hop: string | null,
  progress: (progress: WorkProgress) => void,
  goOn: () => boolean,
): Promise<Blob | null> {
  const { stream, total } = await openWhole(capture, source);
  const reader = stream.getReader();
  const output = new WiresharkExport(hop);
  const parts = new BlobParts();
  let bytes = 0;
  for (;;) {
    const { done, value } = await readNext(reader);
    if (!goOn()) {
      await reader.cancel().catch(() => undefined);
      return null;
    }
    if (done) break;
    parts.add(convert(output, value));
    bytes += value.length;
    progress({ share: total === null || total === 0 ? null : Math.min(1, bytes / total), bytes });
  }
  parts.add(output.end());
  if (hop !== null && output.written === 0) {
    throw new Fault(
      'no-packets',
      `No packet of this capture was seen at ${hop}.`,
      'Choose another hop, or all of them.',
    );
  }
  if (hop === null && output.packets === 0) {
    throw new Fault(
      'no-metadata',
      'No packet of this capture has metadata: for Wireshark it would be the same file.',
      'Download the capture as it is.',
    );
  }
  return parts.pcapng();
}

function convert(output: WiresharkExport, chunk: Uint8Array): Uint8Array {
  try {
    return output.push(chunk);
  } catch (thrown) {
    throw new Fault(
      'not-pcapng',
      `This capture is no pcapng that can be written for Wireshark (${thrown instanceof Error ? thrown.message : String(thrown)}).`,
      'A pcap has no metadata: Wireshark opens it as it is.',
    );
  }
}
