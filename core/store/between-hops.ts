/**
 * What lies between two hops, worked out once for each pair and list of programs, with the two verdicts that
 * follow from it alone: most packets that are not as before are one of these.
 */
import { between, type Between } from '#core/diagnosis/between.ts';
import type { Place } from '#core/diagnosis/sighting.ts';
import { appeared, rewritten } from '#core/diagnosis/transition.ts';
import { createTransition } from '#core/diagnosis/types.ts';
import { packCause } from './hop-causes.ts';
import type { HostFacts } from './host-facts.ts';
import { MAX_HOPS } from './limits.ts';

/** Values of the `state` and `cause` columns. */
export interface Verdict {
  readonly state: number;
  readonly cause: number;
}

export interface Pair {
  readonly between: Between;
  /** There was no metadata, and now there is. */
  readonly appeared: Verdict;
  /** The bytes at the same place differ; not for pairs with the neighbour layer between them. */
  readonly rewritten: Verdict;
}

/** All that was worked out for one host. */
class Pairs {
  readonly list: Pair[] = [];
  /** By pair: number in the list from 1, 0 = not worked out. */
  readonly numbers = new Uint32Array((MAX_HOPS + 1) * MAX_HOPS);
}

const BY_NO_HOST = {};
const transition = createTransition();

export class BetweenHops {
  private readonly places: readonly Place[];
  private readonly byHost = new WeakMap<object, Pairs>();
  private host: HostFacts | null | undefined = undefined;
  private current = new Pairs();

  constructor(places: readonly Place[]) {
    this.places = places;
  }

  /** `from` -1: the packet was not seen before. */
  get(from: number, to: number, host: HostFacts | null): Pair {
    if (host !== this.host) this.use(host);
    const key = (from + 1) * MAX_HOPS + to;
    const number = this.current.numbers[key]!;
    return number === 0 ? this.make(from, to, host, key) : this.current.list[number - 1]!;
  }

  private make(from: number, to: number, host: HostFacts | null, key: number): Pair {
    const lies = between(from < 0 ? null : this.places[from]!, this.places[to]!, host?.programs ?? null);
    appeared(lies, transition);
    const first = { state: transition.state, cause: packCause(transition.cause, transition.known) };
    rewritten(lies, transition);
    const other = { state: transition.state, cause: packCause(transition.cause, transition.known) };
    const pair: Pair = { between: lies, appeared: first, rewritten: other };
    this.current.numbers[key] = this.current.list.push(pair);
    return pair;
  }

  private use(host: HostFacts | null): void {
    this.host = host;
    const key = host ?? BY_NO_HOST;
    const known = this.byHost.get(key);
    this.current = known ?? new Pairs();
    if (known === undefined) this.byHost.set(key, this.current);
  }
}
