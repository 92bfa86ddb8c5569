/** What a note says in a form that no field prints is told too; of what cannot be told, whoever shares it is told. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatHex, formatIpv4, formatMac } from '#core/dissect/addresses.ts';
import { CAREFUL, type SharePolicy } from './policy.ts';
import { Pseudonyms } from './pseudonyms.ts';
import { shareProse } from './prose.ts';
import { KEEP_ALL } from './testing/keep-all.ts';
import { SharedPrograms } from './shared-programs.ts';
import { rulesWith } from './testing/rules.ts';

const ADDRESS = Uint8Array.of(10, 71, 0, 10);
/** Its decimal digits are hexadecimal ones as well. */
const DECIMAL_DIGITS = Uint8Array.of(10, 71, 10, 10);
const IPV6 = Uint8Array.of(0x20, 1, 0xd, 0xb8, 0, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x1c);
const STATION = Uint8Array.of(0xa2, 0x21, 0xc1, 0x06, 0x47, 0x18);
const SKB = 0xffff_8881_0af0_3d00n;
const NETNS = 4_026_532_248n;
const COOKIE = 0x7766_5544_33n;
/** As the kernel gives them: counted up. */
const SHORT_COOKIE = 8193n;
const FLOW_HASH = 0xdead_c0den;
const PROCESS = 41_234n;

function told(text: string, policy: SharePolicy = CAREFUL) {
  const names = new Pseudonyms(new Uint8Array(32).fill(42));
  const { addresses, numbers } = names;
  const ip = addresses.ip(ADDRESS);
  const ip6 = addresses.ip(IPV6);
  const mac = addresses.mac(STATION);
  const skb = numbers.hidden('kernel', SKB).toString(16);
  const netns = numbers.hidden('netns', NETNS);
  numbers.hidden('cookie', COOKIE);
  const cookie = numbers.hidden('cookie', SHORT_COOKIE);
  const hash = numbers.hidden('hash', FLOW_HASH);
  const process = numbers.hidden('process', PROCESS);
  names.name('process', 'gateway');
  names.name('file', 'acme-customer.pcapng');
  names.name('file', 'capture.pcapng');
  names.name('file', 'acme-10.71.0.10.pcapng');
  for (const host of [
    'ip-10-71-0-10.eu.acme.internal',
    'node-deadc0de.acme.net',
    'mac-a2-21-c1-06-47-18.acme.net',
    '10.71.0.10-dc',
    '10.71.0.10',
  ])
    names.name('host', host);
  addresses.ip(DECIMAL_DIGITS);
  const doubts = new Set<string>();
  const out = shareProse(text, rulesWith({ policy, names }), doubts);
  const digits = formatIpv4(addresses.ip(DECIMAL_DIGITS), 0);
  return { out, doubts: [...doubts], ip, ip6, mac, skb, netns, hash, process, digits, cookie };
}

const hexOf = (bytes: Uint8Array) => formatHex(bytes, 0, bytes.length);
const pairsOf = (bytes: Uint8Array, between: string) => (hexOf(bytes).match(/../g) ?? []).join(between);
const numberOf = (bytes: Uint8Array) => BigInt(`0x${hexOf(bytes)}`).toString();

