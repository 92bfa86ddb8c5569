/**
 * Fetches the rows in view: one request in flight, the newest wish waiting, nothing in between. What arrives
 * for an older generation (another filter, schema or capture) is dropped, so a stale row is never drawn.
 */
import type { JourneyRows } from '#workers/api.ts';
import type { RowWindow } from './window.ts';

export interface RowWish extends RowWindow {
  readonly generation: number;
}

export class RowLoader {
  readonly #fetch: (from: number, count: number) => Promise<JourneyRows>;
  readonly #onRows: (rows: JourneyRows) => void;
  readonly #onError: (error: unknown) => void;
  #waiting: RowWish | null = null;
  #busy = false;
  #closed = false;

  constructor(
    fetch: (from: number, count: number) => Promise<JourneyRows>,
    onRows: (rows: JourneyRows) => void,
    onError: (error: unknown) => void,
  ) {
    this.#fetch = fetch;
    this.#onRows = onRows;
    this.#onError = onError;
  }

  want(wish: RowWish): void {
    this.#waiting = wish;
    if (!this.#busy) void this.#run();
  }

  close(): void {
    this.#closed = true;
    this.#waiting = null;
  }

  async #run(): Promise<void> {
    this.#busy = true;
    for (let wish = this.#take(); wish !== null; wish = this.#take()) {
      try {
        const rows = await this.#fetch(wish.from, wish.count);
        const newest = this.#waiting?.generation ?? wish.generation;
        if (!this.#closed && rows.generation >= newest) this.#onRows(rows);
      } catch (error) {
        if (!this.#closed) this.#onError(error);
      }
    }
    this.#busy = false;
  }

  #take(): RowWish | null {
    const wish = this.#waiting;
    this.#waiting = null;
    return this.#closed ? null : wish;
  }
}
