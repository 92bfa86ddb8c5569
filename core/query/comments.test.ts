import { describe, expect, it } from 'vitest';
import { passingEvents } from '#core/inspect/where.ts';
import { CaptureReader } from '#core/pcapng/reader.ts';
import type { PacketView } from '#core/pcapng/types.ts';
import { CaptureStore } from '#core/store/capture-store.ts';
import { sectionBytes } from '#core/store/testing/scenario.ts';
import { ColumnPrinter, fieldInfos } from './columns.ts';
import { completeFilter } from './complete.ts';
import { compileFilter } from './compile.ts';
import { JourneyList } from './journey-list.ts';
import { NO_FILTER } from './list-filter.ts';

const BYTES = sectionBytes({
  seen: [
    { hook: 'netif_receive_skb', id: 1n, us: 0, comments: ['Bad checksum'] },
    { hook: 'consume_skb', id: 1n, us: 1, comments: ['Bad checksum', 'seen\n  again'] },
    { hook: 'netif_receive_skb', id: 2n, us: 2 },
    { hook: 'netif_receive_skb', id: 3n, us: 3, comments: ['', 'retransmitted'] },
    { hook: 'consume_skb', id: 4n, us: 4, comments: [''] },
  ],
});

/** As they come, in batches; or packet by packet. */
function storeOf(byPacket = false): CaptureStore {
  const store = new CaptureStore();
  const sink = Object.assign(Object.create(store) as CaptureStore, {
    packet: (p: PacketView) => store.packet(p),
    packetBatch: undefined,
  });
  new CaptureReader(byPacket ? sink : store).push(BYTES);
  return store;
}

function passing(store: CaptureStore, where: string): number[] {
  const list = new JourneyList(store, { ...NO_FILTER, where }, compileFilter);
  expect(list.error).toBeNull();
  while (!list.advance(1)) continue;
  return [...list.slice(0, 9)].map((journey) => journey + 1);
}

describe('comments of packets', () => {
  it.each([
    ['comment ~ "bad"', [1]],
    ['comment == "bad checksum"', [1]],
    ['comment == "seen again"', [1]],
    ['comment == "seen"', []],
    ['comment in {"retransmitted", "other"}', [3]],
    ['comment exists', [1, 3]],
    ['comment', [1, 3]],
    ['comment !~ "bad"', [3]],
    ['!(comment)', [2, 4]],
    ['any(comment ~ "again" && comment ~ "bad")', [1]],
    ['any(comment ~ "bad" && hop ~ "netif" && comment ~ "again")', []],
  ])('are asked by %s', (where, expected) => {
    expect(passing(storeOf(), where)).toEqual(expected);
    expect(passing(storeOf(true), where)).toEqual(expected);
  });

  it('are a column, in order and in groups', () => {
    const store = storeOf();
    expect(new ColumnPrinter(store, ['comment']).print(Uint32Array.of(0, 1, 2, 3))).toEqual([
      ['Bad checksum → seen again', '', 'retransmitted', ''],
    ]);
    expect(fieldInfos(store).find(({ name }) => name === 'comment')).toMatchObject({
      sortable: true,
      groupable: true,
    });
  });

  it('are completed with those that the capture has', () => {
    const { options } = completeFilter('comment == ', 11, storeOf());
    expect(options.map(({ text, detail }) => [text, detail])).toEqual([
      ['"Bad checksum"', '2 events'],
      ['retransmitted', '1 event'],
      ['"seen again"', '1 event'],
    ]);
  });

  it('are told by inspect --where, as they are written', () => {
    const found = passingEvents(storeOf(), null, 'comment ~ "bad"');
    if ('error' in found) throw new Error(found.error.cause);
    expect([...found.events].map(({ event }) => event.comments)).toEqual([
      ['Bad checksum'],
      ['Bad checksum', 'seen\n  again'],
    ]);
  });
});
