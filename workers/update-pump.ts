/** Decides when an Update is worth sending: at most every `intervalMs`, and always once after the last change. */
export interface PumpOptions {
  readonly intervalMs: number;
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
  readonly setTimer: (callback: () => void, ms: number) => () => void;
  /** Builds and sends one. Returns true when another is due without any change, as while a rate decays. */
  readonly send: () => boolean;
}

export class UpdatePump {
  readonly #options: PumpOptions;
  #sentAt = -Infinity;
  #cancelTimer: (() => void) | null = null;
  #stopped = false;

  constructor(options: PumpOptions) {
    this.#options = options;
  }

  /** Something changed. */
  touch(): void {
    if (this.#stopped) return;
    const wait = this.#sentAt + this.#options.intervalMs - this.#options.now();
    if (wait <= 0) this.flush();
    else this.#schedule(wait);
  }

  /** Sends now, whatever the interval: the answer to what a person did, and the last one. */
  flush(): void {
    if (this.#stopped) return;
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    this.#sentAt = this.#options.now();
    if (this.#options.send()) this.#schedule(this.#options.intervalMs);
  }

  /** Nothing is sent any more. */
  stop(): void {
    this.#stopped = true;
    this.#cancelTimer?.();
    this.#cancelTimer = null;
  }

  #schedule(wait: number): void {
    this.#cancelTimer ??= this.#options.setTimer(() => {
      this.#cancelTimer = null;
      this.flush();
    }, wait);
  }
}
