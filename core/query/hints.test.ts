import { expect, it } from 'vitest';
import { seen, trace } from '#core/store/testing/scenario.ts';
import { compileFilter } from './compile.ts';
import { meantBy } from './hints.ts';

const store = seen({ hook: 'netif_receive_skb', id: 1n, us: 0, meta: trace(1) });

it.each(
  (
    'ip ipv6 ip.proto ipv6.src sport udp.stream frame.len frame.time pkt_comment vlan.id interface ' +
    'tcp.port udp.dstport sctp.srcport TCP udp icmp icmpv6 arp 10.0.0.1 10.0.0.0/8 ::1 fe80::/10 02:00:00:00:00:01 443'
  ).split(' '),
)('what is proposed for “%s” can be asked', (word) => {
  const meant = meantBy(word);
  expect(meant).not.toBeNull();
  expect(compileFilter(meant!, store)).toMatchObject({ ok: true });
});

it.each(['', 'dns', '70000', '-1', 'tcp.flags', '10.0.0', 'unknown'])('for “%s” nothing is', (word) => {
  expect(meantBy(word)).toBeNull();
});
