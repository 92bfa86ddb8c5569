/** What lies between two hops, worked out once for each pair and list of programs. */
import { between, type Between } from '#core/diagnosis/between.ts';
import type { Place } from '#core/diagnosis/sighting.ts';
import type { HostFacts } from './host-facts.ts';
import { MAX_HOPS } from './limits.ts';

const BY_NO_HOST = {};

export class BetweenHops {
  private readonly places: readonly Place[];
  private readonly byHost = new WeakMap<object, Map<number, Between>>();
  private host: HostFacts | null | undefined = undefined;
  private current = new Map<number, Between>();

  constructor(places: readonly Place[]) {
    this.places = places;
  }

  /** `from` -1: the packet was not seen before. */
  get(from: number, to: number, host: HostFacts | null): Between {
    if (host !== this.host) this.use(host);
    const key = (from + 1) * MAX_HOPS + to;
    const known = this.current.get(key);
    if (known !== undefined) return known;
    const made = between(from < 0 ? null : this.places[from]!, this.places[to]!, host?.programs ?? null);
    this.current.set(key, made);
    return made;
  }

  private use(host: HostFacts | null): void {
    this.host = host;
    const key = host ?? BY_NO_HOST;
    const known = this.byHost.get(key);
    this.current = known ?? new Map<number, Between>();
    if (known === undefined) this.byHost.set(key, this.current);
  }
}
