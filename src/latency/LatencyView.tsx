/** How long packets take from one hop to another: histogram, percentiles, their course in time. A range is a filter. */
import { useMemo } from 'react';
import type { Hop, Latency } from '#workers/api.ts';
import { printCount, printDuration, printMany } from '#src/list/print.ts';
import { usePage, useSession } from '#src/state/context.ts';
import { hopKey, hopOfKey } from '#src/state/hop-key.ts';
import { parseJourneyId } from '#src/state/link-journeys.ts';
import { Heat } from './Heat.tsx';
import { Histogram } from './Histogram.tsx';
import { firstPair, pairOf, rangeFilter, type Pair } from './hops.ts';
import { useLatency } from './use-latency.ts';
import './latency.css';

const HEAT_COLUMNS = 160;

export default function LatencyView() {
  const session = useSession();
  const hops = usePage((state) => state.places);
  const pathHop = usePage((state) =>
    state.link.hop === null ? null : hopOfKey(state.places, state.link.hop),
  );
  const where = usePage((state) => state.link.where);
  const named = usePage((state) => state.link.pair);
  const pair = useMemo(() => pairOf(hops, named) ?? firstPair(hops), [hops, named]);
  const choose = ({ from, to }: Pair) => {
    const [fromKey, toKey] = [hopKey(hops, from), hopKey(hops, to)];
    if (fromKey !== null && toKey !== null) session.view.setPair({ from: fromKey, to: toKey });
  };
  const latency = useLatency(pair, HEAT_COLUMNS);
  const filterBy = (first: number, last: number) => {
    if (latency === null) return;
    const filter = rangeFilter(latency, hops, first, last);
    // A range of the same two hops takes the place of the one before.
    const rest = where.replace(/(^| && )latency\("[^"]*", "[^"]*"\) in [\w.]+$/, '');
    session.filter
      .write(rest === '' ? filter : `${rest} && ${filter}`)
      .catch((error: unknown) => session.failed(error, 'The list could not be filtered'));
  };
  return (
    <section className="latency-pane" aria-label="Time between hops" data-pane="latency">
      <header className="pane-head">
        <h2>Time between hops</h2>
        {pair !== null && <HopChoice hops={hops} pair={pair} pathHop={pathHop} onChoose={choose} />}
        <button
          className="button quiet small push"
          aria-label="Close the times between hops"
          onClick={() => session.view.open('between', false)}
        >
          ✕
        </button>
      </header>
      {pair === null && <p className="pane-empty">A capture with one hop has no time between hops.</p>}
      {pair !== null && latency === null && <p className="pane-empty">Measuring …</p>}
      {latency !== null && latency.journeys === 0 && <Nothing latency={latency} />}
      {latency !== null && latency.journeys > 0 && (
        <div className="latency-body">
          <Numbers latency={latency} />
          <Histogram latency={latency} onRange={filterBy} />
          <Heat latency={latency} />
        </div>
      )}
    </section>
  );
}

interface ChoiceProps {
  readonly hops: readonly Hop[];
  readonly pair: Pair;
  /** Chosen on the path. */
  readonly pathHop: number | null;
  readonly onChoose: (pair: Pair) => void;
}

function HopChoice({ hops, pair, pathHop, onChoose }: ChoiceProps) {
  const choice = (label: string, which: keyof Pair) => (
    <label>
      <span className="muted">{label}</span>{' '}
      <select
        className="latency-hop mono"
        value={pair[which]}
        onChange={({ target }) => onChoose({ ...pair, [which]: Number(target.value) })}
      >
        {hops.map((hop) => (
          <option key={hop.index} value={hop.index}>
            {hop.name}
          </option>
        ))}
      </select>
    </label>
  );
  return (
    <span className="latency-choice">
      {choice('from', 'from')}
      {choice('to', 'to')}
      <button
        className="button quiet small"
        title="The way back"
        aria-label="Swap the hops"
        onClick={() => onChoose({ from: pair.to, to: pair.from })}
      >
        ⇄
      </button>
      {pathHop !== null && pathHop !== pair.from && (
        <button className="button quiet small" onClick={() => onChoose({ ...pair, from: pathHop })}>
          from the hop on the path
        </button>
      )}
      {pathHop !== null && pathHop !== pair.to && (
        <button className="button quiet small" onClick={() => onChoose({ ...pair, to: pathHop })}>
          to the hop on the path
        </button>
      )}
    </span>
  );
}

function Nothing({ latency }: { readonly latency: Latency }) {
  return (
    <p className="pane-empty">
      {latency.without === 0
        ? 'No journey in the list was at the first hop.'
        : `${printMany(latency.without, 'journey')} ${latency.without === 1 ? 'was' : 'were'} at the first hop, and none of them at the second behind it.`}{' '}
      Choose other hops, or clear the filter.
    </p>
  );
}

function Numbers({ latency }: { readonly latency: Latency }) {
  const session = useSession();
  const { slowest } = latency;
  const id = slowest === null ? null : parseJourneyId(slowest.id);
  const numbers: readonly (readonly [string, number])[] = [
    ['least', latency.minNs],
    ['p50', latency.p50Ns],
    ['p90', latency.p90Ns],
    ['p99', latency.p99Ns],
  ];
  return (
    <dl className="latency-numbers">
      {numbers.map(([name, ns]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd className="mono" title={`${printCount(ns)} ns`}>
            {printDuration(ns)}
          </dd>
        </div>
      ))}
      <div>
        <dt>most</dt>
        <dd className="mono" title={`${printCount(latency.maxNs)} ns`}>
          {slowest !== null && id !== null ? (
            <button
              className="link"
              title={`${printCount(latency.maxNs)} ns: show journey ${slowest.id}`}
              onClick={() => session.journey.select(slowest.journey, id)}
            >
              {printDuration(latency.maxNs)}
            </button>
          ) : (
            printDuration(latency.maxNs)
          )}
        </dd>
      </div>
      <div>
        <dt>journeys</dt>
        <dd className="mono">{printCount(latency.journeys)}</dd>
      </div>
      {latency.without > 0 && (
        <div title="At the first hop, and not at the second behind it">
          <dt>never came</dt>
          <dd className="mono">{printCount(latency.without)}</dd>
        </div>
      )}
    </dl>
  );
}
