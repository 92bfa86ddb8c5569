/**
 * Flow control of `/stream`, both ends, without any I/O. The worker gives a window once and then gives
 * back what it has *decoded* (not what it has received), so a busy worker slows the agent's reading of
 * the log and nothing piles up in between.
 */
import { CREDIT_WINDOW_BYTES, MAX_FRAME_PAYLOAD_BYTES } from './messages.ts';

/** The agent's end, one for each socket: how many payload bytes may still be sent. */
export class SendCredit {
  #available = 0;

  get available(): number {
    return this.#available;
  }

  /**
   * The client grants `bytes` more. The sum stays within one window whatever a client says, which bounds
   * what a socket can be made to buffer; an honest client never reaches the bound.
   */
  grant(bytes: number): void {
    if (!Number.isSafeInteger(bytes) || bytes < 0) throw new RangeError(`${bytes} is not a credit`);
    this.#available = Math.min(this.#available + bytes, CREDIT_WINDOW_BYTES);
  }

  /** How long the next frame's payload may be; 0 = wait for credit. */
  get frameBytes(): number {
    return Math.min(this.#available, MAX_FRAME_PAYLOAD_BYTES);
  }

  /** Takes a whole payload's credit, or nothing and false when there is not enough. */
  take(bytes: number): boolean {
    if (!Number.isSafeInteger(bytes) || bytes < 0) throw new RangeError(`${bytes} is not a payload length`);
    if (bytes > this.#available) return false;
    this.#available -= bytes;
    return true;
  }
}

/**
 * The worker's end, one for each socket. `outstanding` is what the agent may still send or has sent and
 * is not decoded: it never exceeds the window.
 */
export class ReceiveCredit {
  readonly window: number;
  readonly #threshold: number;
  /** Granted and not yet received. */
  #granted: number;
  /** Received and not yet decoded. */
  #pending = 0;
  /** Decoded and not yet granted again. */
  #decoded = 0;

  /** `window` bytes, at least two frames: with less, agent and worker could each wait for the other. */
  constructor(window = CREDIT_WINDOW_BYTES) {
    if (
      !Number.isSafeInteger(window) ||
      window < 2 * MAX_FRAME_PAYLOAD_BYTES ||
      window > CREDIT_WINDOW_BYTES
    ) {
      throw new RangeError(
        `a window of ${window} bytes is not between two frames and ${CREDIT_WINDOW_BYTES}`,
      );
    }
    this.window = window;
    this.#threshold = window / 2;
    this.#granted = window;
  }

  get pending(): number {
    return this.#pending;
  }

  get outstanding(): number {
    return this.#granted + this.#pending;
  }

  /** A payload arrived. false = the agent sent more than it was granted. */
  received(bytes: number): boolean {
    if (bytes > this.#granted) return false;
    this.#granted -= bytes;
    this.#pending += bytes;
    return true;
  }

  /**
   * A payload is decoded. Returns what to grant now: 0, or everything decoded so far once that is half
   * the window. Half a window at a time keeps the other half in flight and credit messages rare.
   */
  decoded(bytes: number): number {
    if (bytes > this.#pending) throw new RangeError(`${bytes} bytes decoded of ${this.#pending} received`);
    this.#pending -= bytes;
    this.#decoded += bytes;
    if (this.#decoded < this.#threshold) return 0;
    const grant = this.#decoded;
    this.#decoded = 0;
    this.#granted += grant;
    return grant;
  }
}
