import { describe, expect, it } from 'vitest';
import { journeyDetail } from './journey-detail.ts';
import { seen } from './testing/scenario.ts';
import { ENTRY, inOrder, PROBE, READ, segment } from './testing/segments.ts';
import type { JourneyDetail } from './view.ts';

const causes = ({ hops }: JourneyDetail): string[] => hops.map(({ cause }) => `${cause.name} ${cause.known}`);

describe('metadata of what TCP coalesced', () => {
  it('is told to have stayed behind, of the acknowledgement that came out of the backlog with its payload', () => {
    const store = seen(
      ...inOrder([
        ...segment(41n, 0, 1000, 0, false, ENTRY),
        ...segment(42n, 1, 1000, 32, true, ENTRY),
        ...segment(41n, 2, 1000, 0, false, `${PROBE}+32`, `${READ}+32`),
      ]),
    );
    const [leader, taken] = [journeyDetail(store, 0), journeyDetail(store, 1)];
    expect(causes(leader)).toEqual(['none unknown', 'coalesced implied', 'none unknown']);
    expect(leader.hops[1]!.state).toBe('none');
    expect(leader.hops[1]!.cause.evidence).toBe(
      'The packet grew by the payload of journey 42, whose metadata (trace, verdict) was with another sk_buff; TCP joins payload in queues without a look at metadata, and frees what it came in.',
    );
    expect(leader.diagnosis).toBe('');
    expect(taken.diagnosis).toMatch(
      /there until netif_receive_skb\. Its payload is in the packet of journey 41 at eth0:tcp_probe, without this metadata \(TCP coalescing .*\)\.$/,
    );
    expect(causes(taken)).toEqual(['unknown unknown']);
    expect(leader.links).toMatchObject([{ direction: 'to', kind: 'coalesce', journey: 1, grewAt: 2 }]);
    expect(taken.links).toMatchObject([{ direction: 'from', kind: 'coalesce', journey: 0, grewAt: 2 }]);
  });

  it('is told of several at once, and of those that waited out of order', () => {
    const store = seen(
      ...inOrder([
        ...segment(41n, 0, 1100, 100, true, ENTRY, PROBE),
        ...segment(42n, 4, 1200, 100, true, ENTRY, PROBE),
        ...segment(43n, 8, 1000, 100, true, ENTRY, PROBE, `${READ}+200`),
      ]),
    );
    const filled = journeyDetail(store, 2);
    expect(causes(filled).at(-1)).toBe('coalesced implied');
    expect(filled.hops.at(-1)!.state).toBe('present');
    expect(filled.hops.at(-1)!.cause.evidence).toContain(
      'of journeys 41, 42, whose metadata (trace, verdict)',
    );
    for (const journey of [0, 1])
      expect(journeyDetail(store, journey).diagnosis).toContain(
        'in the packet of journey 43 at eth0:skb_copy',
      );
  });

  it('is no loss where there was none', () => {
    const store = seen(
      ...inOrder([
        ...segment(41n, 0, 1000, 100, true, ENTRY, PROBE),
        ...segment(42n, 4, 1100, 100, false, ENTRY, PROBE),
        ...segment(41n, 9, 1000, 100, true, `${READ}+100`),
      ]),
    );
    const [leader, taken] = [journeyDetail(store, 0), journeyDetail(store, 1)];
    expect(leader.links).toMatchObject([{ kind: 'coalesce', journey: 1 }]);
    expect(causes(leader).at(-1)).toBe('none unknown');
    expect(taken.diagnosis).toBe('');
  });
});
