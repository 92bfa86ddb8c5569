/** Bytes of a live capture that nobody will deliver: a gap in time, once the first event behind them is known. */
import type { CaptureStore } from '#core/store/capture-store.ts';
import { causeName } from '#core/store/gap-ledger.ts';
import { CHUNK_MASK } from '#core/store/limits.ts';
import { nsFromParts, type Ns } from '#core/time/ns.ts';

export class ByteGap {
  #open: { readonly cause: number; readonly from: Ns | null } | null = null;

  /** Behind the last event of `store`; `cause` is a GAP_CAUSE. */
  open(cause: number, store: CaptureStore): void {
    const last = store.events.count - 1;
    this.#open = { cause, from: last < 0 ? null : timeOf(store, last) };
  }

  /** `event` is the first that came behind it, if there is one. How many were in it nobody knows. */
  close(store: CaptureStore, event: number): void {
    if (this.#open === null) return;
    const to = timeOf(store, event);
    store.gaps.add(null, causeName(this.#open.cause), null, this.#open.from ?? to, to);
    this.#open = null;
  }

  forget(): void {
    this.#open = null;
  }
}

function timeOf(store: CaptureStore, event: number): Ns {
  const chunk = store.events.chunk(event);
  return nsFromParts(chunk.tsHi[event & CHUNK_MASK]!, chunk.tsLo[event & CHUNK_MASK]!);
}