describe('is what it is in the share:', () => {
  const { ip, ip6, mac, skb, netns, hash, process, digits, cookie } = told('');
  const dotted = formatIpv4(ip, 0);
  const prefix = dotted.replace(/\.\d+$/, '');
  it.each<[string, string]>([
    ['sk_buff 0xffff88810af03d00', `sk_buff 0x${skb}`],
    ['ffff88810af03d00+0x10', `${skb}+0x10`],
    ['0xFFFF88810AF03D00', `0x${skb}`],
    [`number ${SKB}`, `number ${BigInt(`0x${skb}`)}`],
    ['netns 4026532248, and eth0~4026532248', `netns ${netns}, and eth0~${netns}`],
    ['netns 0xf0000198', `netns 0x${netns.toString(16).padStart(8, '0')}`],
    ['hash 0xdeadc0de', `hash 0x${hash.toString(16)}`],
    ['hash 3735929054', `hash ${hash}`],
    ['gateway/41234 (pid 41234)', `process1/${process} (pid ${process})`],
    ['0x0a47000a', `0x${hexOf(ip)}`],
    ['0xa47000a', `0x${hexOf(ip).replace(/^0/, '').padStart(7, '0')}`],
    ['0a47000a', hexOf(ip)],
    ['0x0a00470a', `0x${hexOf(ip.slice().reverse())}`],
    ['`0a 47 00 0a`', `\`${pairsOf(ip, ' ')}\``],
    ['{0x0a, 0x47, 0x00, 0x0a}', `{0x${pairsOf(ip, ', 0x')}}`],
    ['"\\x0a\\x47\\x00\\x0a"', `"\\x${pairsOf(ip, '\\x')}"`],
    ['0a47 000a', `${hexOf(ip).slice(0, 4)} ${hexOf(ip).slice(4)}`],
    [numberOf(ADDRESS), numberOf(ip)],
    [numberOf(ADDRESS.slice().reverse()), numberOf(ip.slice().reverse())],
    ['010.071.000.010', dotted],
    ['10[.]71[.]0[.]10', dotted],
    ['10\\.71\\.0\\.10', dotted],
    ['10&#46;71.0.10', dotted],
    ['10&#x2e;71&period;0.&#49;0', dotted],
    ['10.\u200b71.0.10', dotted],
    ['１０．７１．０．１０', dotted],
    ['10-71-0-10', dotted.replaceAll('.', '-')],
    ['ip_10_71_0_10', `ip_${dotted.replaceAll('.', '_')}`],
    ['10, 71, 0, 10', dotted.replaceAll('.', ', ')],
    ['10.71.0.x and 10.71.x.x', `${prefix}.x and ${prefix.replace(/\.\d+$/, '')}.x.x`],
    ['10.71.* and 10.71/16', `${prefix.replace(/\.\d+$/, '')}.* and ${prefix.replace(/\.\d+$/, '')}/16`],
    ['10.71.0.{1,2}', `${prefix}.{1,2}`],
    ['a221c1064718', hexOf(mac)],
    ['A2-21-C1-06-47-18', formatMac(mac, 0)],
    ['a2:21:c1:6:47:18', formatMac(mac, 0)],
    ['20010db800070000000000000000001c', hexOf(ip6)],
    // With what is next to them: ports, counts, what C writes behind a constant.
    ['0A00470A:1F90', `${hexOf(ip.slice().reverse())}:1F90`],
    ['0x0a47000a:80', `0x${hexOf(ip)}:80`],
    ['0a47000a-1', `${hexOf(ip)}-1`],
    ['0a:47:00:0a-1', `${pairsOf(ip, ':')}-1`],
    ['ffff88810af03d00:10', `${skb}:10`],
    ['skb=ffff88810af03d00.5', `skb=${skb}.5`],
    ['a221c1064718:1', `${hexOf(mac)}:1`],
    ['deadc0de:1', `${hash.toString(16).padStart(8, '0')}:1`],
    ['netns 4026532248.1', `netns ${netns}.1`],
    ['0xffff88810af03d00ULL', `0x${skb}ULL`],
    ['0x0a47000aU', `0x${hexOf(ip)}U`],
    ['10-71-0-10-443', `${dotted.replaceAll('.', '-')}-443`],
    ['443-10-71-0-10', `443-${dotted.replaceAll('.', '-')}`],
    ['tcp_10_71_0_10_443', `tcp_${dotted.replaceAll('.', '_')}_443`],
    ['ip-10-71-10-10', `ip-${digits.replaceAll('.', '-')}`],
    ['10_71_10_10', digits.replaceAll('.', '_')],
    ['10, 71, 10, 10', digits.replaceAll('.', ', ')],
    ['10 71 10 10', digits.replaceAll('.', ' ')],
    // Names with an address or a number in them, as a whole.
    ['at ip-10-71-0-10.eu.acme.internal', 'at host1'],
    ['node-deadc0de.acme.net: Mac-a2-21-c1-06-47-18.acme.net', 'host2: host3'],
    ['10.71.0.10-dc', 'host4'],
    ['/srv/acme/acme-10.71.0.10.pcapng, acme-10.71.0.10', 'file3, file3'],
    ['/home/jane/acme-customer', 'file1'],
    ['/home/jürgen/acme-customer.pcapng', 'file1'],
    ['in /home/jane doe/acme-customer.pcapng', 'in file1'],
    ['file:///home/jane%20doe/acme-customer.pcapng', 'file:file1'],
    ['/home/jane/acme-customer.pcapng/capture.pcapng', 'file1/file2'],
    ['C:\\Jane Doe\\acme-customer', 'file1'],
    ['10.71&#8203;.0.10', dotted],
    ['10.71&#xfeff;.0&#xff0e;1&shy;0', dotted],
    ['socket cookie 8193', `socket cookie ${cookie}`],
    ['cookie 0x2001', `cookie 0x${cookie.toString(16)}`],
    ['gateway[41234], gateway 41234', `process1[${process}], process1 ${process}`],
    ['pids 41234', `pids ${process}`],
    ['/home/alice/acme-customer.pcapng and acme-customer', 'file1 and file1'],
    ['of ACME-CUSTOMER.pcapng.', 'of file1.'],
  ])('%s', (text, as) => {
    expect(told(text).out).toBe(as);
    expect(told(text).doubts).toEqual([]);
    const whole = told(text, KEEP_ALL).out;
    if (!/(?:file|process|host)\d/.test(as)) expect(whole).toBe(text);
  });
});

