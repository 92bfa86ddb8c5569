/** Notes by what they are about: those on what a share of a part does not have stay, unless they are to go all the same. */
import type { CaptureNote, Pin } from '#core/notes/notes.ts';

/** Journeys and times that notes are about, looked for among the events that go. */
export class SharedPins {
  /** By id; a run of '' is any. */
  readonly #journeys = new Map<bigint, string[]>();
  #times: { readonly pin: string; readonly from: bigint; readonly to: bigint }[] = [];
  readonly #found = new Set<string>();
  readonly #hops = new Set<string>();

  /** `items`: those that may go. */
  constructor(items: readonly CaptureNote[]) {
    for (const { pin } of items) {
      if (pin.on === 'journey') {
        const id = BigInt(pin.id);
        this.#journeys.set(id, [...(this.#journeys.get(id) ?? []), pin.run]);
      }
      if (pin.on === 'time') {
        this.#times.push({ pin: nameOf(pin), from: BigInt(pin.fromNs), to: BigInt(pin.toNs) });
      }
    }
  }

  /** An event that goes. `journey`: its id, null = it has none; `run`: as links name it. */
  event(journey: bigint | null, run: string, time: bigint): void {
    if (this.#times.length > 0) {
      this.#times = this.#times.filter(({ pin, from, to }) => {
        const isIn = from <= time && time <= to;
        if (isIn) this.#found.add(pin);
        return !isIn;
      });
    }
    const runs = journey === null ? undefined : this.#journeys.get(journey);
    if (journey === null || runs === undefined) return;
    for (const of of runs) {
      if (of === '' || of === run)
        this.#found.add(nameOf({ on: 'journey', id: journey.toString(), run: of }));
    }
  }

  /** A hop at which an event goes, by what links call it. */
  hop(keys: readonly string[]): void {
    for (const key of keys) this.#hops.add(key);
  }

  /** `types`: of the TLVs that go, by `SCHEMA.TYPE`. */
  has(pin: Pin, types: ReadonlySet<string>): boolean {
    switch (pin.on) {
      case 'journey':
      case 'time':
        return this.#found.has(nameOf(pin));
      case 'hop':
        return this.#hops.has(pin.hop);
      case 'tlv':
        return [...types].some((type) => type.endsWith(`.${pin.name}`));
      case 'cause':
        // What it says is so of any capture.
        return true;
    }
  }
}

function nameOf(pin: Pin & { readonly on: 'journey' | 'time' }): string {
  return pin.on === 'journey' ? `${BigInt(pin.id)}@${pin.run}` : `${pin.fromNs}-${pin.toNs}`;
}
