/**
 * Writes addresses as seldom as browsers take them (the strictest 100 in 30 s): a few at once, then the newest at intervals, so that it
 * is right when what is held down rests. Steps of the history are never late.
 */

/** At once, after a while without any. */
const BURST = 12;
/** From then on: with the burst 87 in 30 s. */
const INTERVAL_MS = 400;

/** When somebody may look at the address, take it, or leave the page: it is what it should be by then. Not captured: each element's blur would be one. */
const LOOKS = ['pagehide', 'blur', 'copy', 'visibilitychange'] as const;

export class AddressBar {
  /** What is still to be written to the entry of the history that is shown; null = nothing. */
  #waiting: string | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** How many may be written at once, as of `#at`. */
  #room = BURST;
  #at = performance.now();
  #pushed = 0;
  /** Entries are known again by their state; null = one that was there before. */
  #entry: unknown = history.state;
  /** What was waiting for an entry when somebody went from it. */
  readonly #late = new Map<unknown, string>();

  constructor() {
    for (const look of LOOKS) addEventListener(look, this.#onLook);
  }

  /** The query of the address as it is, or is about to be. */
  get text(): string {
    return this.#waiting ?? location.search;
  }

  /** Instead of what the entry has. */
  replace(text: string): void {
    this.#waiting = text === location.search ? null : text;
    if (this.#waiting === null) return;
    if (this.#roomNow() >= 1) this.#flush();
    else this.#timer ??= setTimeout(this.#flush, (1 - this.#room) * INTERVAL_MS);
  }

  /** A step: Back leads to what the entry had, what is waiting for it included. */
  push(text: string): void {
    this.#flush();
    this.#spend();
    this.#entry = `${performance.timeOrigin} ${++this.#pushed}`;
    history.pushState(this.#entry, '', urlOf(text));
  }

  /** Another entry is shown: its address is what it should be when this returns. */
  arrived(): void {
    if (this.#waiting !== null) this.#late.set(this.#entry, this.#waiting);
    this.#waiting = null;
    this.#entry = history.state;
    const late = this.#late.get(this.#entry);
    this.#late.delete(this.#entry);
    if (late !== undefined) this.replace(late);
    this.#flush();
  }

  stop(): void {
    this.#flush();
    for (const look of LOOKS) removeEventListener(look, this.#onLook);
  }

  readonly #onLook = (): void => this.#flush();

  readonly #flush = (): void => {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const text = this.#waiting;
    this.#waiting = null;
    if (text === null) return;
    this.#spend();
    history.replaceState(this.#entry, '', urlOf(text));
  };

  #roomNow(): number {
    const now = performance.now();
    this.#room = Math.min(BURST, this.#room + (now - this.#at) / INTERVAL_MS);
    this.#at = now;
    return this.#room;
  }

  #spend(): void {
    this.#room = Math.max(0, this.#roomNow() - 1);
  }
}

/** A share in the fragment stays there. */
function urlOf(text: string): string {
  return (text === '' ? location.pathname : text) + location.hash;
}
