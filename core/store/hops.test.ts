import { describe, expect, it } from 'vitest';
import { BLOCK_SUBTYPE, META_STATE } from '#core/format/structs.ts';
import { joinChunks } from '#core/pcapng/testing/generate-capture.ts';
import { JourneyList } from '#core/query/journey-list.ts';
import { NO_FILTER } from '#core/query/list-filter.ts';
import { hopPlace } from './hop-place.ts';
import { hopList } from './hops.ts';
import { sectionBytes, seen, START_NS, storeOf, trace, type Section } from './testing/scenario.ts';

const RX = 'netif_receive_skb';
const TCX = 'tcx/ingress@first';
const FREE = 'consume_skb';

describe('hops', () => {
  it('are hook, device and netns, with what was seen there', () => {
    const store = seen(
      { hook: RX, id: 1n, us: 0, meta: [...trace(1), 0, 0] },
      { hook: RX, id: 2n, us: 1 },
      { hook: TCX, id: 1n, us: 2 },
      { hook: TCX, id: 2n, us: 3, state: META_STATE.unreadable },
    );
    expect(hopList(store, new JourneyList(store, NO_FILTER))).toEqual([
      {
        index: 0,
        name: 'eth0:netif_receive_skb',
        hook: 1,
        label: 'netif_receive_skb',
        lane: 'rx',
        layer: 'stack',
        order: 300,
        device: 'eth0',
        netns: 7,
        host: '',
        file: '',
        events: 2,
        withMetadata: 1,
        metadataBytes: 8,
        unreadable: 0,
        metadataLost: 0,
        causes: [
          {
            state: 'written',
            cause: 'unknown',
            operation: 'unknown',
            known: 'unknown',
            count: 1,
            firstNs: START_NS.toString(),
          },
        ],
        lost: 0,
        counted: [],
        filteredEvents: 2,
        filteredWithMetadata: 1,
      },
      expect.objectContaining({ index: 1, events: 2, withMetadata: 0, unreadable: 1, metadataLost: 1 }),
    ]);
  });

  it('are apart on two hosts, however their sections take turns, and with the programs of their own', () => {
    const on = (hostname: string, program: string, id: bigint): Section => ({
      run: Number(id),
      seen: [{ hook: RX, id, us: Number(id) }],
      blocks: (writer) => {
        const programs = [
          { id: 1, name: program, tag: '00', type: 'xdp', attach: 'xdp', device: 'eth0', netns: 7 },
        ];
        writer.json(BLOCK_SUBTYPE.host, { hostname, kernel: '6.18.0', programs });
      },
    });
    const sections = [on('a', 'of_a', 1n), on('b', 'of_b', 2n), on('a', 'of_a', 3n)];
    const store = storeOf(joinChunks(sections.map(sectionBytes)));
    const list = hopList(store, new JourneyList(store, NO_FILTER));
    expect(list.map(({ name, host, events }) => [name, host, events])).toEqual([
      ['eth0:netif_receive_skb', 'a', 2],
      ['eth0:netif_receive_skb', 'b', 1],
    ]);
    expect(store.hops.domains[0]).not.toBe(store.hops.domains[1]);
    expect([0, 1].map((hop) => hopPlace(store, hop).programs)).toEqual([['of_a'], ['of_b']]);
  });

  it('count a loss of metadata once per journey, in order of time and not of arrival', () => {
    const meta = [...trace(1), 0, 0];
    const store = seen(
      { hook: RX, id: 1n, us: 0, meta },
      { hook: FREE, id: 1n, us: 9 },
      // Late from another CPU: it lost its metadata here already.
      { hook: TCX, id: 1n, us: 5 },
    );
    const lost = (): Record<string, number> =>
      Object.fromEntries(store.hops.hops.map(({ name }, i) => [name, store.hops.metadataLost[i]!]));
    expect(lost()).toEqual({
      'eth0:netif_receive_skb': 0,
      'eth0:consume_skb': 0,
      'eth0:tcx/ingress@first': 1,
    });
  });
});
