import { datagrams, stamp, withFar } from '../scenario/network.ts';
import type { Scenario } from '../scenario/types.ts';

const PACKETS = 8;

const common = {
  roles: ['client', 'lab', 'far'],
  network: withFar,
  traffic: (ns) => [{ send: datagrams(ns, PACKETS) }],
  packets: PACKETS,
  losses: () => [],
} satisfies Partial<Scenario>;

export const redirect: Scenario = {
  ...common,
  name: 'redirect',
  summary: 'a TC program sends packets out of another device, bpf_redirect()',
  programs: {
    object: 'redirect',
    role: 'lab',
    attach: [
      'device:out0:target',
      'xdp:lab0:stamp',
      'ingress:lab0:before',
      'ingress:lab0:to_device',
      'egress:out0:after',
    ],
  },
  watch: { role: 'lab', devices: ['lab0', 'out0'] },
  expect: [
    { at: 'lab0:tcx/ingress@after:before', state: 'present', area: stamp, truth: 'before' },
    { at: 'out0:tcx/egress@last', state: 'present', area: stamp, truth: 'after' },
    { at: 'out0:net_dev_start_xmit', state: 'present', area: stamp },
  ],
  survival: [{ operation: 'bpf_redirect() to another device', at: 'out0:tcx/egress@last' }],
};

export const redirectPeer: Scenario = {
  ...common,
  name: 'redirect-peer',
  summary: 'a TC program sends packets into another namespace, bpf_redirect_peer()',
  programs: {
    object: 'redirect',
    role: 'lab',
    attach: [
      'device:out0:target',
      'xdp:lab0:stamp',
      'ingress:lab0:before',
      'ingress:lab0:to_peer',
      'ingress:in0:after@far',
    ],
  },
  watch: { role: 'far', devices: ['in0'] },
  expect: [{ at: 'in0:tcx/ingress@last', state: 'present', area: stamp, truth: 'after' }],
  survival: [{ operation: 'bpf_redirect_peer() into another namespace', at: 'in0:tcx/ingress@last' }],
};

export const devmap: Scenario = {
  ...common,
  name: 'devmap',
  summary: 'an XDP program sends packets out of another device, bpf_redirect_map()',
  programs: {
    object: 'redirect',
    role: 'lab',
    attach: ['device:out0:devices', 'xdp:lab0:to_devmap', 'xdp:in0:idle@far', 'ingress:in0:after@far'],
  },
  watch: { role: 'far', devices: ['in0'] },
  expect: [{ at: 'in0:tcx/ingress@last', state: 'present', area: stamp, truth: 'after' }],
  survival: [{ operation: 'XDP redirect to another device (devmap)', at: 'in0:tcx/ingress@last' }],
};

export const cpumap: Scenario = {
  ...common,
  name: 'cpumap',
  summary: 'an XDP program sends packets to another CPU, bpf_redirect_map()',
  programs: {
    object: 'redirect',
    role: 'lab',
    attach: ['cpu:0:cpus', 'xdp:lab0:to_cpumap', 'ingress:lab0:after'],
  },
  watch: { role: 'lab', devices: ['lab0'] },
  expect: [{ at: 'lab0:tcx/ingress@last', state: 'present', area: stamp, truth: 'after' }],
  survival: [{ operation: 'XDP redirect to another CPU (cpumap)', at: 'lab0:tcx/ingress@last' }],
};
