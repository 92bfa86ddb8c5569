import { CLIENT_MAC, LAB_MAC } from '../scenario/network.ts';
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

const ETHERNET6 = `${LAB_MAC}${CLIENT_MAC}86dd`.replaceAll(':', '');

const to6: TcHelper = {
  name: 'change-proto-6',
  summary: 'bpf_skb_change_proto() makes IPv6 of IPv4: 20 bytes more',
  operation: 'bpf_skb_change_proto(), IPv4 to IPv6',
  programs: ['proto_6'],
  outcomes: [upTo(leftBehind(20)), from(moved)],
};
const to4: TcHelper = {
  name: 'change-proto-4',
  summary: 'bpf_skb_change_proto() makes IPv4 of IPv6: 20 bytes less',
  operation: 'bpf_skb_change_proto(), IPv6 to IPv4',
  programs: ['proto_4'],
  ipv6: true,
  // The MAC header went 20 bytes back: the old one is read, and the beginning of the IPv6 header.
  outcomes: [upTo({ ...suspect, area: () => `${ETHERNET6.slice(8)}600.....0028` }), from(moved)],
};

export const changeProto6 = tcHelper(to6);
export const changeProto6Cloned = tcHelperCloned(to6, [upTo(lost), from(keptByExpansion)]);
export const changeProto4 = tcHelper(to4);
export const changeProto4Cloned = tcHelperCloned(to4, [upTo(lost), from(keptByExpansion)]);
