/**
 * The user's schema instead of those of the capture, for all that is loaded: the values of TLVs, then what the schema says of
 * states. `advance` works in bounded steps; what arrives meanwhile is read by the new schema.
 */
import type { AreaDecoder } from '#core/metadata/scan.ts';
import type { CaptureStore } from './capture-store.ts';
import { retellState } from './journey-state.ts';

export class Rereading {
  private readonly store: CaptureStore;
  /** Journeys to tell anew: those that had begun when the schema came. */
  private cursor = 0;
  private end = 0;

  constructor(store: CaptureStore) {
    this.store = store;
  }

  /** null = back to the schemas of the capture. Then call `advance` until it is done. */
  begin(schema: AreaDecoder | null): void {
    this.store.tlvs.setUser(schema);
    this.cursor = 0;
    this.end = this.store.journeys.count;
  }

  /** Looks at some `budget` areas or events, at most one journey's more; true when there are no more. */
  advance(budget: number): boolean {
    if (!this.store.tlvs.advance(budget)) return false;
    for (let left = budget; left > 0 && this.cursor < this.end; this.cursor++) {
      left -= retellState(this.store, this.cursor);
    }
    return this.cursor === this.end;
  }
}
