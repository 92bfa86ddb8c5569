import { describe, expect, it } from 'vitest';
import { EVENT_BIT, EventColumns } from '#core/store/event-columns.ts';
import { LatencyProbe } from './latency.ts';

/** Columns with one event for each Unix time in ns; null = an event without a time. */
function eventsAt(times: readonly (bigint | null)[]): EventColumns {
  const events = new EventColumns();
  for (const time of times) {
    const chunk = events.chunkForNext();
    chunk.tsHi[events.count] = Number((time ?? 0n) >> 32n);
    chunk.tsLo[events.count] = Number((time ?? 0n) & 0xffff_ffffn);
    chunk.flags[events.count] = time === null ? 0 : EVENT_BIT.time;
    events.count++;
  }
  return events;
}

const NOW_MS = 1_795_392_000_000;
const ago = (ms: number): bigint => BigInt(NOW_MS) * 1_000_000n - BigInt(ms * 1e6);

describe('LatencyProbe', () => {
  it('rounds quantiles up to a whole millisecond', () => {
    const probe = new LatencyProbe();
    const ages = Array.from({ length: 100 }, (_, i) => i + 0.5);
    probe.record(eventsAt(ages.map(ago)), 0, 100, NOW_MS);
    expect(probe.take()).toEqual({ events: 100, p50Ms: 50, p99Ms: 99, maxMs: 100 });
  });

  it('counts a clock that runs ahead as no age at all, and leaves out events without a time', () => {
    const probe = new LatencyProbe();
    probe.record(eventsAt([ago(-50), null]), 0, 2, NOW_MS);
    expect(probe.take()).toEqual({ events: 1, p50Ms: 1, p99Ms: 1, maxMs: 0 });
  });

  it('says the largest age for what is past its last bucket', () => {
    const probe = new LatencyProbe();
    probe.record(eventsAt([ago(60_000)]), 0, 1, NOW_MS);
    expect(probe.take()).toEqual({ events: 1, p50Ms: 60_000, p99Ms: 60_000, maxMs: 60_000 });
  });
});
