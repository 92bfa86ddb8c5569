import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOOKS } from '#core/format/hooks.ts';
import { BLOCK_SUBTYPE, LINK_KIND, META_STATE } from '#core/format/structs.ts';
import { EdgeLab, type EdgeCounts, type EdgeNote } from './edge/lab.ts';
import { startProbe } from './edge/record.ts';
import { deviceCounters, until } from './testing/host-state.ts';
import { finalStatistics, readCapture, type Capture, type SeenPacket } from './testing/read-capture.ts';
import { requireKernel } from './testing/require-kernel.ts';

const skip = requireKernel();
const LINKTYPE_RAW = 101;
const ETHERTYPE_IPV4 = 0x0800;
const HEX_TAG: unknown = expect.stringMatching(/^[0-9a-f]{16}$/);
const SOME_ID: unknown = expect.any(Number);
const RATE = 200;
const SECONDS = 4;
/** type 1, length 8, then the trace id, little-endian. */
const TRACE_PREFIX = '0108';
/** Ways to attach that not every kernel allows. */
const TRAMPOLINE = /^(fentry|fexit|kprobe)/;
const BEFORE_TCX = ['napi_gro_receive_entry', 'netif_receive_skb', 'tcx/ingress@first'];
const AFTER_TCX = [
  'tcx/ingress@last',
  'nf/prerouting',
  'nf/local_in',
  'cgroup_skb/ingress',
  'tcp_probe',
  'skb_copy_datagram_iovec',
];
const TX = [
  'nf/local_out',
  'nf/postrouting',
  'cgroup_skb/egress',
  'tcx/egress@first',
  'tcx/egress@last',
  'net_dev_queue',
  'net_dev_start_xmit',
];

function traceOf(metaHex: string): string {
  const bytes = Buffer.from(metaHex, 'hex').subarray(2, 10);
  return bytes.readBigUInt64LE().toString(16).padStart(16, '0');
}

