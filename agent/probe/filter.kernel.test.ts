import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { wholePackets } from '#core/dissect/testing/packets.ts';
import { findRoot } from '../lab/root.ts';
import { requireKernel } from '../lab/testing/require-kernel.ts';

const skip = requireKernel();
const SEED = 20261123;
const PACKETS = 400;
const LINKTYPE_ETHERNET = 1;
const ETHERNET_BYTES = 14;
/** BPF_PROG_RUN takes a packet that fits a page. */
const MAX_BYTES = 1500;

/** Every kind of instruction that libpcap's compiler makes, and what people ask for. */
const EXPRESSIONS = [
  'udp',
  'tcp',
  'icmp',
  'ip6',
  'icmp6',
  'arp',
  'not ip',
  'udp port 4789 and host 10.0.0.1',
  'udp port 53 or tcp port 80',
  'portrange 0-1023',
  'net 10.0.0.0/8 or src net 192.168.0.0/16',
  'dst host 255.255.255.255',
  'ip6 net 2001:db8::/32',
  'ip6 host ::1 or ip6 proto 58',
  'greater 100',
  'less 70',
  'len > 80 and len < 200',
  'ether host ff:ff:ff:ff:ff:ff',
  'ether src 02:00:00:00:00:01',
  'ether multicast',
  'ether proto 0x88cc',
  'vlan',
  'vlan and vlan',
  'vlan 100 or vlan 7',
  'vlan and udp',
  'tcp[tcpflags] & (tcp-syn|tcp-fin) != 0',
  'tcp[(tcp[12] >> 4) * 4 - 1] != 0',
  'icmp[icmptype] = icmp-echo',
  'ip proto 17 and ip[6:2] & 0x1fff = 0',
  'ip[8] > 10 and ip[2:2] - ((ip[0] & 0xf) << 2) != 0',
  'ether[0] & 1 = 0 and ip[16] >= 224',
  'udp[8:4] % 3 = 1',
  'ip[4:2] / 7 * 3 ^ 5 | 1 > 200',
  '-ip[4:2] & 0xf != 3',
  'len << (ip[0] & 3) > 90',
  'len >> (ip[0] & 0x45) > 0',
  'ip[2:2] % (ip[8] & 1) = 0',
  'ip[2:2] / (ip[8] & 3) > 20',
  'ip[ip[8]] > 7 and ip[1000000] = 0',
  'ip[len - 20] = 0',
];

interface Tally {
  readonly asked: number;
  readonly matched: number;
  readonly differ: number;
}

interface Comparison {
  readonly expression: string;
  readonly link: Tally;
  readonly network: Tally;
}

/** A classic pcap file of Ethernet packets, little-endian, microseconds. */
function pcapOf(packets: readonly (readonly number[])[]): Buffer {
  const words = (...values: number[]): Buffer => {
    const bytes = Buffer.alloc(4 * values.length);
    values.forEach((value, i) => bytes.writeUInt32LE(value, 4 * i));
    return bytes;
  };
  const parts = [words(0xa1b2c3d4, 0x0004_0002, 0, 0, 65_535, LINKTYPE_ETHERNET)];
  for (const bytes of packets) parts.push(words(0, 0, bytes.length, bytes.length), Buffer.from(bytes));
  return Buffer.concat(parts);
}

describe.skipIf(skip !== null)(`the filter expression${skip === null ? '' : ` (${skip})`}`, () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'whither-filter-'));

  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  describe.each(['casts', 'plain'])('translated for the build %s', (build) => {
    let compared: Comparison[] = [];

    beforeAll(() => {
      const root = findRoot();
      const file = path.join(directory, `${build}.pcap`);
      const drawn = fc.sample(wholePackets(LINKTYPE_ETHERNET), { numRuns: PACKETS, seed: SEED });
      const usable = drawn
        .map(({ bytes }) => [...bytes])
        .filter(({ length }) => length > ETHERNET_BYTES && length <= MAX_BYTES);
      writeFileSync(file, pcapOf(usable));
      const object = path.join(root, `build/probe/filter-${build}.bpf.o`);
      const text = execFileSync(path.join(root, 'build/whither-filter-check'), [object, file], {
        input: `${EXPRESSIONS.join('\n')}\n`,
        encoding: 'utf8',
      });
      compared = text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Comparison);
    });

    it.each(EXPRESSIONS)('%s matches what libpcap matches', (expression) => {
      const found = compared.find((one) => one.expression === expression);
      expect(found?.link.asked).toBeGreaterThan(PACKETS);
      expect([found?.link.differ, found?.network.differ]).toEqual([0, 0]);
    });

    it('has been asked about packets of both kinds by most expressions', () => {
      const telling = compared.filter(({ link }) => link.matched > 0 && link.matched < link.asked);
      expect(telling.length).toBeGreaterThan(EXPRESSIONS.length * 0.7);
    });
  });
});
