/** What the kernel counted of each of the probe's programs (BPF_ENABLE_STATS), of programs that leave at once, of a miss and of a hit. */
import { table } from './table.ts';
import type { Watched } from './watchers.ts';

export type Outcome = 'bare' | 'miss' | 'hit';

interface Price {
  readonly runs: number;
  readonly ns: number;
}

export class PriceList {
  /** By hook, the cheapest round of each. */
  readonly #prices: Record<Outcome, Map<string, Price>> = {
    bare: new Map(),
    miss: new Map(),
    hit: new Map(),
  };

  add(outcome: Outcome, { cost }: Watched): void {
    if (cost?.counting !== true) throw new Error('the kernel does not count the run time of BPF programs');
    const prices = this.#prices[outcome];
    for (const { attach, hook, name, runs, runTimeNs } of cost.programs) {
      if (attach !== 'own' || runs === 0) continue;
      const before = prices.get(hook || name);
      const ns = runTimeNs / runs;
      if (before === undefined || ns < before.ns) prices.set(hook || name, { runs, ns });
    }
  }

  /** Of all programs in a round. */
  runs(outcome: Outcome): number {
    return this.#sum(outcome, ({ runs }) => runs);
  }

  #sum(outcome: Outcome, of: (price: Price) => number): number {
    return [...this.#prices[outcome].values()].reduce((total, price) => total + of(price), 0);
  }

  /** Programs that ran for every packet of the flood, in ns a run; then all. */
  table(packets: number): string {
    const { bare, miss, hit } = this.#prices;
    const ns = (price: Price | undefined): string => price?.ns.toFixed(1) ?? '';
    const mean = (outcome: Outcome): string =>
      (this.#sum(outcome, ({ runs, ns: each }) => runs * each) / this.runs(outcome)).toFixed(1);
    return table([
      ['ns a run, as the kernel counts', 'bare', 'miss', 'hit'],
      ...[...hit]
        .filter(([, { runs }]) => runs >= packets)
        .map(([hook, price]) => [hook, ns(bare.get(hook)), ns(miss.get(hook)), ns(price)]),
      ['all', mean('bare'), mean('miss'), mean('hit')],
    ]);
  }
}
