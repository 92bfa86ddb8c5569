import {
  from,
  keptByExpansion,
  leftBehind,
  lost,
  moved,
  tcHelper,
  tcHelperCloned,
  upTo,
  type TcHelper,
} from '../scenario/tc-helper.ts';

const small: TcHelper = {
  name: 'change-head',
  summary: 'bpf_skb_change_head() makes room of 14 bytes in front of the packet',
  operation: 'bpf_skb_change_head(), 14 bytes',
  programs: ['head_grow'],
  outcomes: [upTo(leftBehind(14)), from(moved)],
};

export const changeHead = tcHelper(small);
export const changeHeadCloned = tcHelperCloned(small, [upTo(lost), from(keptByExpansion)]);
export const changeHeadBeyond = tcHelper({
  ...small,
  name: 'change-head-beyond',
  summary: 'bpf_skb_change_head() makes room of 400 bytes, more than there is headroom',
  operation: 'bpf_skb_change_head(), beyond the headroom',
  programs: ['head_beyond'],
  outcomes: [upTo(lost), from(keptByExpansion)],
});
