/**
 * Calls back when nothing was heard for a while, and again after each further such while. A browser's WebSocket
 * shows no pings, so a socket whose other end has vanished looks like one that has nothing to say.
 */
export class Silence {
  readonly #timer: ReturnType<typeof setInterval>;
  #heard = true;
  #asking = false;
  readonly #onSilence: () => Promise<void>;

  /** `onSilence` is called after one to two times `silenceMs` without `heard`, never twice at a time. */
  constructor(silenceMs: number, onSilence: () => Promise<void>) {
    this.#onSilence = onSilence;
    this.#timer = setInterval(() => {
      if (!this.#heard) this.ask();
      this.#heard = false;
    }, silenceMs);
  }

  heard(): void {
    this.#heard = true;
  }

  /** Calls back at once: there is reason to doubt, such as the browser saying that it is offline. */
  ask(): void {
    if (this.#asking) return;
    this.#asking = true;
    void this.#onSilence().finally(() => (this.#asking = false));
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
