import { describe, expect, it } from 'vitest';
import { PROTOCOL } from '#core/dissect/types.ts';
import { brokenEnd, brokenStart, UNDER_WAY_NS, type EndSource } from './ends.ts';
import { LINK_WINDOW_NS, type JourneyEnd } from './links.ts';
import { place } from './testing/sightings.ts';

const end = (at: string, ns: number): JourneyEnd => ({
  event: 0,
  hop: 0,
  place: place(at),
  tsHi: Math.floor(ns / 2 ** 32),
  tsLo: ns % 2 ** 32,
  length: 60,
});

interface Told {
  /** Hooks of eth0 that saw packets. */
  readonly hooks?: readonly string[];
  readonly protocol?: number;
  /** A loss at this time. */
  readonly lostNs?: number;
  readonly beganNs?: number;
  readonly newestNs?: number;
  readonly stream?: boolean;
}

const SEEN_NS = 5e9;
const ALL = ['netif_receive_skb', 'net_dev_queue', 'consume_skb'];

/** A journey of one event, at eth0 and 5 s, in a capture of 10 s where nothing is lost. */
function source(at: string, told: Told): EndSource {
  const one = end(at, SEEN_NS);
  return {
    first: () => one,
    last: () => one,
    protocol: () => told.protocol ?? PROTOCOL.udp,
    sees: ({ name }, { device }) => device === 'eth0' && (told.hooks ?? ALL).includes(name),
    began: () => {
      const { tsHi, tsLo } = end('eth0:netif_receive_skb', told.beganNs ?? 0);
      return told.stream === true ? null : { hi: tsHi, lo: tsLo };
    },
    newest: () => (told.stream === true ? null : end('eth0:netif_receive_skb', told.newestNs ?? 10e9)),
    lostNear: (_, reachNs) => {
      const [from, to] = [Math.min(0, reachNs), Math.max(0, reachNs)];
      const off = (told.lostNs ?? Infinity) - SEEN_NS;
      return off >= from && off <= to ? '7 events are missing.' : '';
    },
  };
}

const start = (at: string, told: Told = {}): string[] =>
  brokenStart(source(at, told), 0).map(({ kind, known, evidence }) => `${kind} ${known}: ${evidence}`);
const stop = (at: string, told: Told = {}): string[] =>
  brokenEnd(source(at, told), 0).map(({ kind, known, evidence }) => `${kind} ${known}: ${evidence}`);

describe('a journey that comes from nothing', () => {
  it.each([
    'eth0:xdp@fentry',
    'eth0:napi_gro_receive_entry',
    'eth0:netif_rx',
    'eth0:netif_receive_skb',
    'eth0:nf/local_out',
    'eth0:nf/postrouting',
    'eth0:tcx/egress@first',
    'eth0:net_dev_queue',
  ])('begins as packets do at %s', (at) => {
    expect(start(at)).toEqual([]);
  });

  it('is broken when it begins behind a hook that saw other packets of the device', () => {
    const beginning =
      'unknown broken: It begins at local in, behind netif_receive_skb, which saw other packets of eth0; no earlier journey fits.';
    expect(start('eth0:nf/local_in')).toEqual([`${beginning} Why is not known.`]);
    expect(start('eth0:net_dev_start_xmit')[0]).toContain('behind net_dev_queue');
  });

  it('is not when that hook is not watched, or saw no packet of this device', () => {
    expect(start('eth0:nf/local_in', { hooks: ['net_dev_queue', 'consume_skb'] })).toEqual([]);
    expect(start('eth0:net_dev_start_xmit', { hooks: ['netif_receive_skb'] })).toEqual([]);
    expect(start('vlan7:tcx/ingress@first')).toEqual([]);
  });

  it('has the reason that is known: a loss shortly before, or the beginning of the capture', () => {
    const at = 'eth0:nf/local_in';
    expect(start(at, { lostNs: SEEN_NS - LINK_WINDOW_NS })[0]).toMatch(/fits\. 7 events are missing\.$/);
    expect(start(at, { lostNs: SEEN_NS - LINK_WINDOW_NS - 1 })[0]).toMatch(/Why is not known\.$/);
    expect(start(at, { lostNs: SEEN_NS + 1 })[0]).toMatch(/Why is not known\.$/);
    expect(start(at, { beganNs: SEEN_NS - 2_500_000 })[0]).toMatch(
      /Watching began 2\.5 ms before: it may have been under way\.$/,
    );
    expect(start(at, { beganNs: SEEN_NS - UNDER_WAY_NS })[0]).toMatch(/Why is not known\.$/);
  });
});

describe('a journey from which nothing comes', () => {
  it.each([
    'eth0:consume_skb',
    'eth0:kfree_skb',
    'eth0:net_dev_start_xmit',
    'eth0:skb_copy_datagram_iovec',
    'eth0:tcp_probe',
    'eth0:cgroup_skb/ingress',
    'eth0:nf/forward',
    'eth0:xdp@fexit',
    'eth0:tap/xdp',
  ])('ends as packets do at %s', (at) => {
    expect(stop(at)).toEqual([]);
  });

  it('is broken when its last event is no end', () => {
    const ending = (label: string): string =>
      `unknown broken: It was last seen at ${label}, which is no end: it was freed unseen, or went on where nothing is watched.`;
    expect(stop('eth0:net_dev_queue')).toEqual([`${ending('net_dev_queue')} Why is not known.`]);
    expect(stop('eth0:nf/local_in', { lostNs: SEEN_NS + LINK_WINDOW_NS })).toEqual([
      `${ending('local in')} 7 events are missing.`,
    ]);
    expect(stop('eth0:nf/local_in', { lostNs: SEEN_NS - 1 })).toEqual([
      `${ending('local in')} Why is not known.`,
    ]);
  });

  it('has what the kernel frees unseen for a reason', () => {
    expect(stop('eth0:napi_gro_receive_entry')[0]).toMatch(
      /GRO frees what it merges without a tracepoint\.$/,
    );
    const tcp = { protocol: PROTOCOL.tcp };
    expect(stop('eth0:nf/local_in', tcp)[0]).toMatch(/coalesces without a tracepoint\.$/);
    expect(stop('eth0:net_dev_queue', tcp)[0]).toMatch(/Why is not known\.$/);
  });

  it('is not when it may be under way, when no free was seen of any packet, or in a stream', () => {
    const at = 'eth0:net_dev_queue';
    expect(stop(at, { newestNs: SEEN_NS + UNDER_WAY_NS - 1 })).toEqual([]);
    expect(stop(at, { newestNs: SEEN_NS + UNDER_WAY_NS })).toHaveLength(1);
    expect(stop(at, { hooks: ['netif_receive_skb'] })).toEqual([]);
    expect(stop(at, { hooks: ['kfree_skb'] })).toHaveLength(1);
    expect(stop(at, { stream: true })).toEqual([]);
  });
});
