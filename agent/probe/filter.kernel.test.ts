import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { wholePackets } from '#core/dissect/testing/packets.ts';
import { BLOCK_SUBTYPE, GAP_CAUSE } from '#core/format/structs.ts';
import { EdgeLab } from '../lab/edge/lab.ts';
import { startProbe } from '../lab/edge/record.ts';
import { findRoot } from '../lab/root.ts';
import { programsOf, untilUnloaded } from '../lab/testing/host-state.ts';
import { finalStatistics, readCapture, type Capture, type SeenPacket } from '../lab/testing/read-capture.ts';
import { requireKernel } from '../lab/testing/require-kernel.ts';

const skip = requireKernel();
const SEED = 20261123;
const PACKETS = 400;
const LINKTYPE_ETHERNET = 1;
const ETHERNET_BYTES = 14;
/** BPF_PROG_RUN takes a packet that fits a page. */
const MAX_BYTES = 1500;

const RATE = 300;
const TRAFFIC_MS = 1500;
const FLOOD = 20_000;
const LIMIT = 2000;
/** WH_RATE_BURST_NS */
const BURST_SECONDS = 0.1;
/** What is under way when the limit is reached may pass its last hooks. */
const UNDER_WAY_EVENTS = 64;

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

  describe('on real packets', () => {
    const file = path.join(directory, 'filtered.pcapng');
    let lab: EdgeLab;

    beforeAll(async () => {
      lab = await EdgeLab.start();
    });

    afterAll(() => lab.stop());

    /** What the probe captures of `SECONDS` of the lab's traffic, or of a flood when one is asked for. */
    async function captured(args: readonly string[], flood = 0): Promise<Capture> {
      const probe = await startProbe(lab, file, args);
      const programs = programsOf(probe.process.pid!);
      if (flood > 0) await lab.flood(flood);
      else {
        await lab.startTraffic(RATE);
        await sleep(TRAFFIC_MS);
        await lab.stopTraffic();
      }
      await probe.end('SIGINT');
      await untilUnloaded(programs);
      const capture = readCapture(file);
      expect(capture.problems).toEqual([]);
      return capture;
    }

    it('keeps what matches and nothing else, from the first hook to the end', async () => {
      const { packets, json } = await captured(['-f', 'udp and dst port 7000']);
      const journeys = journeysOf(packets);
      expect(journeys.length).toBeGreaterThan(5);
      for (const packet of packets) {
        const ip = packet.data.subarray(isRaw(packet.hook) ? 0 : ETHERNET_BYTES);
        const v6 = ip[0]! >> 4 === 6;
        expect([v6 ? ip[6] : ip[9], destinationPort(ip, v6)], packet.hook).toEqual([17, 7000]);
      }
      const received = journeys.filter((journey) => journey[0]!.hook === 'napi_gro_receive_entry');
      expect(received.length).toBeGreaterThan(5);
      for (const journey of received) {
        const hooks = journey.map(({ hook }) => hook);
        for (const hook of ['netif_receive_skb', 'tcx/ingress@last', 'nf/local_in'])
          expect(hooks).toContain(hook);
      }
      expect(json.get(BLOCK_SUBTYPE.filter)).toEqual({
        expression: 'udp and dst port 7000',
        devices: [lab.device],
        netns: lab.netns,
        hasMetadata: false,
      });
    });

    it('keeps nothing, and has no journey under way, when nothing matches', async () => {
      const { packets, statistics } = await captured(['-f', 'udp port 4242']);
      expect(packets).toEqual([]);
      expect(statistics.every(({ received }) => received === 0n)).toBe(true);
    });

    it('keeps only packets with metadata, from where they have it', async () => {
      const { packets } = await captured(['--has-metadata']);
      const journeys = journeysOf(packets);
      expect(journeys.length).toBeGreaterThan(5);
      for (const [first] of journeys) expect(first!.event.metaLen).toBeGreaterThan(0);
    });

    it('keeps only packets with the mark', async () => {
      expect((await captured(['--mark', '0x10/0xf0'])).packets).toEqual([]);
      expect((await captured(['--mark', '0/0xf0'])).packets.length).toBeGreaterThan(20);
    });

    it('samples whole journeys and counts every event that it leaves out', async () => {
      const capture = await captured(['-f', 'udp', '--sample', '8'], FLOOD);
      const kept = wholeFloods(capture);
      expect(kept).toBeGreaterThan(FLOOD / 16);
      expect(kept).toBeLessThan(FLOOD / 4);
      const left = gapsOf(capture, GAP_CAUSE.sampling);
      for (const { id, index, name } of capture.interfaces.filter(isFloodHop)) {
        const written = Number(finalStatistics(capture).get(index)!.received);
        expect(written + (left.get(id) ?? 0), name).toBe(FLOOD);
      }
    });

    it('limits the rate by leaving out whole journeys, and counts their events', async () => {
      const capture = await captured(['-f', 'udp', '--rate', String(LIMIT)], FLOOD);
      wholeFloods(capture);
      const left = gapsOf(capture, GAP_CAUSE.rateLimit);
      for (const { id, index, name } of capture.interfaces.filter(isFloodHop)) {
        const written = Number(finalStatistics(capture).get(index)!.received);
        expect(written + (left.get(id) ?? 0), name).toBe(FLOOD);
      }
      const times = capture.packets.map(({ time }) => time).sort((a, b) => Number(a - b));
      const seconds = Number(times.at(-1)! - times[0]!) / 1e9;
      expect(capture.packets.length).toBeLessThanOrEqual(
        LIMIT * (seconds + BURST_SECONDS) + UNDER_WAY_EVENTS,
      );
      expect(capture.packets.length).toBeGreaterThan(LIMIT * BURST_SECONDS * 0.5);
    });

    it('says in one line what is wrong with an expression or a mark', () => {
      const said = (...args: string[]): [number | null, string] => {
        const { status, stderr } = spawnSync(lab.files.probe, ['-i', 'lo', '-w', file, ...args], {
          encoding: 'utf8',
        });
        return [status, stderr];
      };
      expect(said('-f', 'udp prt 53')).toEqual([
        2,
        "whither-probe: the filter 'udp prt 53' is not understood: can't parse filter expression: syntax error (man 7 pcap-filter)\n",
      ]);
      expect(said('--mark', '1/2/3')).toEqual([
        2,
        "whither-probe: --mark is VALUE or VALUE/MASK, like 0x10/0xff, not '1/2/3'\n",
      ]);
      const long = Array.from({ length: 400 }, (_, i) => `host 10.${i >> 8}.${i & 255}.1`).join(' or ');
      expect(said('-f', long)[1]).toContain('the filter is too long');
    });
  });
});

