/**
 * Reads any pcapng and classic pcap from chunks that may be cut anywhere.
 *
 * Who holds what: whole blocks are read in place, in the chunk that was given (the sink sees that
 * buffer). Only a block that a chunk cuts in two is copied, into `#carry`, which grows with the bytes
 * that really arrived and never past `maxBlockBytes`. Nothing else of the input is kept.
 */
import { DETECT_BYTES, detectFormat } from './detect.ts';
import { DEFAULT_LIMITS, type Limits } from './limits.ts';
import { PcapParser } from './pcap-parser.ts';
import { PcapngParser } from './pcapng-parser.ts';
import { ReaderContext, type UnitParser } from './reader-context.ts';
import type { CaptureSink } from './types.ts';

export type { Limits } from './limits.ts';

export const CARRY_START_BYTES = 4096;
/** Longer chunks are read in pieces: a batch keeps positions in them as 32-bit integers. */
const MAX_CHUNK_BYTES = 1 << 30;

export class CaptureReader {
  readonly #context: ReaderContext;
  #parser: UnitParser | null = null;
  #carry = new Uint8Array(CARRY_START_BYTES);
  #carryView = new DataView(this.#carry.buffer);
  #carried = 0;
  /** Offset in the input of the first byte that belongs to no whole block yet. */
  #offset = 0;
  #bytesRead = 0;
  #ended = false;

  constructor(sink: CaptureSink, options: { limits?: Partial<Limits> } = {}) {
    this.#context = new ReaderContext(sink, { ...DEFAULT_LIMITS, ...options.limits });
  }

  /** Bytes of input taken so far, also those of a block that is not whole yet. */
  get bytesRead(): number {
    return this.#bytesRead;
  }

  /** Memory kept between calls: at most `maxBlockBytes` or CARRY_START_BYTES, whichever is more. */
  get heldBytes(): number {
    return this.#carry.length;
  }

  /** A fatal problem was reported, or `end` was called: `push` does nothing any more. */
  get stopped(): boolean {
    return this.#context.stopped || this.#ended;
  }

  /**
   * Reads the next bytes and calls the sink for every block they complete. The chunk must not change
   * during the call and is not kept. Errors of the input go to `sink.problem`; only what the sink
   * throws comes out of here.
   */
  push(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length; at += MAX_CHUNK_BYTES) {
      this.#push(
        at === 0 && chunk.length <= MAX_CHUNK_BYTES ? chunk : chunk.subarray(at, at + MAX_CHUNK_BYTES),
      );
    }
  }

  #push(chunk: Uint8Array): void {
    if (this.stopped) return;
    this.#bytesRead += chunk.length;
    let at = 0;
    while (this.#carried > 0 || this.#parser === null) {
      const need = this.#parser?.need ?? DETECT_BYTES;
      const take = Math.min(need - this.#carried, chunk.length - at);
      this.#append(chunk, at, take);
      at += take;
      if (this.#carried < need) return;
      if (this.#parser === null && !this.#choose(this.#carried)) return;
      this.#runCarry();
      if (this.#context.stopped) return;
    }
    const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const stop = this.#parser.run(chunk, view, at, chunk.length, this.#offset - at);
    this.#offset += stop - at;
    if (!this.#context.stopped) this.#append(chunk, stop, chunk.length - stop);
  }

  /** The input is complete: reports what was cut off, and sums up what was skipped. */
  end(): void {
    if (this.stopped) return;
    this.#ended = true;
    const context = this.#context;
    if (this.#bytesRead === 0) {
      context.fail('empty', 0, 'The file is empty.', 'Choose another file, or capture again.');
    } else if (this.#parser === null && !this.#choose(this.#carried)) {
      return;
    } else if (this.#carried > 0) {
      const missing = (this.#parser?.need ?? 0) - this.#carried;
      context.fail(
        'truncated',
        this.#offset,
        `The capture ends in the middle of a block: at least ${missing} bytes of it are missing.`,
        'The recording was cut short, or the copy is not complete. What was read before is kept.',
      );
    } else context.problems.close();
  }

  /** Decides on the format from the first bytes; false = it is none, and that has been reported. */
  #choose(length: number): boolean {
    const found = detectFormat(this.#carry, Math.min(length, DETECT_BYTES));
    switch (found.kind) {
      case 'pcapng':
        this.#parser = new PcapngParser(this.#context);
        return true;
      case 'pcap':
        this.#parser = new PcapParser(this.#context, found.littleEndian, found.magic);
        return true;
      case 'other':
        this.#context.fail(
          'not-a-capture',
          0,
          `This is not a packet capture: it looks like ${found.looksLike}.`,
          found.remedy,
        );
        return false;
    }
  }

  /** Reads the carried block if it is whole; otherwise the parser now says how much it needs. */
  #runCarry(): void {
    const stop = this.#parser!.run(this.#carry, this.#carryView, 0, this.#carried, this.#offset);
    this.#offset += stop;
    // A carry never holds more than one unit, so either all of it was read or nothing.
    if (stop > 0) {
      this.#carry.copyWithin(0, stop, this.#carried);
      this.#carried -= stop;
    }
  }

  #append(chunk: Uint8Array, start: number, length: number): void {
    const size = this.#carried + length;
    if (size > this.#carry.length) {
      const doubled = Math.min(this.#carry.length * 2, this.#context.limits.maxBlockBytes);
      const grown = new Uint8Array(Math.max(size, doubled));
      grown.set(this.#carry.subarray(0, this.#carried));
      this.#carry = grown;
      this.#carryView = new DataView(grown.buffer);
    }
    this.#carry.set(chunk.subarray(start, start + length), this.#carried);
    this.#carried = size;
  }
}
