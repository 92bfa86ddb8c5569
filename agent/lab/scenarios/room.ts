import { CLIENT_MAC, LAB_MAC, stamp } from '../scenario/network.ts';
import {
  from,
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

const ETHERNET = `${LAB_MAC}${CLIENT_MAC}0800`.replaceAll(':', '');

const grow: TcHelper = {
  name: 'room-grow',
  summary: 'bpf_skb_adjust_room() makes room of 8 bytes behind the Ethernet header',
  operation: 'bpf_skb_adjust_room(), grow by 8',
  programs: ['room_grow'],
  outcomes: [upTo(leftBehind(8)), from(moved)],
};
const shrink: TcHelper = {
  name: 'room-shrink',
  summary: 'bpf_skb_adjust_room() takes 8 bytes away behind the Ethernet header',
  operation: 'bpf_skb_adjust_room(), shrink by 8',
  programs: ['room_shrink'],
  // The end of the stamp, then the beginning of the old Ethernet header.
  outcomes: [
    upTo({ ...suspect, area: (sequence) => stamp(sequence).slice(16) + ETHERNET.slice(0, 16) }),
    from(moved),
  ],
};

export const roomGrowCloned = tcHelperCloned(grow, [upTo(lost), from(keptByExpansion)]);
export const roomGrowBeyond = tcHelper({
  ...grow,
  name: 'room-grow-beyond',
  summary: 'bpf_skb_adjust_room() makes room of 400 bytes, more than there is headroom',
  operation: 'bpf_skb_adjust_room(), grow beyond the headroom',
  programs: ['room_beyond'],
  outcomes: [upTo(lost), from(keptByExpansion)],
});
export const roomShrink = tcHelper(shrink);
export const roomShrinkCloned = tcHelperCloned(shrink, [upTo(lost), from(keptByExpansion)]);