it('an address of decimal digits is found behind a number of two, which may be its first', () => {
  const { out, digits } = told('80-10-71-10-10');
  expect(out).toBe(`80-${digits.replaceAll('.', '-')}`);
});

it.each([
  ['{"meta_hex":"03040a47000a2222","value":"x"}', '{"meta_hex":"[8 bytes]","value":"x"}'],
  ['03 04 0a 47 00 0a', '[6 bytes]'],
  // Whose digits are decimal ones.
  ['01 04 12 34 56 78 02 01 01 02 03', '[11 bytes]'],
  ['{0x01, 0x04, 0x12, 0x34, 0x56, 0x78, 0x02, 0x01}', '{[8 bytes]}'],
  ['"\\x01\\x04\\x12\\x34\\x56\\x78\\x02\\x01"', '"[8 bytes]"'],
  ['03:04:0a:47:00:0a:11', '[7 bytes]'],
  ['0304 0a47 000a 22', '[7 bytes]'],
  ['00000000: 0304 0a47 000a 2222  ..', '00000000: [8 bytes]  ..'],
  ['deadbeefdeadbeefdeadbeef01', '[13 bytes]'],
  ['a2 21 c1 06\n47 18 00', '[7 bytes]'],
])(
  'bytes of which nobody knows what they are, or in which there is an address, do not go: %s',
  (text, as) => {
    expect(told(text).out).toBe(as);
    expect(told(text, KEEP_ALL).out).toBe(text);
  },
);

it.each([
  '11 22 33 20::1',
  '1 2 3 20::1',
  '01.20::1',
  '1 2 3 4:5:6:7:8:9',
  '11 22 33 192.0.2.7',
  '1111 2001::1',
])('what is in front of an address does not hide it: %s', (text) => {
  const [, address = ''] = /([^ ]+|20::1)$/.exec(text) ?? [];
  expect(told(text).out).not.toContain(address.replace('01.', ''));
});

it.each([
  'deadbeef01',
  '0x0b47000a',
  '0x7fffdead0000beef',
  'b221c1064718',
  '11-71-0-11',
  '4026532999',
  '0b 47 00 0c',
  '3132333435363738',
  '01, 04, 12, 34, 56, 78, 02, 01',
])('goes as it was written, and whoever shares it is told: %s', (text) => {
  expect(told(`at ${text}.`)).toMatchObject({ out: `at ${text}.`, doubts: [text] });
  expect(told(text, KEEP_ALL).doubts).toEqual([]);
});

