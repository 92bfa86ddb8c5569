import { describe, expect, it } from 'vitest';
import { linksBack, linksForward, LINK_WINDOW_NS, type JourneySource } from './links.ts';
import { sourceOf, type Told } from './testing/journeys.ts';
import { ping, tcp, udp, vxlan } from './testing/packets.ts';

/** `kind known journey` of every link of a journey, back and forward. */
const links = (told: readonly Told[], journey: number): string[] => {
  const source = sourceOf(told);
  return [...linksBack(source, journey), ...linksForward(source, journey)].map(
    ({ kind, known, journey: other }) => `${kind} ${known} ${other}`,
  );
};

const XMIT = '1/veth0:net_dev_start_xmit';
const RX = '2/veth1:netif_receive_skb';
const sent = (packet: Uint8Array, us: number): Told => ({
  packet,
  seen: [
    ['1/veth0:net_dev_queue', us],
    [XMIT, us + 1],
    ['1/veth0:consume_skb', us + 2],
  ],
});
const received = (packet: Uint8Array, us: number): Told => ({ packet, seen: [[RX, us]] });

describe('links', () => {
  it('follow a packet through a veth pair that builds a new skb', () => {
    const told = [sent(ping(1), 0), received(ping(1), 5), sent(ping(2), 10), received(ping(2), 15)];
    expect(links(told, 1)).toEqual(['veth inferred 0']);
    expect(links(told, 0)).toEqual(['veth inferred 1']);
    expect(links(told, 3)).toEqual(['veth inferred 2']);
    expect(linksBack(sourceOf(told), 1)[0]!.evidence).toBe(
      'Addresses, ports, ids and the first bytes of payload are the same; 4.0 µs lie between, and no other packet fits.',
    );
  });

  it('are broken, not guessed, when two packets look the same', () => {
    const twin = udp();
    const told = [sent(twin, 0), sent(twin, 1), received(twin, 5), received(twin, 6)];
    expect(links(told, 2)).toEqual(['veth broken -1']);
    expect(links(told, 3)).toEqual(['veth broken -1']);
    expect(links(told, 0)).toEqual([]);
    expect(linksBack(sourceOf(told), 2)[0]!.evidence).toContain('2 packets that look the same');
  });

  it('go to the latest of several hosts, not past it', () => {
    const router: Told = {
      packet: ping(1, { ttl: 64 }),
      seen: [
        ['2/r0:netif_receive_skb', 10],
        ['2/r1:net_dev_start_xmit', 12],
      ],
    };
    const client = { ...sent(ping(1), 0) };
    const server: Told = { packet: ping(1, { ttl: 63 }), seen: [['3/s0:netif_receive_skb', 20]] };
    expect(links([client, router, server], 2)).toEqual(['veth inferred 1']);
    expect(links([client, router, server], 1)).toEqual(['veth inferred 0', 'veth inferred 2']);
  });

  it('do not reach beyond the time window, into another run, or to a packet that is not there', () => {
    const late = LINK_WINDOW_NS / 1000 + 2;
    expect(links([sent(ping(1), 0), received(ping(1), late - 1)], 1)).toEqual(['veth inferred 0']);
    expect(links([sent(ping(1), 0), received(ping(1), late)], 1)).toEqual([]);
    expect(links([{ ...sent(ping(1), 0), run: 1 }, received(ping(1), 5)], 1)).toEqual([]);
    expect(links([sent(ping(1), 0), received(ping(2), 5)], 1)).toEqual([]);
  });

  it('take the word of the kernel before everything else', () => {
    const told = [sent(udp(), 0), { ...received(udp({ id: 9 }), 5), origin: 0 }];
    expect(links(told, 1)).toEqual(['clone exact 0']);
    expect(links(told, 0)).toEqual(['clone exact 1']);
  });

  it('know loopback and forwarding in a new skb', () => {
    const lo = (hook: string, us: number): Told => ({ packet: ping(1), seen: [[`1/lo:${hook}`, us]] });
    expect(links([lo('net_dev_start_xmit', 0), lo('netif_receive_skb', 3)], 1)).toEqual([
      'loopback inferred 0',
    ]);
    const inside: Told = { packet: ping(1), seen: [['1/eth0:nf/forward', 0]] };
    const out: Told = { packet: ping(1, { ttl: 63 }), seen: [['1/eth1:net_dev_queue', 3]] };
    expect(links([inside, out], 1)).toEqual(['forward inferred 0']);
  });

  it('follow a packet into a tunnel and out of it', () => {
    const inner = sent(ping(1), 0);
    const outer: Told = { packet: vxlan(ping(1)), seen: [['1/eth0:net_dev_queue', 3]] };
    const out: Told = { packet: ping(1), seen: [['2/vx0:netif_rx', 9]] };
    expect(links([inner, outer], 1)).toEqual(['encap inferred 0']);
    expect(links([outer, out], 1)).toEqual(['decap inferred 0']);
  });

  it('put segments to the large packet that they were cut from', () => {
    const large: Told = { packet: tcp(1000, 3000), seen: [['1/eth0:net_dev_queue', 0]] };
    const cut = (n: number): Told => ({
      packet: tcp(1000 + n * 1000, 1000, { id: 1 + n }),
      seen: [['1/eth0:net_dev_start_xmit', 2 + n]],
    });
    const other: Told = { packet: tcp(4000, 1000), seen: [['1/eth0:net_dev_start_xmit', 9]] };
    const told = [large, cut(0), cut(1), cut(2), other];
    expect(links(told, 0)).toEqual(['gso inferred 1', 'gso inferred 2', 'gso inferred 3']);
    expect(links(told, 2)).toEqual(['gso inferred 0']);
    expect(links(told, 4)).toEqual([]);
  });

  it('put no packet that is only queued now to a large one of the same bytes', () => {
    const large: Told = { packet: tcp(1000, 3000), seen: [['1/eth0:net_dev_queue', 0]] };
    const again: Told = { packet: tcp(1000, 1000), seen: [['1/eth0:net_dev_queue', 1]] };
    expect(links([large, again], 1)).toEqual([]);
  });

  it('do not take a packet that is made or sent elsewhere for one that is on its way', () => {
    const onItsWay: Told = { packet: ping(1), seen: [['2/r0:netif_receive_skb', 0]] };
    const made = (where: string): Told => ({ packet: ping(1), seen: [[where, 2]] });
    expect(links([onItsWay, made('1/c0:net_dev_queue')], 1)).toEqual([]);
    expect(links([onItsWay, made('2/r1:nf/local_out')], 1)).toEqual([]);
    expect(links([onItsWay, made('2/r1:nf/postrouting')], 1)).toEqual(['forward inferred 0']);
  });

  it('put a packet that GRO merged to the one that grew over it', () => {
    const gro = '1/eth0:napi_gro_receive_entry';
    const leader = (grown: number): Told => ({
      packet: tcp(1000, 500),
      seen: [
        [gro, 0],
        ['1/eth0:netif_receive_skb', 9, 554 + grown],
      ],
    });
    const merged: Told = { packet: tcp(1500, 500), seen: [[gro, 1]] };
    expect(links([leader(500), merged], 1)).toEqual(['gro inferred 0']);
    expect(links([leader(500), merged], 0)).toEqual(['gro inferred 1']);
    expect(links([leader(0), merged], 1)).toEqual([]);
    // Beyond what GRO merges: a later packet of the same connection.
    const far: Told = { packet: tcp(1000 + 65_536, 500), seen: [[gro, 1]] };
    expect(links([leader(70_000), far], 1)).toEqual([]);
    const passed: Told = { ...merged, seen: [...merged.seen, ['1/eth0:netif_receive_skb', 10]] };
    expect(links([leader(500), passed], 1)).toEqual([]);
  });

  describe('of what TCP coalesces', () => {
    const CGROUP = '1/eth0:cgroup_skb/ingress';
    const TCP_IN = '1/eth0:tcp_probe';
    const READ = '1/eth0:skb_copy_datagram_iovec';
    const enters = (packet: Uint8Array, us: number, ...more: Told['seen'][number][]): Told => ({
      packet,
      seen: [['1/eth0:netif_receive_skb', us], ...more],
    });
    /** An acknowledgement that waits in the backlog and comes out of it with `bytes` of payload. */
    const waiting = (bytes: number): Told =>
      enters(tcp(1000, 0), 0, [CGROUP, 1], [TCP_IN, 9, 54 + bytes], [READ, 10, 54 + bytes]);

    it('lead to the acknowledgement in the backlog that grew over them', () => {
      const told = [waiting(32), enters(tcp(1000, 32), 2, [CGROUP, 3])];
      expect(links(told, 1)).toEqual(['coalesce inferred 0']);
      expect(links(told, 0)).toEqual(['coalesce inferred 1']);
      const [link] = linksBack(sourceOf(told), 1);
      expect(link!.evidence).toBe(
        'The same TCP connection, and the packet that leads grew over its sequence numbers between cgroup in and TCP in; 1.0 µs lie between, and no other packet fits.',
      );
      expect([link!.growth!.before.event, link!.growth!.at.event]).toEqual([1, 4]);
    });

    it('lead to the head of a receive queue, however long nobody reads it', () => {
      const seconds = 5_000_000;
      const told = [
        enters(tcp(1000, 100), 0, [TCP_IN, 1], [READ, 2 * seconds, 354]),
        enters(tcp(1100, 100), seconds, [TCP_IN, seconds + 1]),
        enters(tcp(1200, 100), seconds + 2, [TCP_IN, seconds + 3]),
        enters(tcp(1300, 100), seconds + 4, [TCP_IN, seconds + 5], [READ, 2 * seconds + 1]),
      ];
      expect(links(told, 0)).toEqual(['coalesce inferred 1', 'coalesce inferred 2']);
      expect(links(told, 2)).toEqual(['coalesce inferred 0']);
      expect(links(told, 3)).toEqual([]);
    });

    it('lead from what waited out of order to what filled the hole', () => {
      const told = [
        enters(tcp(1100, 100), 0, [TCP_IN, 1]),
        enters(tcp(1200, 100), 2, [TCP_IN, 3]),
        enters(tcp(1000, 100), 9, [TCP_IN, 10], [READ, 11, 354]),
      ];
      expect(links(told, 0)).toEqual(['ofo inferred 2']);
      expect(links(told, 2)).toEqual(['ofo inferred 1', 'ofo inferred 0']);
    });

    it('are none where it went on by itself, was dropped, or the other did not grow as far or later', () => {
      const segment = (...more: Told['seen'][number][]): Told =>
        enters(tcp(1000, 32), 2, [CGROUP, 3], ...more);
      expect(links([waiting(32), segment([READ, 12])], 1)).toEqual([]);
      expect(links([waiting(32), segment(['1/eth0:kfree_skb', 12])], 1)).toEqual([]);
      expect(links([waiting(31), segment()], 1)).toEqual([]);
      expect(links([waiting(32), segment([TCP_IN, 11])], 1)).toEqual([]);
      expect(links([waiting(32), { ...segment(), run: 1 }], 1)).toEqual([]);
      // GRO made it longer before: what comes again is dropped, and whether it was is not always watched.
      const long = enters(tcp(1000, 100), 0, ['1/eth0:nf/local_in', 1, 254], [READ, 9, 254]);
      expect(links([long, enters(tcp(1100, 100), 3, [CGROUP, 4])], 1)).toEqual([]);
    });

    it('are broken where two grew over the same bytes', () => {
      const told = [waiting(32), waiting(32), enters(tcp(1000, 32), 2, [CGROUP, 3])];
      const [link] = linksBack(sourceOf(told), 2);
      expect(link).toMatchObject({ kind: 'coalesce', known: 'broken', journey: -1 });
      expect(link!.evidence).toBe(
        '2 packets of the connection grew over its sequence numbers: it could be in any of them.',
      );
    });
  });

  it('are told of packets that arrived out of order only when little time lies between', () => {
    const early = received(udp(), 1);
    const late = (us: number): Told => ({ packet: udp(), seen: [[XMIT, us]] });
    const source = (us: number): JourneySource => {
      const base = sourceOf([late(0), early]);
      const end = { ...base.first(0), tsLo: us * 1000 };
      return {
        ...base,
        first: (journey) => (journey === 0 ? end : base.first(journey)),
        lastBefore: () => end,
      };
    };
    expect(linksBack(source(50_000), 1)).toMatchObject([{ kind: 'veth', journey: 0 }]);
    expect(linksBack(source(200_000), 1)).toEqual([]);
  });
});
