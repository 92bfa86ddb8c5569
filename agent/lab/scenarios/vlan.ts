import {
  from,
  kept,
  lost,
  moved,
  tcHelper,
  tcHelperCloned,
  upTo,
  type TcHelper,
} from '../scenario/tc-helper.ts';

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
  outcomes: [kept],
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
  outcomes: [kept],
};

export const vlanPushOneCloned = tcHelperCloned(push, [kept]);
export const vlanPushTwoCloned = tcHelperCloned(pushAgain, [upTo(lost), from(moved)]);
export const vlanPopOne = tcHelper(pop);
export const vlanPopOneCloned = tcHelperCloned(pop, [kept]);
export const vlanPopTwo = tcHelper(popTwo);
export const vlanPopTwoCloned = tcHelperCloned(popTwo, [upTo(lost), from(moved)]);
