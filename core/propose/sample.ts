/** Areas of a capture in memory, spread over all of it, each once per change within a journey, with their packets. */
import { HOP_STATE } from '#core/diagnosis/types.ts';
import type { CaptureStore } from '#core/store/capture-store.ts';
import { EVENT_BIT, RECORD, type EventChunk } from '#core/store/event-columns.ts';
import { CHUNK_MASK } from '#core/store/limits.ts';
import { nsFromParts } from '#core/time/ns.ts';
import { MAX_SAMPLE_AREAS } from './propose.ts';
import type { AreaSample, PacketFields } from './types.ts';

const NOT_WRITTEN: ReadonlySet<number> = new Set([HOP_STATE.clobbered, HOP_STATE.suspect]);

export class AreaSampler {
  readonly #store: CaptureStore;
  readonly #end: number;
  readonly #every: number;
  readonly #samples: AreaSample[] = [];
  #cursor = 0;
  #newest = 0;
  #leftOut = 0;

  /** Of the events that are there now. */
  constructor(store: CaptureStore) {
    this.#store = store;
    this.#end = store.events.count;
    this.#every = Math.max(1, Math.ceil(store.areas.count / MAX_SAMPLE_AREAS));
  }

  /** Looks at `budget` events; true when there are no more. */
  advance(budget: number): boolean {
    const end = Math.min(this.#end, this.#cursor + budget);
    for (; this.#cursor < end; this.#cursor++) {
      const chunk = this.#store.events.chunk(this.#cursor);
      const row = this.#cursor & CHUNK_MASK;
      const area = chunk.area[row]!;
      // Areas are numbered as they come: one that was seen before belongs to an earlier event.
      if (area <= this.#newest) continue;
      this.#newest = area;
      // Not what somebody wrote: other bytes over it, or those of another place.
      if (NOT_WRITTEN.has(chunk.state[row]!)) {
        this.#leftOut++;
        continue;
      }
      if (area % this.#every !== 0) continue;
      this.#samples.push({ bytes: this.#store.areas.bytes(area), packet: this.#packet(chunk, row) });
    }
    return this.#cursor === this.#end;
  }

  /** Areas that are no samples, because they are not as they were written. */
  get leftOut(): number {
    return this.#leftOut;
  }

  samples(): readonly AreaSample[] {
    return this.#samples;
  }

  #packet(chunk: EventChunk, row: number): PacketFields {
    const flags = chunk.flags[row]!;
    const hasPorts = (flags & EVENT_BIT.ports) !== 0;
    const isRecorded = (flags & EVENT_BIT.recorded) !== 0;
    return {
      source: this.#address(flags, chunk.src[row]!),
      destination: this.#address(flags, chunk.dst[row]!),
      sourcePort: hasPorts ? chunk.srcPort[row]! : null,
      destinationPort: hasPorts ? chunk.dstPort[row]! : null,
      length: chunk.length[row]!,
      timeNs: (flags & EVENT_BIT.time) === 0 ? null : nsFromParts(chunk.tsHi[row]!, chunk.tsLo[row]!),
      mark: isRecorded ? chunk.record(row, RECORD.mark) : null,
      hash: isRecorded ? chunk.record(row, RECORD.hash) : null,
    };
  }

  #address(flags: number, value: number): Uint8Array | null {
    if ((flags & EVENT_BIT.ipv4) !== 0) {
      return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
    }
    if ((flags & EVENT_BIT.ipv6) === 0 || value === 0) return null;
    return this.#store.flows.ipv6.key(value).slice(0, 16);
  }
}
