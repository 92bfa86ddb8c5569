import {
  from,
  kept,
  keptByExpansion,
  lost,
  tcHelper,
  tcHelperCloned,
  upTo,
  type TcHelper,
} from '../scenario/tc-helper.ts';

const grow: TcHelper = {
  name: 'change-tail-grow',
  summary: 'bpf_skb_change_tail() makes the packet 8 bytes longer',
  operation: 'bpf_skb_change_tail(), 8 bytes more',
  programs: ['tail_grow'],
  outcomes: [kept],
};
const shrink: TcHelper = {
  name: 'change-tail-shrink',
  summary: 'bpf_skb_change_tail() makes the packet 8 bytes shorter',
  operation: 'bpf_skb_change_tail(), 8 bytes less',
  programs: ['tail_shrink'],
  outcomes: [kept],
};

export const changeTailGrow = tcHelper(grow);
export const changeTailGrowCloned = tcHelperCloned(grow, [upTo(lost), from(keptByExpansion)]);
export const changeTailShrink = tcHelper(shrink);
export const changeTailShrinkCloned = tcHelperCloned(shrink, [upTo(lost), from(keptByExpansion)]);
export const changeTailBeyond = tcHelper({
  ...grow,
  name: 'change-tail-beyond',
  summary: 'bpf_skb_change_tail() makes the packet 8 kB longer, more than there is tailroom',
  operation: 'bpf_skb_change_tail(), beyond the tailroom',
  programs: ['tail_beyond'],
  outcomes: [upTo(lost), from(keptByExpansion)],
});
