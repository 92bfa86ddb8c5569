/** Per interface of a section: how many events are in the capture, and how many the trigger left out, as gap blocks. */
import { GAP_CAUSE } from '#core/format/structs.ts';
import { ISB_IFDROP, ISB_IFRECV, ISB_MIN_BYTES, ISB_USRDELIV, OPT_END } from '#core/pcapng/blocks.ts';
import { CaptureWriter } from '#core/pcapng/writer.ts';
import { nsFromParts } from '#core/time/ns.ts';

const U64_BYTES = 8;

interface Counts {
  kept: number;
  leftOut: number;
  /** Times of the earliest and the latest of them, ns as two u32. */
  fromHi: number;
  fromLo: number;
  toHi: number;
  toLo: number;
}

export class LeftOut {
  private readonly counts: Counts[] = [];
  /** Of all interfaces and sections. */
  total = 0;

  keep(interfaceId: number): void {
    this.of(interfaceId).kept++;
  }

  leaveOut(interfaceId: number, tsHi: number, tsLo: number): void {
    const c = this.of(interfaceId);
    this.total++;
    if (c.leftOut++ === 0) {
      c.fromHi = tsHi;
      c.fromLo = tsLo;
      c.toHi = tsHi;
      c.toLo = tsLo;
    } else if (isBefore(tsHi, tsLo, c.fromHi, c.fromLo)) {
      c.fromHi = tsHi;
      c.fromLo = tsLo;
    } else if (isBefore(c.toHi, c.toLo, tsHi, tsLo)) {
      c.toHi = tsHi;
      c.toLo = tsLo;
    }
  }

  /** Gap blocks of what was left out since the last call. */
  take(): Uint8Array {
    const writer = new CaptureWriter();
    this.counts.forEach((c, interfaceId) => {
      if (c.leftOut === 0) return;
      writer.gap({
        interfaceId,
        cause: GAP_CAUSE.trigger,
        count: BigInt(c.leftOut),
        fromNs: nsFromParts(c.fromHi, c.fromLo),
        toNs: nsFromParts(c.toHi, c.toLo),
      });
      c.leftOut = 0;
    });
    return writer.take();
  }

  /** Another section begins, with other interfaces. */
  clear(): void {
    this.counts.length = 0;
  }

  /**
   * An Interface Statistics Block of the probe, as a copy in which isb_usrdeliv is what the capture has, and isb_ifrecv
   * is that and what was lost.
   */
  statistics(bytes: Uint8Array, start: number, length: number): Uint8Array {
    // A Buffer's own `slice` is a view of the same memory.
    const block = new Uint8Array(bytes.subarray(start, start + length));
    if (length < ISB_MIN_BYTES) return block;
    const view = new DataView(block.buffer);
    const kept = this.counts[view.getUint32(8, true)]?.kept ?? 0;
    const dropped = optionAt(view, ISB_IFDROP);
    const received = optionAt(view, ISB_IFRECV);
    const delivered = optionAt(view, ISB_USRDELIV);
    const lost = dropped < 0 ? 0n : view.getBigUint64(dropped, true);
    if (received >= 0) view.setBigUint64(received, BigInt(kept) + lost, true);
    if (delivered >= 0) view.setBigUint64(delivered, BigInt(kept), true);
    return block;
  }

  private of(interfaceId: number): Counts {
    return (this.counts[interfaceId] ??= { kept: 0, leftOut: 0, fromHi: 0, fromLo: 0, toHi: 0, toLo: 0 });
  }
}

function isBefore(aHi: number, aLo: number, bHi: number, bLo: number): boolean {
  return aHi < bHi || (aHi === bHi && aLo < bLo);
}

/** Where the value of an option of 8 bytes is in an Interface Statistics Block; -1 = it has none. Options begin @20. */
function optionAt(view: DataView, wanted: number): number {
  const end = view.byteLength - 4;
  for (let at = 20; at + 4 <= end;) {
    const code = view.getUint16(at, true);
    const size = view.getUint16(at + 2, true);
    if (code === OPT_END || at + 4 + size > end) return -1;
    if (code === wanted && size === U64_BYTES) return at + 4;
    at += 4 + ((size + 3) & ~3);
  }
  return -1;
}
