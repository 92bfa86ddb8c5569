import { UPDATE_INTERVAL_MS } from './api.ts';

/**
 * Decides when an Update is worth sending: at most every `intervalMs()`, and always once after the last change. A page
 * that acknowledges what it has drawn is waited for and then left alone for as long as it took, so that a busy page
 * gets fewer Updates instead of a queue of them.
 */
export interface PumpOptions {
  readonly intervalMs: () => number;
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
  readonly setTimer: (callback: () => void, ms: number) => () => void;
  /** Builds and sends one. Returns true when another is due without any change, as while a rate decays. */
  readonly send: () => boolean;
}

/** A page that took longer than this was asleep, not busy. */
const MAX_REST_MS = 400;

export class UpdatePump {
  readonly #options: PumpOptions;
  #sentAt = -Infinity;
  /** Not before this moment: the page rests. */
  #restUntil = -Infinity;
  /** The page acknowledges: known from its first acknowledgement on. */
  #acknowledges = false;
  #inFlight = false;
  /** Something changed while one was in flight. */
  #due = false;
  #cancelTimer: (() => void) | null = null;
  #stopped = false;

  constructor(options: PumpOptions) {
    this.#options = options;
  }

  /** Something changed. */
  touch(): void {
    if (this.#stopped) return;
    if (this.#inFlight) {
      this.#due = true;
      return;
    }
    const wait = this.#wait();
    if (wait <= 0) this.flush();
    else this.#schedule(wait);
  }

  /** Nothing is there to be shown yet: the first comes with what is, at the latest after an interval. */
  begin(): void {
    this.#schedule(this.#options.intervalMs());
  }

  /** Sends now, whatever the interval: the answer to what a person did, and the last one. */
  flush(): void {
    if (this.#stopped) return;
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    this.#sentAt = this.#options.now();
    this.#inFlight = this.#acknowledges;
    this.#due = false;
    if (this.#options.send()) this.#again();
  }

  /** The page has drawn the newest one. */
  acknowledge(): void {
    if (this.#stopped) return;
    this.#acknowledges = true;
    if (!this.#inFlight) return;
    this.#inFlight = false;
    const now = this.#options.now();
    this.#restUntil = now + Math.min(now - this.#sentAt, MAX_REST_MS);
    if (this.#due) this.touch();
  }

  /** Nothing is sent any more. */
  stop(): void {
    this.#stopped = true;
    this.#cancelTimer?.();
    this.#cancelTimer = null;
  }

  #wait(): number {
    return Math.max(this.#sentAt + this.#options.intervalMs(), this.#restUntil) - this.#options.now();
  }

  #again(): void {
    if (this.#inFlight) this.#due = true;
    else this.#schedule(this.#options.intervalMs());
  }

  #schedule(wait: number): void {
    this.#cancelTimer ??= this.#options.setTimer(() => {
      this.#cancelTimer = null;
      this.flush();
    }, wait);
  }
}

/**
 * Milliseconds between Updates of a load that has taken `elapsedMs`. What the page draws of it takes time away from the load, on a machine
 * of two processors a fifth, and nobody looks at a tenth second of ten.
 */
export function loadIntervalMs(elapsedMs: number): number {
  return Math.min(MAX_LOAD_INTERVAL_MS, Math.max(UPDATE_INTERVAL_MS, elapsedMs / 10));
}
const MAX_LOAD_INTERVAL_MS = 400;
