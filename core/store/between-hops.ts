/**
 * What lies between two hops, worked out once for each pair and list of programs, with the two verdicts that
 * follow from it alone: most packets that are not as before are one of these.
 */
import { between, isGateOf, type Between } from '#core/diagnosis/between.ts';
import { KERNEL_UNKNOWN } from '#core/diagnosis/kernel-version.ts';
import type { Place } from '#core/diagnosis/sighting.ts';
import { appeared, rewritten } from '#core/diagnosis/transition.ts';
import { createTransition, type HopStateCode } from '#core/diagnosis/types.ts';
import { packCause } from './hop-causes.ts';
import type { HostFacts } from './host-facts.ts';

/** Values of the `state` and `cause` columns. */
export interface Verdict {
  readonly state: HopStateCode;
  readonly cause: number;
}

export interface Pair {
  readonly between: Between;
  /** There was no metadata, and now there is. */
  readonly appeared: Verdict;
  /** The bytes at the same place differ; not for pairs with the neighbour layer between them. */
  readonly rewritten: Verdict;
}

/** What was worked out for one host: by `from` + 1, then by `to`. */
type Pairs = (Pair | undefined)[][];

const BY_NO_HOST = {};
const transition = createTransition();

export class BetweenHops {
  private readonly places: readonly Place[];
  private readonly byHost = new WeakMap<object, Pairs>();
  private host: HostFacts | null | undefined = undefined;
  private current: Pairs = [];
  /** By hop, of the first `gatesAmong` hops. */
  private gates: (readonly number[] | undefined)[] = [];
  private gatesAmong = 0;

  constructor(places: readonly Place[]) {
    this.places = places;
  }

  /** `from` -1: the packet was not seen before. */
  get(from: number, to: number, host: HostFacts | null): Pair {
    if (host !== this.host) this.use(host);
    const row = (this.current[from + 1] ??= []);
    return (row[to] ??= this.make(from, to, host));
  }

  /** Of the hops that there are so far, those that a packet came through before it came to `to`. */
  gatesOf(to: number): readonly number[] {
    const { places } = this;
    if (this.gatesAmong !== places.length) {
      this.gates = [];
      this.gatesAmong = places.length;
    }
    return (this.gates[to] ??= [...places.keys()].filter((hop) => isGateOf(places[hop]!, places[to]!)));
  }

  private make(from: number, to: number, host: HostFacts | null): Pair {
    const lies = between(
      from < 0 ? null : this.places[from]!,
      this.places[to]!,
      host?.programs ?? null,
      host?.kernelVersion ?? KERNEL_UNKNOWN,
    );
    appeared(lies, transition);
    const first = { state: transition.state, cause: packCause(transition.cause, transition.known) };
    rewritten(lies, transition);
    const other = { state: transition.state, cause: packCause(transition.cause, transition.known) };
    return { between: lies, appeared: first, rewritten: other };
  }

  private use(host: HostFacts | null): void {
    this.host = host;
    const key = host ?? BY_NO_HOST;
    const known = this.byHost.get(key);
    this.current = known ?? [];
    if (known === undefined) this.byHost.set(key, this.current);
  }
}