it.each([
  '1795392000000000000 ns, 1234567 packets',
  '10:20:30, 10:20:31 and 10:20:32',
  'kernel 6.18.44 and 6.18.x, 10.71 ms',
  'a facade of dead beef, added by a decade',
  'capture.pcapng: this capture'.replace('capture.pcapng: ', ''),
  'tcp/443, ports 80 53 22 21 25 99 10',
  '2026-11-26 10:20:30, at 1795392000000000 us',
  '8193 packets, a gate 41234, flows[41235], &#x263a; &#x110000;',
  'mark 0x1f, 2026-11-26, version 1.2.3',
  'Lost / dropped packets are in all of it',
])('what is none of them stays: %s', (text) => {
  expect(told(text)).toMatchObject({ out: text, doubts: [] });
});

it('folders in front of a file go, and no sentence with a slash in it', () => {
  const names = new Pseudonyms(new Uint8Array(32).fill(42));
  names.name('file', 'acme.pcapng');
  const said = (text: string) => shareProse(text, rulesWith({ names }));
  expect(said('see /proc/net/tcp and then open /tmp/acme.pcapng')).toBe(
    'see /proc/net/tcp and then open file1',
  );
  expect(said('Lost / dropped packets are in old/acme.pcapng')).toBe('Lost / dropped packets are in file1');
  expect(said('in /home/jane doe/my captures/acme.pcapng')).toBe('in file1');
});

it('a file that is called as words of Whither or of every sentence are is told by its whole name alone', () => {
  const names = new Pseudonyms(new Uint8Array(32).fill(42));
  for (const file of [
    'before.pcapng',
    'ingress.pcapng',
    'ICMP.pcap',
    'acme.pcap',
    'ipv6.pcap',
    'netif_receive_skb.pcap',
  ])
    names.name('file', file);
  const said = 'Lost before tcx ingress: icmp of acme, over ipv6, at netif_receive_skb';
  expect(shareProse(said, rulesWith({ names }))).toBe(
    'Lost before tcx ingress: icmp of file4, over ipv6, at netif_receive_skb',
  );
  expect(shareProse('before.pcapng, icmp.pcap', rulesWith({ names }))).toBe('file1, file3');
});

it('tags of programs that go out stay: evidence quotes them', () => {
  const names = new Pseudonyms(new Uint8Array(32).fill(42));
  const programs = new SharedPrograms();
  const text = 'edge_xdp#7 (tag 3b185187f1855c4c)';
  expect(shareProse(text, rulesWith({ names, programs }))).toBe('edge_xdp#7 (tag [8 bytes])');
  const program = { id: 7, name: 'edge_xdp', tag: '3b185187f1855c4c', attach: 'xdp', device: 'eth0' };
  programs.add(program, program);
  expect(shareProse(text, rulesWith({ names, programs }))).toBe(text);
});

it('each rule by itself leaves what it is about', () => {
  const text = '0xffff88810af03d00 4026532248 0x0a47000a a221c1064718';
  const one = (rules: Partial<SharePolicy>) => told(text, { ...CAREFUL, ...rules }).out.split(' ');
  const [skb, netns, ip, mac] = text.split(' ');
  expect(one({ kernelAddresses: 'keep' })[0]).toBe(skb);
  expect(one({ names: 'keep' })[1]).toBe(netns);
  expect(one({ addresses: 'keep' }).slice(2)).toEqual([ip, mac]);
  const hidden = one({});
  for (const [i, part] of text.split(' ').entries()) expect(hidden[i]).not.toBe(part);
});

it('of bytes that hold an address nothing goes, wherever it is and however they are grouped', () => {
  const around = fc.uint8Array({ minLength: 1, maxLength: 12 });
  const secret = fc.constantFrom(ADDRESS, ADDRESS.slice().reverse(), STATION, IPV6);
  const between = fc.constantFrom('', ' ', ':', ', 0x', '\\x', '  ', '-');
  fc.assert(
    fc.property(around, secret, around, between, (before, what, behind, separator) => {
      const bytes = Uint8Array.from([...before, ...what, ...behind]);
      const text = `“${pairsOf(bytes, separator)}”`;
      // Decimal digits alone are a number.
      fc.pre(/[a-f]/.test(text.replaceAll('0x', '')));
      expect(told(text).out).toMatch(new RegExp(String.raw`^“(?:\[\d+ bytes\]|[0-9a-f:]+)”$`));
      expect(told(text).out).not.toContain(pairsOf(what, separator));
    }),
    { numRuns: 500 },
  );
});
