import { describe, expect, it } from 'vitest';
import { tcp } from '#core/diagnosis/testing/packets.ts';
import { TCP_FLAG } from '#core/dissect/constants.ts';
import { inspectStoredEvent } from '#core/inspect/stored.ts';
import { BLOCK_SUBTYPE, GAP_CAUSE, LINK_KIND } from '#core/format/structs.ts';
import { joinChunks } from '#core/pcapng/testing/generate-capture.ts';
import { CaptureWriter } from '#core/pcapng/writer.ts';
import { UNKNOWN_EVENT } from '#core/pcapng/event.ts';
import { HOOK_BY_NAME } from '#core/format/hooks.ts';
import type { CaptureStore } from './capture-store.ts';
import { journeyDetail } from './journey-detail.ts';
import {
  seen,
  sectionBytes,
  START_NS,
  storeOf,
  UDP_PACKET,
  type Section,
  type Seen,
} from './testing/scenario.ts';
import { ENTRY, PROBE, READ, segment } from './testing/segments.ts';

/** Behind Ethernet and IPv4. */
const TCP_FLAGS_AT = 34 + 13;

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

  it('find the packet again on another host, over the wire and not over a veth pair', () => {
    const at = (hostname: string, hook: string, id: bigint): Section => ({
      run: Number(id),
      seen: [{ hook, id, us: Number(id) }],
      blocks: (writer) => writer.json(BLOCK_SUBTYPE.host, { hostname, kernel: '6.18.0' }),
    });
    const sections = [at('a', 'net_dev_start_xmit', 1n), at('b', 'netif_receive_skb', 2n)];
    const store = storeOf(joinChunks(sections.map(sectionBytes)));
    expect(journeyDetail(store, 1).links).toMatchObject([
      { direction: 'from', kind: 'wire', known: 'inferred', journey: 0 },
    ]);
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

describe('packets that GRO merged', () => {
  const segment = (number: number, segments = 1): Uint8Array => tcp(1000 + number * 100, segments * 100);

  it('are linked to the one that goes on, not to one that only held some of them until it was freed', () => {
    const gro = (number: number): Seen => ({
      hook: 'napi_gro_receive_entry',
      id: BigInt(number + 1),
      us: number,
      data: segment(number),
    });
    const store = seen(
      ...[0, 1, 2, 3].map(gro),
      { hook: 'netif_receive_skb', id: 1n, us: 9, data: segment(0, 4) },
      // Of the list of fragments: it grew over the one behind it.
      { hook: 'consume_skb', id: 3n, us: 12, data: segment(2, 2) },
    );
    const link = (journey: number): string[] =>
      journeyDetail(store, journey).links.map(
        ({ direction, kind, known, journey: other }) => `${direction} ${kind} ${known} ${other}`,
      );
    expect([1, 2, 3].flatMap(link)).toEqual(new Array(3).fill('from gro inferred 0'));
    expect(link(0)).toEqual([1, 2, 3].map((journey) => `to gro inferred ${journey}`));
  });
});

describe('ends of a journey that are open', () => {
  const SECOND_US = 1_000_000;
  const other = (us: number): Seen[] => [
    { hook: 'netif_receive_skb', id: 1n, us },
    { hook: 'nf/local_in', id: 1n, us: us + 1 },
    { hook: 'consume_skb', id: 1n, us: us + 2 },
  ];
  const late: Seen = { hook: 'netif_receive_skb', id: 99n, us: 9 * SECOND_US };
  /** Of another packet than that of the other journeys. */
  const middle: Seen = {
    hook: 'nf/local_in',
    id: 2n,
    us: 5 * SECOND_US,
    data: UDP_PACKET.with(UDP_PACKET.length - 1, 99),
  };
  const texts = (store: CaptureStore, journey: number): string[] =>
    journeyDetail(store, journey).links.map(
      ({ direction, kind, known, journey: to, id, evidence }) =>
        `${direction} ${kind} ${known} ${to} '${id}' ${evidence}`,
    );
  const BEGINS =
    "from unknown broken null '' It begins at local in, behind netif_receive_skb, which saw other packets of eth0; no earlier journey fits.";
  const ENDS =
    "to unknown broken null '' It was last seen at local in, which is no end: it was freed unseen, or went on where nothing is watched.";

  it('are broken links, in the detail and for inspect, which sees nothing that comes later', () => {
    const store = seen(...other(0), middle, late);
    expect(texts(store, 0)).toEqual([]);
    expect(texts(store, 1)).toEqual([`${BEGINS} Why is not known.`, `${ENDS} Why is not known.`]);
    expect(inspectStoredEvent(store, 3, null).links).toEqual([
      {
        journey: null,
        kind: 'unknown',
        known: 'broken',
        evidence: `${BEGINS.slice(BEGINS.indexOf('It'))} Why is not known.`,
      },
    ]);
    // The hook that would have seen it saw its first packet later.
    expect(inspectStoredEvent(seen(middle, ...other(6 * SECOND_US)), 0, null).links).toEqual([]);
  });

  it('have a loss of that time for a reason', () => {
    const blocks = (writer: CaptureWriter): void =>
      writer.gap({
        interfaceId: 0xffff_ffff,
        cause: GAP_CAUSE.ringFull,
        count: 312n,
        fromNs: START_NS + 4_950_000_000n,
        toNs: START_NS + 4_990_000_000n,
      });
    const store = storeOf(sectionBytes({ seen: [...other(0), middle, late], blocks }));
    expect(texts(store, 1)).toEqual([
      `${BEGINS} 312 events are missing from the capture around that time (ring buffer full).`,
      `${ENDS} Why is not known.`,
    ]);
  });

  it('are told of a clone whose origin is not there', () => {
    const clone = { ...middle, extensions: { link: { kind: LINK_KIND.clone, journey: 41n } } };
    expect(texts(seen(...other(0), clone, late), 1)[0]).toBe(
      "from clone broken null '' The kernel was seen to clone it from journey 41, of which nothing is here.",
    );
  });

  it('are told of a segment that was read unseen, but not behind a packet that opens another connection', () => {
    const waits = segment(41n, 0, 1000, 100, true, ENTRY, PROBE);
    const read = segment(43n, 20, 1100, 100, true, ENTRY, PROBE, READ);
    const [told, ...more] = texts(seen(...waits, ...read), 0);
    expect(told).toMatch(
      /^to unknown broken null '' It was last seen at TCP in\. What follows it .* Short of memory/,
    );
    expect(more).toEqual([]);
    const [bare] = segment(42n, 10, 1099, 0, false, ENTRY);
    const opening = { ...bare!, data: bare!.data!.with(TCP_FLAGS_AT, TCP_FLAG.syn) };
    expect(texts(seen(...waits, opening, ...read), 0)).toEqual([]);
    // Where it is known to be in the other packet, that is said.
    const grew = segment(40n, 30, 900, 100, true, `${READ}+100`);
    const leads = segment(40n, 0, 900, 100, true, ENTRY);
    const all = [...leads, ...waits.map((one) => ({ ...one, us: one.us + 2 })), ...read, ...grew];
    expect(texts(seen(...all), 1).map((text) => text.slice(0, 22))).toEqual(['from coalesce inferred']);
  });

  it('are none of a journey that goes on as another', () => {
    const goesOn: Seen[] = [
      { hook: 'nf/prerouting', id: 2n, us: 5 * SECOND_US },
      { hook: 'net_dev_queue', id: 3n, us: 5 * SECOND_US + 4 },
      { hook: 'net_dev_start_xmit', id: 3n, us: 5 * SECOND_US + 5 },
    ];
    const freed: Seen = { hook: 'consume_skb', id: 1n, us: 0 };
    const last: Seen = { ...late, hook: 'net_dev_queue' };
    const store = seen(freed, ...goesOn, last);
    expect(texts(store, 1).map((text) => text.slice(0, 20))).toEqual(['to forward inferred ']);
    expect(texts(seen(freed, goesOn[0]!, last), 1).map((text) => text.slice(0, 18))).toEqual([
      'to unknown broken ',
    ]);
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
