/**
 * The whole capture once more, with metadata as packet comments. It is read and written in pieces; what is written is a
 * Blob, which the browser keeps on disk, so that a large capture takes no memory here.
 */
import { WiresharkExport } from '#core/emit/for-wireshark.ts';
import { Fault } from '#workers/fault.ts';
import { openWhole, readNext } from './whole-capture.ts';
import type { WholeCapture, WorkProgress } from './api.ts';

/** So much is gathered before it becomes a part of the Blob: a part for each chunk would be thousands. */
const PART_BYTES = 8 * 1024 * 1024;

/** null = `goOn` said that nobody wants it any more. */
export async function wiresharkFile(
  capture: WholeCapture,
  progress: (progress: WorkProgress) => void,
  goOn: () => boolean,
): Promise<Blob | null> {
  const { stream, total } = await openWhole(capture);
  const reader = stream.getReader();
  const output = new WiresharkExport();
  const parts: Blob[] = [];
  let gathered: Uint8Array<ArrayBuffer>[] = [];
  let held = 0;
  let bytes = 0;
  const cut = (): void => {
    if (held === 0) return;
    parts.push(new Blob(gathered));
    gathered = [];
    held = 0;
  };
  for (;;) {
    const { done, value } = await readNext(reader);
    if (!goOn()) {
      await reader.cancel().catch(() => undefined);
      return null;
    }
    if (done) break;
    const converted = convert(output, value);
    gathered.push(converted);
    held += converted.length;
    bytes += value.length;
    if (held >= PART_BYTES) cut();
    progress({ share: total === null || total === 0 ? null : Math.min(1, bytes / total), bytes });
  }
  const rest = output.end();
  gathered.push(new Uint8Array(rest));
  held += rest.length;
  cut();
  if (output.packets === 0) {
    throw new Fault(
      'no-metadata',
      'No packet of this capture has metadata: for Wireshark it would be the same file.',
      'Download the capture as it is.',
    );
  }
  return new Blob(parts, { type: 'application/x-pcapng' });
}

function convert(output: WiresharkExport, chunk: Uint8Array): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(output.push(chunk));
  } catch (thrown) {
    throw new Fault(
      'not-pcapng',
      `This capture is no pcapng that can be written for Wireshark (${thrown instanceof Error ? thrown.message : String(thrown)}).`,
      'A pcap has no metadata: Wireshark opens it as it is.',
    );
  }
}
