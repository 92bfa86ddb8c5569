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
import type { PacketView } from '#core/pcapng/types.ts';
import { AreaTable } from './area-table.ts';
import { BytesTable } from './bytes-table.ts';
import { EVENT_BIT, RECORD } from './event-columns.ts';
import type { JourneyPrints } from './journey-prints.ts';
import { MAX_EXTRAS_BYTES, MAX_INTERNED } from './limits.ts';
import { WordSource } from './word-source.ts';

export class ExtensionWriter {
  /** Keys are EXT_TASK structs. */
  readonly tasks: BytesTable;
  /** skb->cb (EXT_CB) and EXT_BESIDE as they follow one another: which is there shows in the length. */
  readonly extras = new AreaTable(MAX_EXTRAS_BYTES);
  /** What had no place, '' = nothing so far. */
  refused = '';
  private readonly source = new WordSource();
  private readonly prints: JourneyPrints;

  constructor(seed: number, prints: JourneyPrints) {
    this.tasks = new BytesTable(EXT_TASK_SIZE, MAX_INTERNED, seed);
    this.prints = prints;
  }

  /**
   * Fills the record that begins at words[w] from the extensions (bits of EXTENSION) that begin at `start` of the
   * packet's buffer; they end at the first bit that is not known. `previous`: extras of the journey's event before.
   * Returns bits for the `flags` column.
   */
  write(
    words: Uint32Array,
    w: number,
    p: PacketView,
    extensions: number,
    start: number,
    journey: number,
    previous: number,
  ): number {
    const end = p.eventStart + p.eventLength;
    let bits = 0;
    let at = start;
    if ((extensions & EXTENSION.task) !== 0) {
      if (at + EXT_TASK_SIZE > end) return bits;
      words[w + RECORD.task] = this.tasks.intern(p.buf, at);
      if (words[w + RECORD.task] === 0) this.refused = 'tasks';
      at += EXT_TASK_SIZE;
    }
    if ((extensions & EXTENSION.drop) !== 0) {
      if (at + EXT_DROP_SIZE > end) return bits;
      words[w + RECORD.drop] = u32(p.buf, at);
      bits = EVENT_BIT.drop;
      at += EXT_DROP_SIZE;
    }
    if ((extensions & EXTENSION.socket) !== 0) {
      if (at + EXT_SOCKET_SIZE > end) return bits;
      words[w + RECORD.cookieLo] = u32(p.buf, at);
      words[w + RECORD.cookieHi] = u32(p.buf, at + 4);
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
      this.source.seek(p.buf, at, extras);
      words[w + RECORD.extras] = this.extras.keep(this.source.words, this.source.at, extras, previous);
      if (words[w + RECORD.extras] === 0) this.refused = 'bytes beside the metadata';
      at += extras;
    }
    if ((extensions & EXTENSION.link) !== 0 && at + EXT_LINK_SIZE <= end) {
      const lo = u32(p.buf, at + EXT_LINK_JOURNEY);
      const hi = u32(p.buf, at + EXT_LINK_JOURNEY + 4);
      if (!this.prints.setOrigin(journey, hi, lo)) this.refused = 'links';
    }
    return bits;
  }
}

function u32(buf: Uint8Array, at: number): number {
  return (buf[at]! | (buf[at + 1]! << 8) | (buf[at + 2]! << 16) | (buf[at + 3]! << 24)) >>> 0;
}
