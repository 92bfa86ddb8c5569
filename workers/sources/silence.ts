/**
 * Calls back when nothing was heard for a while, and again after each further such while. A browser's WebSocket
 * shows no pings, so a socket whose other end has vanished looks like one that has nothing to say.
 */
export class Silence {
  readonly #timer: ReturnType<typeof setInterval>;
  #heard = true;
  #asking = false;

  /** `onSilence` is called after one to two times `silenceMs` without `heard`, never twice at a time. */
  constructor(silenceMs: number, onSilence: () => Promise<void>) {
    this.#timer = setInterval(() => {
      if (!this.#heard && !this.#asking) {
        this.#asking = true;
        void onSilence().finally(() => (this.#asking = false));
      }
      this.#heard = false;
    }, silenceMs);
  }

  heard(): void {
    this.#heard = true;
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
