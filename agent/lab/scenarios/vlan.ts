import { KERNEL_KEEPS } from '#core/diagnosis/kernel-version.ts';
import { none, stamp } from '../scenario/network.ts';
import {
  from,
  kept,
  keptByExpansion,
  leftBehind,
  lost,
  moved,
  suspect,
  tcHelper,
  tcHelperCloned,
  upTo,
  type TcHelper,
} from '../scenario/tc-helper.ts';
import type { Scenario } from '../scenario/types.ts';

const VLAN_BYTES = 4;
const PUSHED = 'lab0:tcx/ingress@after:vlan_push_2nd';
const POPPED = 'lab0:tcx/ingress@after:vlan_pop';

const push: TcHelper = {
  name: 'vlan-push-one',
  summary: 'bpf_skb_vlan_push() puts a tag beside the packet, into skb->vlan_tci',
  operation: 'bpf_skb_vlan_push(), first tag',
  programs: ['vlan_push'],
  outcomes: [kept],
};
const pushAgain: TcHelper = {
  name: 'vlan-push-two',
  summary: 'bpf_skb_vlan_push() a second time puts the first tag into the packet',
  operation: 'bpf_skb_vlan_push(), second tag',
  programs: ['vlan_push', 'vlan_push_2nd'],
  outcomes: [upTo(leftBehind(VLAN_BYTES)), from(moved)],
};
const pop: TcHelper = {
  name: 'vlan-pop-one',
  summary: 'bpf_skb_vlan_pop() takes away a tag that is beside the packet',
  operation: 'bpf_skb_vlan_pop(), only tag',
  programs: ['vlan_push', 'vlan_pop'],
  outcomes: [kept],
};
const popTwo: TcHelper = {
  name: 'vlan-pop-two',
  summary: 'bpf_skb_vlan_pop() takes away the outer of two tags, and the inner one comes out of the packet',
  operation: 'bpf_skb_vlan_pop(), outer of two tags',
  programs: ['vlan_push', 'vlan_push_2nd', 'vlan_pop'],
  // Back in the old place; the Ethernet header had been over its end meanwhile.
  outcomes: [
    upTo({ ...suspect, area: (sequence) => stamp(sequence).slice(0, -2 * VLAN_BYTES) + '02000000' }),
    from(moved),
  ],
};

export const vlanPushOneCloned = tcHelperCloned(push, [kept]);
export const vlanPushTwoCloned = tcHelperCloned(pushAgain, [upTo(lost), from(keptByExpansion)]);
export const vlanPopOne = tcHelper(pop);
export const vlanPopOneCloned = tcHelperCloned(pop, [kept]);
export const vlanPopTwo: Scenario = {
  ...tcHelper(popTwo),
  // Which TLVs there were in between hangs on what was in the headroom.
  undetermined: /@after:vlan_pop suspect helperLeft \S+ [a-z_]+ /,
  losses: (kernel) =>
    kernel >= KERNEL_KEEPS
      ? []
      : [
          ...['*', 'trace_id', 'tenant'].map((tlv) => `${PUSHED} suspect helperLeft implied ${tlv} 8`),
          `${POPPED} suspect helperLeft implied * 8`,
        ],
};
export const vlanPopTwoCloned: Scenario = {
  ...tcHelperCloned(popTwo, [upTo({ state: 'none', area: none }), from(moved)]),
  losses: (kernel) =>
    kernel >= KERNEL_KEEPS
      ? []
      : ['*', 'trace_id', 'tenant'].map((tlv) => `${PUSHED} lost expandHeadByProgram implied ${tlv} 8`),
};
