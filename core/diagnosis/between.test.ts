import { describe, expect, it } from 'vitest';
import { between, isGateOf } from './between.ts';
import { kernelVersion } from './kernel-version.ts';
import { place, program } from './testing/sightings.ts';

const EGRESS = program('egress', 1, 'tcx/egress', 'eth0');
const INGRESS = program('ingress', 2, 'tcx/ingress', 'eth1');
const PROGRAMS = [EGRESS, INGRESS, program('elsewhere', 3, 'tcx/egress', 'eth1')];

const KERNEL = kernelVersion(6, 18);

const tcPrograms = (from: string, to: string): readonly string[] =>
  between(place(from), place(to), PROGRAMS, KERNEL).tcPrograms.map(({ name }) => name);

describe('what lies between two hops', () => {
  it('has the egress chain of the sender that was not seen to be passed', () => {
    expect(tcPrograms('eth0:nf/postrouting', 'eth1:netif_receive_skb')).toEqual(['egress']);
    expect(tcPrograms('eth0:nf/postrouting', 'eth1:nf/prerouting')).toEqual(['egress', 'ingress']);
    expect(tcPrograms('eth0:nf/postrouting', 'eth1:nf/postrouting')).toEqual(['egress']);
    expect(tcPrograms('eth0:nf/postrouting', 'eth0:consume_skb')).toEqual(['egress']);
  });

  it('has no chain that lies behind or before both', () => {
    expect(tcPrograms('eth0:net_dev_start_xmit', 'eth1:netif_receive_skb')).toEqual([]);
    expect(tcPrograms('eth0:nf/local_out', 'eth0:nf/postrouting')).toEqual([]);
    expect(tcPrograms('eth1:nf/prerouting', 'eth1:skb_copy_datagram_iovec')).toEqual([]);
    expect(tcPrograms('eth0:consume_skb', 'eth0:consume_skb')).toEqual([]);
  });

  it('has generic XDP behind the stack’s entry, and native XDP before anything is seen', () => {
    const xdp = (from: string | null, to: string): string =>
      between(from === null ? null : place(from), place(to), [program('xdp', 9, 'xdp', 'eth1')], KERNEL).xdp;
    expect(xdp(null, 'eth1:napi_gro_receive_entry')).toBe('some');
    expect(xdp('eth1:napi_gro_receive_entry', 'eth1:netif_receive_skb')).toBe('no');
    expect(xdp('eth1:netif_receive_skb', 'eth1:tcx/ingress@first')).toBe('some');
    expect(xdp('eth1:tcx/ingress@first', 'eth1:nf/prerouting')).toBe('no');
  });

  it('knows the hops that all packets come through on the way to another', () => {
    const comesThrough = (now: string, ...watched: string[]): boolean =>
      watched.some((name) => isGateOf(place(name), place(now)));
    expect(comesThrough('eth1:nf/local_in', 'eth1:netif_receive_skb')).toBe(true);
    expect(comesThrough('eth1:consume_skb', 'eth1:tcx/ingress@first')).toBe(true);
    // The first chance to see it, a device that is not watched, and hops that packets may pass by.
    expect(comesThrough('eth1:netif_receive_skb', 'eth1:netif_receive_skb', 'eth1:nf/local_in')).toBe(false);
    expect(comesThrough('eth1:tcx/ingress@first', 'eth1:netif_receive_skb')).toBe(false);
    expect(comesThrough('eth1:nf/local_in', 'eth0:netif_receive_skb')).toBe(false);
    expect(comesThrough('eth1:nf/local_in', 'eth1:napi_gro_receive_entry', 'eth1:net_dev_queue')).toBe(false);
  });

  it('has the neighbour layer behind the last hook of IP output', () => {
    const neighbour = (from: string): boolean =>
      between(place(from), place('eth0:net_dev_queue'), [], KERNEL).neighbour;
    expect(neighbour('eth0:cgroup_skb/egress')).toBe(true);
    expect(neighbour('eth1:nf/forward')).toBe(true);
    expect(neighbour('eth0:tcx/egress@first')).toBe(false);
  });

  it('has the filters of clsact behind the tcx chain, and between its anchors where there is no tcx', () => {
    const filter = program('filter', 4, 'tc/ingress', 'eth1');
    const filters = (from: string, to: string, kernel: number): number =>
      between(place(from), place(to), [filter], kernel).tcPrograms.length;
    const [first, last] = ['eth1:tcx/ingress@first', 'eth1:tcx/ingress@last'] as const;
    expect([KERNEL, kernelVersion(6, 1)].map((kernel) => filters(first, last, kernel))).toEqual([0, 1]);
    expect(
      [KERNEL, kernelVersion(6, 1)].map((kernel) => filters(last, 'eth1:nf/prerouting', kernel)),
    ).toEqual([1, 0]);
    expect(filters('eth1:netif_receive_skb', 'eth1:nf/prerouting', KERNEL)).toBe(1);
    expect(filters('eth0:net_dev_start_xmit', 'eth1:netif_receive_skb', KERNEL)).toBe(0);
    expect(filters('eth0:net_dev_start_xmit', 'eth1:nf/prerouting', KERNEL)).toBe(1);
    expect(filters('eth1:nf/prerouting', 'eth1:nf/local_in', KERNEL)).toBe(0);
  });

  it('has the rest of a chain that was left in its middle', () => {
    expect(tcPrograms('eth1:netif_receive_skb', 'eth1:nf/prerouting')).toEqual(['ingress']);
    expect(tcPrograms('eth1:tcx/ingress@after:ingress#2', 'eth1:nf/prerouting')).toEqual([]);
  });

  it('has one filter of a chain between its entry and its exit, and filters behind tcx', () => {
    const chain = [
      program('tcx', 4, 'tcx/ingress'),
      program('a', 5, 'tc/ingress'),
      program('b', 6, 'tc/ingress'),
    ];
    const names = (from: string, to: string): readonly string[] =>
      between(place(`eth0:${from}`), place(`eth0:${to}`), chain, KERNEL).tcPrograms.map(({ name }) => name);
    expect(names('tc/ingress@fentry:a#5', 'tc/ingress@fexit:a#5')).toEqual(['a']);
    expect(names('tc/ingress@fexit:a#5', 'tc/ingress@fentry:b#6')).toEqual([]);
    expect(names('netif_receive_skb', 'tc/ingress@fentry:b#6')).toEqual(['tcx', 'a']);
    expect(names('tc/ingress@fexit:a#5', 'nf/prerouting')).toEqual(['b']);
  });

  it('has an XDP program between its entry and its exit, and nowhere else where these are seen', () => {
    const list = [program('parse', 7, 'xdp')];
    const lies = (from: string | null, to: string): unknown => {
      const { xdp, onlyXdp, driver } = between(
        from === null ? null : place(`eth0:${from}`),
        place(`eth0:${to}`),
        list,
        KERNEL,
      );
      return { xdp, onlyXdp, driver };
    };
    expect(lies(null, 'xdp@fentry')).toEqual({ xdp: 'no', onlyXdp: false, driver: false });
    expect(lies('xdp@fentry', 'xdp@fexit')).toEqual({ xdp: 'some', onlyXdp: true, driver: false });
    expect(lies('xdp@fexit', 'napi_gro_receive_entry')).toEqual({ xdp: 'no', onlyXdp: false, driver: true });
    expect(lies('xdp@fentry', 'netif_receive_skb')).toEqual({ xdp: 'some', onlyXdp: false, driver: false });
    expect(lies('netif_receive_skb', 'xdpgeneric@fentry')).toEqual({
      xdp: 'no',
      onlyXdp: false,
      driver: false,
    });
    expect(lies('xdpgeneric@fexit', 'tcx/ingress@first')).toEqual({
      xdp: 'no',
      onlyXdp: false,
      driver: false,
    });
    expect(lies(null, 'netif_receive_skb')).toEqual({ xdp: 'some', onlyXdp: false, driver: false });
  });
});
