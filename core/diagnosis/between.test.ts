import { describe, expect, it } from 'vitest';
import { between } from './between.ts';
import { place, program } from './testing/sightings.ts';

const EGRESS = program('egress', 1, 'tcx/egress', 'eth0');
const INGRESS = program('ingress', 2, 'tcx/ingress', 'eth1');
const PROGRAMS = [EGRESS, INGRESS, program('elsewhere', 3, 'tcx/egress', 'eth1')];

const tcPrograms = (from: string, to: string): readonly string[] =>
  between(place(from), place(to), PROGRAMS).tcPrograms.map(({ name }) => name);

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
      between(from === null ? null : place(from), place(to), [program('xdp', 9, 'xdp', 'eth1')]).xdp;
    expect(xdp(null, 'eth1:napi_gro_receive_entry')).toBe('some');
    expect(xdp('eth1:napi_gro_receive_entry', 'eth1:netif_receive_skb')).toBe('no');
    expect(xdp('eth1:netif_receive_skb', 'eth1:tcx/ingress@first')).toBe('some');
    expect(xdp('eth1:tcx/ingress@first', 'eth1:nf/prerouting')).toBe('no');
  });

  it('has the neighbour layer behind the last hook of IP output', () => {
    const neighbour = (from: string): boolean =>
      between(place(from), place('eth0:net_dev_queue'), []).neighbour;
    expect(neighbour('eth0:cgroup_skb/egress')).toBe(true);
    expect(neighbour('eth1:nf/forward')).toBe(true);
    expect(neighbour('eth0:tcx/egress@first')).toBe(false);
  });

  it('has the rest of a chain that was left in its middle', () => {
    expect(tcPrograms('eth1:netif_receive_skb', 'eth1:nf/prerouting')).toEqual(['ingress']);
    expect(tcPrograms('eth1:tcx/ingress@after:ingress#2', 'eth1:nf/prerouting')).toEqual([]);
  });
});
