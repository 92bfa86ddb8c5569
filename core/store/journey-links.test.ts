import { describe, expect, it } from 'vitest';
import { inspectStoredEvent } from '#core/inspect/stored.ts';
import { LINK_KIND } from '#core/format/structs.ts';
import { CaptureWriter } from '#core/pcapng/writer.ts';
import { UNKNOWN_EVENT } from '#core/pcapng/event.ts';
import { HOOK_BY_NAME } from '#core/format/hooks.ts';
import { journeyDetail } from './journey-detail.ts';
import { seen, START_NS, storeOf, UDP_PACKET } from './testing/scenario.ts';

describe('beside the area', () => {
  it('is what any event has, and where it changed', () => {
    const cb = (last: number): Uint8Array => Uint8Array.from({ length: 48 }, (_, i) => (i === 47 ? last : 0));
    const beside = { hwtstamp: 12_345n, vlanProto: 0x8100, skbExtensions: 2 };
    const store = seen(
      { hook: 'nf/forward', id: 1n, us: 0, fields: { mark: 1, priority: 6 } },
      {
        hook: 'net_dev_queue',
        id: 1n,
        us: 1,
        fields: { mark: 2, priority: 6, queue: 3, vlanTci: 0x2007 },
        extensions: { cb: cb(1), beside, socketCookie: 77n },
      },
      {
        hook: 'net_dev_start_xmit',
        id: 1n,
        us: 2,
        fields: { mark: 2, priority: 6, queue: 3, vlanTci: 0x2007 },
        extensions: { cb: cb(2), beside, socketCookie: 77n },
      },
    );
    const rows = journeyDetail(store, 0).beside.map(({ name, cells }) => [
      name,
      ...cells.map(({ value, changed }) => `${changed ? '*' : ''}${value.replace(/^0{90}/, '…')}`),
    ]);
    expect(rows).toEqual([
      ['mark', '0x00000001', '*0x00000002', '0x00000002'],
      ['priority', '0x00000006', '0x00000006', '0x00000006'],
      ['hash', '0x00000006 L3', '0x00000006 L3', '0x00000006 L3'],
      ['vlan', '', '*7 priority 1 (0x8100)', '7 priority 1 (0x8100)'],
      ['queue', '', '*3', '3'],
      ['socket cookie', '', '*77', '77'],
      ['hardware timestamp', '', '*12345 ns', '12345 ns'],
      ['skb extensions', '', '*0x02', '0x02'],
      ['cb', '', '*…000001', '*…000002'],
      ['netns', '7', '7', '7'],
    ]);
  });
});

describe('links of a journey', () => {
  it('are the word of the kernel where there is one', () => {
    const store = seen(
      { hook: 'netif_receive_skb', id: 41n, us: 0 },
      {
        hook: 'nf/local_in',
        id: 42n,
        us: 3,
        extensions: { link: { kind: LINK_KIND.clone, journey: 41n } },
      },
    );
    const evidence = 'The kernel was seen to clone it: both skbs share one head.';
    expect(journeyDetail(store, 1).links).toEqual([
      { direction: 'from', kind: 'clone', known: 'exact', journey: 0, id: '41', evidence },
    ]);
    expect(journeyDetail(store, 0).links).toEqual([
      { direction: 'to', kind: 'clone', known: 'exact', journey: 1, id: '42', evidence },
    ]);
    expect(inspectStoredEvent(store, 1, null).links).toEqual([
      { journey: '41', kind: 'clone', known: 'exact', evidence },
    ]);
    expect(inspectStoredEvent(store, 0, null).links).toEqual([]);
  });

  it('find the packet again on the other end of a veth pair, in both directions', () => {
    const writer = new CaptureWriter();
    writer.sectionHeader();
    const hooks = ['net_dev_start_xmit', 'netif_receive_skb'].map((name) => HOOK_BY_NAME.get(name)!.id);
    hooks.forEach((hook, i) => {
      const name = `veth${i}:${i === 0 ? 'net_dev_start_xmit' : 'netif_receive_skb'}`;
      writer.interfaceDescription({ linkType: 1, name, whither: { hook, ifindex: 2 + i, netns: 7 + i } });
    });
    hooks.forEach((hook, i) => {
      writer.enhancedPacket({
        interfaceId: i,
        time: START_NS + BigInt(i) * 2000n,
        data: UDP_PACKET,
        packetId: BigInt(5 + i),
        event: { ...UNKNOWN_EVENT, hook },
      });
    });
    const store = storeOf(writer.take());
    expect(journeyDetail(store, 1).links).toEqual([
      {
        direction: 'from',
        kind: 'veth',
        known: 'inferred',
        journey: 0,
        id: '5',
        evidence:
          'Addresses, ports, ids and the first bytes of payload are the same; 2.0 µs lie between, and no other packet fits.',
      },
    ]);
    expect(journeyDetail(store, 0).links).toMatchObject([{ direction: 'to', kind: 'veth', journey: 1 }]);
  });
});

describe('hops between the programs of a chain', () => {
  it('are hops of their own, named after the program they are behind', () => {
    const writer = new CaptureWriter();
    writer.sectionHeader();
    const hook = HOOK_BY_NAME.get('tcx/ingress@after')!.id;
    for (const name of ['eth0:tcx/ingress@after:tenant#21', 'eth0:tcx/ingress@after:limit#22']) {
      writer.interfaceDescription({ linkType: 1, name, whither: { hook, ifindex: 2, netns: 7 } });
    }
    const { hops } = storeOf(writer.take());
    expect(hops.hops.map(({ label }) => label)).toEqual(['after tenant#21', 'after limit#22']);
    expect(hops.places.map(({ afterName, afterId }) => [afterName, afterId])).toEqual([
      ['tenant', 21],
      ['limit', 22],
    ]);
  });
});
