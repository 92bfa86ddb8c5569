import { describe, expect, it } from 'vitest';
import { GAP_CAUSE } from '#core/format/structs.ts';
import { joinChunks } from '#core/pcapng/testing/generate-capture.ts';
import { CaptureWriter, GAP_ALL_INTERFACES, GAP_COUNT_UNKNOWN } from '#core/pcapng/writer.ts';
import { sectionBytes, storeOf, UDP_PACKET } from './testing/scenario.ts';

const RX = 'netif_receive_skb';

describe('loss', () => {
  it('is what the gap blocks say in a section of ours, and nothing else', () => {
    const writer = new CaptureWriter();
    const bytes = [sectionBytes({ seen: [{ hook: RX, id: 1n, us: 0 }] })];
    writer.gap({ interfaceId: 0, cause: GAP_CAUSE.ringFull, count: 12n, fromNs: 5n, toNs: 6n });
    writer.gap({
      interfaceId: GAP_ALL_INTERFACES,
      cause: GAP_CAUSE.probeRestart,
      count: GAP_COUNT_UNKNOWN,
      fromNs: 8n,
      toNs: 9n,
    });
    writer.interfaceStatistics({ interfaceId: 0, time: 9n, dropped: 12n });
    bytes.push(writer.take());
    const store = storeOf(joinChunks(bytes));
    expect(store.gaps.list()).toEqual([
      { hop: 0, cause: 'ring buffer full', count: 12, leftOut: false, fromNs: '5', toNs: '6' },
      { hop: null, cause: 'probe restarted', count: null, leftOut: false, fromNs: '8', toNs: '9' },
    ]);
    expect([store.gaps.lost, store.hops.lost[0]]).toEqual([12, 12]);
  });

  it('is not what sampling and a rate limit left out', () => {
    const writer = new CaptureWriter();
    const bytes = [sectionBytes({ seen: [{ hook: RX, id: 1n, us: 0 }] })];
    writer.gap({ interfaceId: 0, cause: GAP_CAUSE.sampling, count: 800n, fromNs: 5n, toNs: 6n });
    writer.gap({ interfaceId: 0, cause: GAP_CAUSE.rateLimit, count: 24n, fromNs: 5n, toNs: 6n });
    writer.gap({ interfaceId: 0, cause: GAP_CAUSE.ringFull, count: 12n, fromNs: 5n, toNs: 6n });
    bytes.push(writer.take());
    const store = storeOf(joinChunks(bytes));
    expect([store.gaps.lost, store.gaps.leftOut, store.hops.lost[0]]).toEqual([12, 824, 12]);
    expect(store.gaps.list().map(({ cause, leftOut }) => [cause, leftOut])).toEqual([
      ['sampling', true],
      ['rate limit', true],
      ['ring buffer full', false],
    ]);
  });

  it('is said where a gap names an interface that was never declared', () => {
    const writer = new CaptureWriter();
    const bytes = [sectionBytes({ seen: [{ hook: RX, id: 1n, us: 0 }] })];
    writer.gap({ interfaceId: 9, cause: GAP_CAUSE.ringFull, count: 12n, fromNs: 5n, toNs: 6n });
    const at = bytes[0]!.length;
    bytes.push(writer.take());
    const store = storeOf(joinChunks(bytes));
    expect(store.problems.map(({ code, offset }) => [code, offset])).toEqual([['undeclared-interface', at]]);
    expect(store.gaps.list()).toMatchObject([{ hop: null, count: 12 }]);
  });

  it('is epb_dropcount in captures of other tools, and what isb_ifdrop has beyond it', () => {
    const writer = new CaptureWriter();
    writer.sectionHeader();
    writer.interfaceDescription({ linkType: 1, name: 'wlan0' });
    writer.enhancedPacket({ interfaceId: 0, time: 100n, data: UDP_PACKET, dropCount: 3n });
    writer.enhancedPacket({ interfaceId: 0, time: 200n, data: UDP_PACKET, dropCount: 4n });
    writer.interfaceStatistics({ interfaceId: 0, time: 300n, dropped: 9n });
    const store = storeOf(writer.take());
    expect([store.hops.lost[0], store.gaps.lost]).toEqual([9, 9]);
    expect(store.gaps.list()).toEqual([
      { hop: 0, cause: 'dropped while capturing', count: 9, leftOut: false, fromNs: '100', toNs: '300' },
    ]);
  });
});