describe.skipIf(skip !== null)(`the probe in the edge lab${skip === null ? '' : ` (${skip})`}`, () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'whither-edge-'));
  const file = path.join(directory, 'edge.pcapng');
  let lab: EdgeLab;
  let capture: Capture;
  let notes: Map<string, EdgeNote>;
  let counts: EdgeCounts;
  let sent: number;
  let stderr: string;

  const at = (...hooks: string[]): SeenPacket[] => capture.packets.filter(({ hook }) => hooks.includes(hook));

  beforeAll(async () => {
    lab = await EdgeLab.start();
    // Whatever the kernel itself sends when a device comes up must be over: then all counts begin together.
    let before = deviceCounters(lab.netns, lab.device);
    await until('the devices are quiet', async () => {
      const last = before;
      await sleep(1500);
      before = deviceCounters(lab.netns, lab.device);
      return last.tx === before.tx && last.rx === before.rx;
    });
    const probe = await startProbe(lab, file);
    expect(deviceCounters(lab.netns, lab.device)).toEqual(before);
    await lab.startTraffic(RATE);
    await sleep(SECONDS * 1000);
    await lab.stopTraffic();
    await sleep(300);
    await probe.end('SIGTERM');
    stderr = probe.complaint;
    expect(probe.process.exitCode).toBe(0);
    sent = deviceCounters(lab.netns, lab.device).tx - before.tx;
    counts = await lab.counts();
    notes = new Map((await lab.notes()).map((note) => [note.trace, note]));
    capture = readCapture(file);
  });

  afterAll(async () => {
    await lab.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  it('is a whole capture of one device at every hook', () => {
    expect(capture.problems).toEqual([]);
    // Hooks at somebody's programs depend on these, and kernel functions on whether the kernel has trampolines.
    const everywhere = HOOKS.filter(
      ({ name, how }) =>
        how.some((way) => !TRAMPOLINE.test(way)) && !/@(after|fentry|fexit)$|^tap\//.test(name),
    ).map(({ name }) => `edge0:${name}`);
    expect(capture.interfaces.map(({ name }) => name)).toEqual(expect.arrayContaining(everywhere));
    expect(capture.packets.length).toBeGreaterThan(500);
    expect(stderr).toMatch(/^whither-probe: \d+ events written, 0 lost\n/);
  });

  it('shows before tcx the bytes that the XDP program wrote, packet by packet', () => {
    const seen = at(...BEFORE_TCX);
    expect(seen.length).toBeGreaterThan(200);
    for (const { metaHex, event } of seen) {
      expect(event.metaState).toBe(META_STATE.present);
      expect(metaHex.startsWith(TRACE_PREFIX)).toBe(true);
      expect(metaHex).toBe(notes.get(traceOf(metaHex))?.afterXdp);
    }
  });

  it('shows after tcx, and until the process reads it, the bytes that the tcx program left', () => {
    const seen = at(...AFTER_TCX);
    for (const hook of AFTER_TCX) expect([hook, at(hook).length > 0]).toEqual([hook, true]);
    for (const { metaHex } of seen) expect(metaHex).toBe(notes.get(traceOf(metaHex))?.afterTcx);
  });

  it('adds the tenant between tcx first and last, by the origin', () => {
    const complete = at('tcx/ingress@last').filter(({ metaHex }) => metaHex.includes('03040a4700'));
    expect(complete.length).toBeGreaterThan(100);
    for (const { metaHex } of complete) {
      const area = Buffer.from(metaHex, 'hex');
      expect([...area.subarray(19, 21)]).toEqual([4, 4]);
      expect(area.readUInt32LE(21)).toBe(7000 + area[18]!);
    }
  });

  it('says at every Tx hook that there is no metadata', () => {
    for (const hook of TX) expect(at(hook).length).toBeGreaterThan(50);
    for (const { event, metaHex } of at(...TX)) {
      expect([event.metaState, event.metaLen, metaHex]).toEqual([META_STATE.none, 0, '']);
    }
  });

  it('gives one journey to one packet: on Rx, journeys and trace ids are one to one', () => {
    const traces = new Map<bigint, Set<string>>();
    const clones = new Set(capture.packets.filter(({ link }) => link).map(({ journey }) => journey));
    for (const { journey, metaHex } of capture.packets) {
      if (metaHex === '') continue;
      if (clones.has(journey)) continue;
      traces.set(journey, (traces.get(journey) ?? new Set<string>()).add(traceOf(metaHex)));
    }
    const all = [...traces.values()].map((set) => [...set]);
    expect(all.every((set) => set.length === 1)).toBe(true);
    expect(new Set(all.flat()).size).toBe(traces.size);
    const tx = new Set(at(...TX).map(({ journey }) => journey));
    expect([...traces.keys()].filter((journey) => tx.has(journey))).toEqual([]);
  });

  it('says of a clone whose it is: a raw socket gets one, with the metadata of the packet it was made from', () => {
    const firsts = capture.packets.filter(({ link }) => link);
    expect(firsts.length).toBeGreaterThan(0);
    for (const { link, metaHex, hook, event } of firsts) {
      expect([hook, link!.kind]).toEqual(['cgroup_skb/ingress', LINK_KIND.clone]);
      const origin = capture.packets.findLast(
        (one) => one.journey === link!.journey && one.hook !== 'kfree_skb',
      )!;
      expect(origin.hook).toBe('nf/local_in');
      expect(metaHex).toBe(origin.metaHex);
      expect(event.head).toBe(origin.event.head);
      expect(event.skb).not.toBe(origin.event.skb);
    }
  });

  it('agrees with the XDP program on every single packet received', () => {
    const seen = at('netif_receive_skb').map(({ metaHex }) => traceOf(metaHex));
    const first = BigInt(`0x${seen[0]!}`) & 0xffffffffn;
    expect(seen.map((trace) => BigInt(`0x${trace}`) & 0xffffffffn)).toEqual(
      Array.from({ length: counts.xdp - Number(first) + 1 }, (_, i) => first + BigInt(i)),
    );
    const last = at('tcx/ingress@last').length + at('kfree_skb').filter(isTcxDrop).length;
    expect(last).toBe(at('tcx/ingress@first').length);
    expect(at('tcx/ingress@first').length).toBe(seen.length);
  });

  it('agrees with the device on the number of packets sent', () => {
    const statistics = finalStatistics(capture);
    const index = capture.interfaces.find(({ name }) => name === 'edge0:net_dev_start_xmit')!.index;
    const { received, dropped, delivered } = statistics.get(index)!;
    expect(dropped).toBe(0n);
    expect(Number(received)).toBe(sent);
    expect(Number(delivered)).toBe(at('net_dev_start_xmit').length);
  });

  function reasons(): Record<string, string> {
    const host = capture.json.get(BLOCK_SUBTYPE.host) as { dropReasons: Record<string, string> };
    return host.dropReasons;
  }

  function isTcxDrop({ event }: SeenPacket): boolean {
    return event.drop !== undefined && reasons()[String(event.drop.reason)] === 'TC_INGRESS';
  }

  it('names why packets were dropped: by tcx, and for want of a socket', () => {
    const named = at('kfree_skb').map(({ event }) => reasons()[String(event.drop!.reason)]);
    expect(named).toContain('TC_INGRESS');
    expect(named).toContain('NO_SOCKET');
    const dropped = at('kfree_skb').filter(isTcxDrop);
    expect(dropped.length).toBeLessThanOrEqual(counts.dropped);
    // Verdict TLV: type 2, length 1, value 2 = drop.
    for (const { metaHex } of dropped) expect(metaHex.slice(20, 26)).toBe('020102');
  });

  it('names the process that received', () => {
    const tasks = at('skb_copy_datagram_iovec').map(({ event }) => event.task!);
    expect(new Set(tasks.map(({ comm }) => comm))).toEqual(new Set(['whither-traffic']));
    expect(Math.min(...tasks.map(({ pid }) => pid))).toBeGreaterThan(1);
  });

  it('carries the schema, the catalogue and the host', () => {
    expect(capture.json.get(BLOCK_SUBTYPE.schema)).toMatchObject({ whither: 2, name: 'edge lab' });
    const { hooks } = capture.json.get(BLOCK_SUBTYPE.catalogue) as { hooks: { attached: boolean }[] };
    expect(hooks.filter(({ attached }) => attached)).toHaveLength(capture.interfaces.length);
  });

  it('keeps packets whole from the MAC header, or from the network header, with their length on the wire', () => {
    for (const { data, originalLength, event, interfaceIndex } of capture.packets) {
      // Only the linear part is there to copy: TCP sends its payload from page fragments.
      expect(data.length).toBe(Math.min(originalLength - event.dataLen, 128));
      const raw = capture.interfaces[interfaceIndex]!.linkType === LINKTYPE_RAW;
      if (raw) expect(data[0]! >> 4).toBe(event.protocol === ETHERTYPE_IPV4 ? 4 : 6);
      else expect(data[12]! * 256 + data[13]!).toBe(event.protocol);
    }
  });

  it('knows the programs of the device', () => {
    const { programs } = capture.json.get(BLOCK_SUBTYPE.host) as { programs: Record<string, unknown>[] };
    expect(programs).toEqual([
      {
        id: SOME_ID,
        name: 'edge_xdp',
        tag: HEX_TAG,
        type: 'xdp',
        attach: 'xdp',
        device: 'edge0',
        netns: SOME_ID,
      },
      {
        id: SOME_ID,
        name: 'edge_tcx',
        tag: HEX_TAG,
        type: 'sched_cls',
        attach: 'tcx/ingress',
        device: 'edge0',
        netns: SOME_ID,
      },
    ]);
  });

  it.skipIf(!hasTshark())(
    'is read by tshark and capinfos without a warning, packet_id being the journey',
    () => {
      const ids = run('tshark', '-r', file, '-T', 'fields', '-e', 'frame.packet_id')
        .stdout.trim()
        .split('\n');
      expect(ids).toEqual(capture.packets.map(({ journey }) => String(journey)));
      // The kernel chooses the clients' ports, and behind some of them Wireshark expects a protocol of its own.
      const plain = ['udp', 'tcp'].flatMap((l4) => ['-d', `${l4}.port==1-65535,data`]);
      const malformed = run('tshark', '-r', file, ...plain, '-Y', '_ws.malformed && !icmp && !icmpv6');
      expect(malformed.stdout).toBe('');
      expect(run('capinfos', file).stderr).toBe('');
    },
  );
});

/** Where kernel tests are required, so is tshark: its absence fails the test then. */
function hasTshark(): boolean {
  if (process.env.WHITHER_REQUIRE_KERNEL === '1') return true;
  try {
    execFileSync('tshark', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Root is told that it is root; anything else on stderr is a complaint about the file. */
function run(command: string, ...args: string[]): { stdout: string; stderr: string } {
  const { stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  const complaints = stderr
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('Running as user "root"'));
  expect(complaints).toEqual([]);
  return { stdout, stderr: complaints.join('\n') };
}
