/** The optional parts of Whither's event struct into the columns. */
import {
  EXT_BESIDE_SIZE,
  EXT_CB_SIZE,
  EXT_DROP_SIZE,
  EXT_LINK_JOURNEY,
  EXT_LINK_SIZE,
  EXT_SOCKET_SIZE,
  EXT_TASK_SIZE,
} from '#core/format/layout.gen.ts';
import { EXTENSION } from '#core/format/structs.ts';
import type { PacketBatch } from '#core/pcapng/packet-batch.ts';
import { AreaTable } from './area-table.ts';
import { BytesTable } from './bytes-table.ts';
import { EVENT_BIT, RECORD } from './event-columns.ts';
import type { JourneyPrints } from './journey-prints.ts';
import { MAX_EXTRAS_BYTES, MAX_INTERNED } from './limits.ts';

export class ExtensionWriter {
  /** Keys are EXT_TASK structs. */
  readonly tasks: BytesTable;
  /** skb->cb (EXT_CB) and EXT_BESIDE as they follow one another: which is there shows in the length. */
  readonly extras = new AreaTable(MAX_EXTRAS_BYTES);
  /** What had no place, '' = nothing so far. */
  refused = '';
  private readonly prints: JourneyPrints;

  constructor(seed: number, prints: JourneyPrints) {
    this.tasks = new BytesTable(EXT_TASK_SIZE, MAX_INTERNED, seed);
    this.prints = prints;
  }

  /**
   * Fills the record that begins at words[w] from the extensions (bits of EXTENSION) that are from `start` to
   * `end` of the buffer; they end at the first bit that is not known. `previous`: extras of the journey's event before.
   * Returns bits for the `flags` column.
   */
  write(
    words: Uint32Array,
    w: number,
    { view }: PacketBatch,
    extensions: number,
    start: number,
    end: number,
    journey: number,
    previous: number,
  ): number {
    let bits = 0;
    let at = start;
    if ((extensions & EXTENSION.task) !== 0) {
      if (at + EXT_TASK_SIZE > end) return bits;
      words[w + RECORD.task] = this.tasks.intern(view, at);
      if (words[w + RECORD.task] === 0) this.refused = 'tasks';
      at += EXT_TASK_SIZE;
    }
    if ((extensions & EXTENSION.drop) !== 0) {
      if (at + EXT_DROP_SIZE > end) return bits;
      words[w + RECORD.drop] = view.getUint32(at, true);
      bits = EVENT_BIT.drop;
      at += EXT_DROP_SIZE;
    }
    if ((extensions & EXTENSION.socket) !== 0) {
      if (at + EXT_SOCKET_SIZE > end) return bits;
      words[w + RECORD.cookieLo] = view.getUint32(at, true);
      words[w + RECORD.cookieHi] = view.getUint32(at + 4, true);
      at += EXT_SOCKET_SIZE;
    }
    let extras = 0;
    if ((extensions & EXTENSION.cb) !== 0) {
      if (at + EXT_CB_SIZE > end) return bits;
      extras = EXT_CB_SIZE;
    }
    if ((extensions & EXTENSION.beside) !== 0) {
      if (at + extras + EXT_BESIDE_SIZE > end) return bits;
      extras += EXT_BESIDE_SIZE;
    }
    if (extras > 0) {
      words[w + RECORD.extras] = this.extras.keep(view, at, extras, previous);
      if (words[w + RECORD.extras] === 0) this.refused = 'bytes beside the metadata';
      at += extras;
    }
    if ((extensions & EXTENSION.link) !== 0 && at + EXT_LINK_SIZE <= end) {
      const lo = view.getUint32(at + EXT_LINK_JOURNEY, true);
      const hi = view.getUint32(at + EXT_LINK_JOURNEY + 4, true);
      if (!this.prints.setOrigin(journey, hi, lo)) this.refused = 'links';
    }
    return bits;
  }
}