function journeysOf(packets: readonly SeenPacket[]): SeenPacket[][] {
  const journeys = new Map<bigint, SeenPacket[]>();
  for (const packet of packets)
    journeys.set(packet.journey, [...(journeys.get(packet.journey) ?? []), packet]);
  return [...journeys.values()];
}

const isRaw = (hook: string): boolean => hook.startsWith('nf/') || hook.startsWith('cgroup_skb/');

function destinationPort(ip: Uint8Array, v6: boolean): number {
  const at = (v6 ? 40 : (ip[0]! & 0xf) * 4) + 2;
  return (ip[at]! << 8) | ip[at + 1]!;
}

/** The flood is dropped by the lab's tcx program: it passes these hooks of the edge and no others. */
const FLOOD_HOPS = ['napi_gro_receive_entry', 'netif_receive_skb', 'tcx/ingress@first', 'kfree_skb'];
const isFloodHop = ({ name }: { name: string }): boolean =>
  FLOOD_HOPS.includes(name.slice(name.indexOf(':') + 1));

/** Expects every journey of the flood to be whole; how many there are. */
function wholeFloods(capture: Capture): number {
  const journeys = journeysOf(capture.packets);
  for (const journey of journeys) expect(journey.map(({ hook }) => hook)).toEqual(FLOOD_HOPS);
  return journeys.length;
}

/** Events in the gap blocks of a cause, by interface. */
function gapsOf(capture: Capture, cause: number): Map<number, number> {
  const counts = new Map<number, number>();
  for (const gap of capture.gaps) {
    expect(gap.cause).toBe(cause);
    counts.set(gap.interfaceId, (counts.get(gap.interfaceId) ?? 0) + Number(gap.count));
  }
  return counts;
}
