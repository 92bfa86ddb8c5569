/** Options of a packet that a `PacketView` does not have, of those that may go: comments and the verdict. */
import { EPB_VERDICT, OPT_COMMENT } from '#core/pcapng/blocks.ts';
import { readOptions } from '#core/pcapng/options.ts';
import { decodeCString } from '#core/pcapng/text.ts';
import type { PacketView } from '#core/pcapng/types.ts';
import type { PacketOptions } from '#core/pcapng/writer.ts';

const VERDICT_BYTES = 9;

export interface RareOptions {
  readonly options: Pick<PacketOptions, 'comments' | 'verdict'>;
  /** Comments that stay. */
  readonly left: number;
}

const NONE: RareOptions = { options: {}, left: 0 };

/** `keepsTexts`: comments go as they are; else none does. */
export function rareOptions(packet: PacketView, keepsTexts: boolean): RareOptions {
  const { buf, optionsStart, optionsLength, littleEndian } = packet;
  if (optionsLength === 0) return NONE;
  const { options } = readOptions(buf, optionsStart, optionsLength, littleEndian);
  const verdict = options.find(({ code, length }) => code === EPB_VERDICT && length === VERDICT_BYTES);
  const comments = options.filter(({ code }) => code === OPT_COMMENT);
  const kept = keepsTexts ? comments : [];
  return {
    options: {
      ...(kept.length > 0 && {
        comments: kept.map(({ start, length }) => decodeCString(buf, start, length)),
      }),
      ...(verdict !== undefined && { verdict: readVerdict(buf, verdict.start, littleEndian) }),
    },
    left: comments.length - kept.length,
  };
}

function readVerdict(buf: Uint8Array, at: number, littleEndian: boolean): { kind: number; value: bigint } {
  const v = new DataView(buf.buffer, buf.byteOffset + at, VERDICT_BYTES);
  return { kind: v.getUint8(0), value: v.getBigUint64(1, littleEndian) };
}
