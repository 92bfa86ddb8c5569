/**
 * Which earlier journeys may be the same packet as one: the last MAX_LINK_SCAN of them in chains by what their prints
 * say, so that a capture is linked in one pass over it. Chains are in rings of fixed size, as a compressor keeps the
 * places of earlier strings; a chain is of one bucket, and who follows it compares the prints themselves. A ring is of
 * two windows, because who asks about a journey asks then about those that it may come from: they are up to a window back.
 */
import { PRINT } from './fingerprint.ts';
import type { JourneySource } from './links.ts';

/** Journeys that are looked at in either direction. */
export const MAX_LINK_SCAN = 1 << 16;
const BUCKET_MASK = MAX_LINK_SCAN - 1;
const RING_SIZE = 2 * MAX_LINK_SCAN;
const RING_MASK = RING_SIZE - 1;
/** Of one chain: a capture may be crafted so that all its packets are in one, and a flood nearly is. */
export const MAX_CHAIN_STEPS = 1024;

class Chains {
  /** Newest journey of each bucket, from 1; 0 = none. */
  private readonly newest = new Uint32Array(MAX_LINK_SCAN);
  /** By journey, in the ring: the one before it in its bucket, from 1. */
  private readonly older = new Uint32Array(RING_SIZE);

  add(key: number, journey: number): void {
    const bucket = key & BUCKET_MASK;
    this.older[journey & RING_MASK] = this.newest[bucket]!;
    this.newest[bucket] = journey + 1;
  }

  /**
   * Calls `visit` with the journeys from `from` on and before `before` whose key may be `key`, the newest first, until it
   * says false. Those behind are passed over and are no steps, at most RING_SIZE of them: what is found is the same whatever was added since.
   */
  follow(key: number, from: number, before: number, visit: (journey: number) => boolean): void {
    let next = this.newest[key & BUCKET_MASK]!;
    for (let steps = 0; next > from && steps < MAX_CHAIN_STEPS;) {
      if (next <= before) {
        steps++;
        if (!visit(next - 1)) return;
      }
      next = this.older[(next - 1) & RING_MASK]!;
    }
  }

  clear(): void {
    this.newest.fill(0);
  }
}

/** What of a print a chain is by; the one that is asked for with another word of the later print. */
export type ChainOf = 'packet' | 'inner' | 'stream';

type Prints = Pick<JourneySource, 'prints' | 'printAt'>;

export class PrintWindow {
  private chains: Readonly<Record<ChainOf, Chains>> | null = null;
  /** Journeys [from, to) are in the chains. */
  private from = 0;
  private to = 0;

  /**
   * Calls `visit` with journeys before `journey` whose packet, inner packet or (TCP) flow may be `key`,
   * the newest first, until it says false. Cheapest when `journey` goes back by no more than a window from call to call.
   */
  follow(
    source: Prints,
    journey: number,
    of: ChainOf,
    key: number,
    visit: (journey: number) => boolean,
  ): void {
    if (key === 0) return;
    this.fill(source, journey);
    this.chains![of].follow(key, Math.max(this.from, journey - MAX_LINK_SCAN), journey, visit);
  }

  private fill(source: Prints, journey: number): void {
    const start = Math.max(0, journey - MAX_LINK_SCAN);
    // Going back within what the chains still have is no reason to begin anew.
    if (journey < this.to && start >= this.from && this.to - start <= RING_SIZE) return;
    this.chains ??= { packet: new Chains(), inner: new Chains(), stream: new Chains() };
    const { packet, inner, stream } = this.chains;
    if (journey < this.to || start > this.to || start < this.from) {
      for (const chain of [packet, inner, stream]) chain.clear();
      this.from = start;
      this.to = start;
    }
    for (; this.to < journey; this.to++) {
      const words = source.prints(this.to);
      const at = source.printAt(this.to);
      const own = words[at + PRINT.packet]!;
      const inside = words[at + PRINT.innerPacket]!;
      if (own !== 0) packet.add(own, this.to);
      if (inside !== 0) inner.add(inside, this.to);
      if (words[at + PRINT.length]! > 0) stream.add(words[at + PRINT.flow]!, this.to);
    }
  }
}
