import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LocationSink } from '#core/inspect/locations.ts';
import { META_STATE, TAP_JOIN, TAP_KIND, TAP_HINTS } from '#core/format/structs.ts';
import { CaptureReader } from '#core/pcapng/reader.ts';
import { CaptureStore } from '#core/store/capture-store.ts';
import { Child, runCommand } from '../processes.ts';
import { findRoot, labFiles } from '../root.ts';
import { programsOf, until, untilUnloaded } from '../testing/host-state.ts';
import { finalStatistics, readCapture, type Capture, type SeenPacket } from '../testing/read-capture.ts';
import { requireKernel } from '../testing/require-kernel.ts';

const skip = requireKernel();
const DEVICE = 'taps0';
const HERE = '10.74.0.2';
const THERE = '10.74.0.1';
const PORT = 7100;
const DROP_PORT = 7109;
const COUNT = 20;
const OWN_JOURNEY = 1n << 48n;

interface Site {
  readonly name: string;
  readonly on: number;
  readonly lost: number;
}

/** The request TLV of datagram `n`, in hex. */
const request = (n: number): string => `2108${n.toString(16).padStart(2, '0')}00000000000000`;
/** The area once XDP (1) or TC (2) has written its stage. */
const area = (n: number, stage: 1 | 2): string => `${request(n)}22010${stage}000000`;

function cgroupRoot(): string {
  const line = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .find((one) => one.split(' ')[2] === 'cgroup2');
  if (line === undefined) throw new Error('no cgroup v2 hierarchy is mounted');
  return line.split(' ')[1]!;
}

describe.skipIf(skip !== null)(`taps of whither.h${skip === null ? '' : ` (${skip})`}`, () => {
  const root = skip === null ? findRoot() : '';
  const taps = path.join(root, 'build/whither-taps');
  const objectOf = (name: string): string => path.join(root, `build/lab/${name}.bpf.o`);
  const directory = mkdtempSync(path.join(tmpdir(), 'whither-taps-'));
  const file = path.join(directory, 'taps.pcapng');
  const [here, there] = ['here', 'there'].map((name) => `whither-${name}-${process.pid}`) as [string, string];
  const children: Child[] = [];
  const start = (command: string, ...args: string[]): Child => {
    const child = new Child(command, args);
    children.push(child);
    return child;
  };
  let attached: Child;
  let receiver: Child;
  let cookie: bigint;
  let received: string[];
  let capture: Capture;
  let duringCapture: Site[];
  let ofProbe: number[];

  const sites = async (): Promise<Site[]> => {
    attached.say('sites');
    return JSON.parse(await attached.line()) as Site[];
  };
  const on = async (): Promise<boolean[]> => (await sites()).map((site) => site.on !== 0);
  const send = (port: number, count: number): Promise<string> =>
    runCommand(taps, ['send', there, THERE, HERE, String(port), String(count)]);
  const probe = async (to: string, ...more: string[]): Promise<Child> => {
    const child = start(labFiles().probe, '-i', DEVICE, '--netns', here, '-w', to, ...more);
    await until(
      'the probe has written the head of the file',
      () => existsSync(to) && readFileSync(to).length > 0,
    );
    return child;
  };
  const nameOf = (from: Capture, { interfaceIndex }: SeenPacket): string =>
    from.interfaces[interfaceIndex]!.name;
  const at = (name: string, of: Capture = capture): SeenPacket[] =>
    of.packets.filter((packet) => nameOf(of, packet) === `${DEVICE}:${name}`);
  const bytesOf = (packet: SeenPacket): string => Buffer.from(packet.event.tap!.bytes).toString('hex');

  beforeAll(async () => {
    const files = labFiles();
    children.push(new Child(files.loader, ['guard', here, there], { detached: true }));
    for (const command of [
      `netns add ${here}`,
      `netns add ${there}`,
      `link add peer0 netns ${there} type veth peer name ${DEVICE} netns ${here}`,
      `-n ${there} addr add ${THERE}/24 dev peer0`,
      `-n ${here} addr add ${HERE}/24 dev ${DEVICE}`,
      `-n ${there} link set peer0 up`,
      `-n ${here} link set ${DEVICE} up`,
    ]) {
      await runCommand('ip', command.split(' '));
    }
    attached = start(taps, 'attach', here, DEVICE, objectOf('taps'), cgroupRoot());
    expect(await attached.line()).toBe('ready');
    receiver = start(taps, 'receive', here, HERE);
    expect(await receiver.line()).toBe('ready');
    cookie = BigInt(await receiver.line());
    // Also makes the neighbour entries, so that no datagram waits for one.
    await until(
      'the devices are up',
      () => spawnSync('ip', ['netns', 'exec', there, 'ping', '-c', '1', '-W', '1', HERE]).status === 0,
    );
    expect(await on()).toEqual([false, false, false, false]);

    const schema = path.join(root, 'agent/lab/taps/schema.json');
    const maps = ['--map', 'taps_flows', '--map', 'taps_sockets', '--map-interval', '50'];
    const listening = await probe(file, '--schema', schema, ...maps);
    ofProbe = programsOf(listening.process.pid!);
    duringCapture = await sites();
    await send(PORT, COUNT);
    await send(DROP_PORT, 3);
    received = [];
    for (let n = 0; n < COUNT; n++) received.push(await receiver.line());
    await listening.end('SIGINT');
    capture = readCapture(file);
    // How the sample of the page is made (agent/lab/README.md).
    const record = process.env['WHITHER_RECORD'];
    if (record !== undefined) copyFileSync(file, record);
  });

  afterAll(async () => {
    for (const child of children.reverse()) await child.end('SIGTERM');
    rmSync(directory, { recursive: true, force: true });
  });

  it('are found by name, speak while the probe listens, and are silent before and after', async () => {
    expect(duringCapture.map(({ name }) => name).sort()).toEqual([
      'to_flow_map',
      'xdp_drop',
      'xdp_entry',
      'xdp_exit',
    ]);
    expect(duringCapture.every((site) => site.on !== 0)).toBe(true);
    expect((await sites()).map((site) => [site.on, site.lost])).toEqual(Array(4).fill([0, 0]));
  });

  it('change nothing: every datagram arrives as it was sent', () => {
    expect(received).toEqual(Array.from({ length: COUNT }, (_, n) => String(n + 1)));
  });

  it('are events of the packet that passes, in order, with the bytes that are there', () => {
    const exits = at('tap/xdp_exit');
    expect(exits.map(({ metaHex }) => metaHex)).toEqual(
      Array.from({ length: COUNT }, (_, n) => area(n + 1, 1)),
    );
    exits.forEach((exit, n) => {
      const way = capture.packets.filter(({ journey }) => journey === exit.journey);
      const names = way.map((packet) => nameOf(capture, packet).slice(DEVICE.length + 1));
      const ours = names.filter((name) => name.startsWith('tap/'));
      expect(ours).toEqual(['tap/xdp_entry', 'tap/xdp_exit', 'tap/to_flow_map']);
      expect(names.indexOf('tap/xdp_exit')).toBeLessThan(names.indexOf('napi_gro_receive_entry'));
      expect(names.indexOf('tcx/ingress@first')).toBe(names.indexOf('tap/to_flow_map') - 1);
      expect(names.indexOf('tcx/ingress@last')).toBe(names.indexOf('tap/to_flow_map') + 1);
      const entry = way.find((packet) => nameOf(capture, packet).endsWith('tap/xdp_entry'))!;
      expect([entry.event.metaState, entry.metaHex]).toEqual([META_STATE.none, '']);
      const toMap = way.find((packet) => nameOf(capture, packet).endsWith('tap/to_flow_map'))!;
      expect(toMap.metaHex).toBe(area(n + 1, 2));
      expect(toMap.event.tap).toMatchObject({ kind: TAP_KIND.blob, join: TAP_JOIN.skb });
      expect(bytesOf(toMap)).toBe(area(n + 1, 2));
      expect(entry.event.tap).toMatchObject({ kind: TAP_KIND.area, join: TAP_JOIN.head });
      // 14 + 20 + 8 + 10 bytes, from the MAC header.
      expect(
        Buffer.from(toMap.data)
          .toString('hex')
          .slice(2 * 42),
      ).toBe(request(n + 1));
      expect([toMap.data.length, toMap.originalLength]).toEqual([52, 52]);
    });
  });

  it('tell sk_buff, head and place as the hooks around do', () => {
    for (const packet of at('tap/to_flow_map')) {
      const hook = at('tcx/ingress@first').find(({ journey }) => journey === packet.journey)!;
      const { skb, head, macOffset, networkOffset, endOffset, protocol, skbLen } = hook.event;
      expect(packet.event).toMatchObject({
        skb,
        head,
        macOffset,
        networkOffset,
        endOffset,
        protocol,
        skbLen,
      });
    }
    for (const packet of at('tap/xdp_exit')) {
      const hook = at('napi_gro_receive_entry').find(({ journey }) => journey === packet.journey)!;
      const { head, macOffset } = hook.event;
      expect(packet.event).toMatchObject({ skb: 0n, head, macOffset });
    }
  });

  it('make a journey of their own of a packet that XDP drops', () => {
    const drops = at('tap/xdp_drop');
    expect(drops.map(bytesOf)).toEqual([1, 2, 3].map(request));
    for (const { journey, event } of drops) {
      const way = capture.packets.filter((packet) => packet.journey === journey);
      expect(
        way.map((packet) => nameOf(capture, packet).split(':')[1]).filter((name) => name!.startsWith('tap/')),
      ).toEqual(['tap/xdp_entry', 'tap/xdp_drop']);
      // Where XDP programs can be observed, they have seen it, too.
      expect(journey >= OWN_JOURNEY).toBe(event.tap!.join === TAP_JOIN.none);
    }
    expect(new Set(drops.map(({ journey }) => journey)).size).toBe(3);
  });

  it('and sampled maps make one line of a TLV: packet, area, map, socket', () => {
    const sink = new LocationSink(new CaptureStore());
    const reader = new CaptureReader(sink);
    reader.push(readFileSync(file));
    reader.end();
    const last = at('tap/xdp_exit').at(-1)!;
    const row = [...sink.objects()].find(
      ({ journey, name }) => journey === String(last.journey) && name === 'request',
    )!;
    expect(row.value).toBe(String(COUNT));
    expect(
      row.locations.map(({ where, at: place, known }) => [where, place.replace(/#\d+$/, '#'), known]),
    ).toEqual([
      ['packet', `${DEVICE}:tap/xdp_entry`, 'inferred'],
      ['area', `${DEVICE}:tap/xdp_exit`, 'seen'],
      ['blob', `${DEVICE}:tap/to_flow_map`, 'seen'],
      ['map', 'taps_flows#', 'inferred'],
      ['socket', 'taps_sockets#', 'inferred'],
    ]);
    const samples = Array.from({ length: sink.store.maps.count }, (_, n) => sink.store.maps.sample(n));
    const sockets = samples.filter(({ key }) => key.length === 8);
    expect(sockets.length).toBeGreaterThan(0);
    for (const { key } of sockets) expect(Buffer.from(key).readBigUInt64LE()).toBe(cookie);
    // The count of packets, then the area of the last.
    expect(Buffer.from(sockets.at(-1)!.value).toString('hex')).toBe(`1400000000000000${area(COUNT, 2)}`);
  });

  it('lose nothing, by the account of the file', () => {
    expect(capture.problems).toEqual([]);
    expect(capture.gaps).toEqual([]);
    const statistics = finalStatistics(capture);
    for (const name of ['tap/xdp_entry', 'tap/xdp_exit', 'tap/to_flow_map', 'tap/xdp_drop']) {
      const index = capture.interfaces.findIndex((info) => info.name === `${DEVICE}:${name}`);
      const { received: seen, dropped, delivered } = statistics.get(index)!;
      expect([seen, dropped, delivered]).toEqual([BigInt(at(name).length), 0n, seen]);
    }
  });

  it('are free again after SIGKILL: the next packet that passes a tap finds nobody and switches it off', async () => {
    await untilUnloaded(ofProbe);
    const killed = await probe(path.join(directory, 'killed.pcapng'));
    const programs = programsOf(killed.process.pid!);
    expect(await on()).toEqual([true, true, true, true]);
    killed.process.kill('SIGKILL');
    await killed.ended;
    await untilUnloaded(programs);
    await send(PORT, 1);
    await send(DROP_PORT, 1);
    expect(await on()).toEqual([false, false, false, false]);
    const again = path.join(directory, 'again.pcapng');
    const listening = await probe(again);
    await send(PORT, 2);
    await listening.end('SIGINT');
    expect(at('tap/xdp_exit', readCapture(again)).map(({ metaHex }) => metaHex)).toEqual([
      area(1, 1),
      area(2, 1),
    ]);
  });

  it('hear at once a probe that comes after one was killed while no packet passed', async () => {
    const killed = await probe(path.join(directory, 'silent.pcapng'));
    killed.process.kill('SIGKILL');
    await killed.ended;
    expect(await on()).toEqual([true, true, true, true]);
    const file2 = path.join(directory, 'after-silent.pcapng');
    const listening = await probe(file2);
    await send(PORT, 1);
    await listening.end('SIGINT');
    expect(at('tap/xdp_exit', readCapture(file2))).toHaveLength(1);
  });

  it('speak to one probe at a time, and the second says so', async () => {
    const first = await probe(path.join(directory, 'first.pcapng'));
    const second = await probe(path.join(directory, 'second.pcapng'));
    await send(PORT, 1);
    await second.end('SIGINT');
    await first.end('SIGINT');
    expect(second.complaint).toContain('another probe listens to them');
    expect(at('tap/xdp_exit', readCapture(path.join(directory, 'second.pcapng')))).toEqual([]);
    expect(at('tap/xdp_exit', readCapture(path.join(directory, 'first.pcapng')))).toHaveLength(1);
  });

  it('speak of the packets that a filter lets pass, and of no others', async () => {
    const filtered = path.join(directory, 'filtered.pcapng');
    const listening = await probe(filtered, '--filter', `udp and dst port ${PORT}`);
    await send(DROP_PORT, 3);
    await send(PORT, 3);
    await runCommand('ip', ['netns', 'exec', there, 'ping', '-c', '3', '-i', '0.05', HERE]);
    await listening.end('SIGINT');
    const found = readCapture(filtered);
    expect(at('tap/xdp_drop', found)).toEqual([]);
    for (const name of ['tap/xdp_entry', 'tap/xdp_exit', 'tap/to_flow_map'])
      expect(at(name, found)).toHaveLength(3);
    expect(at('tap/to_flow_map', found).map(({ metaHex }) => metaHex)).toEqual(
      [1, 2, 3].map((n) => area(n, 2)),
    );
    const whole = new Set(at('tcx/ingress@last', found).map(({ journey }) => journey));
    expect(found.packets.every(({ journey }) => whole.has(journey))).toBe(true);
  });

  it('show what the hardware said, of a program bound to its device', async () => {
    await attached.end('SIGTERM');
    attached = start(taps, 'hints', here, DEVICE, objectOf('taps-hints'));
    if ((await attached.line().catch(() => 'not here')) !== 'ready') {
      // Before Linux 6.3 no driver answers.
      const [major, minor] = execFileSync('uname', ['-r'], { encoding: 'utf8' }).split('.').map(Number);
      expect(100 * major! + minor!).toBeLessThan(603);
      return;
    }
    const hinted = path.join(directory, 'hints.pcapng');
    const listening = await probe(hinted);
    await send(PORT, 3);
    await listening.end('SIGINT');
    const found = readCapture(hinted);
    const events = at('tap/hardware', found).filter(({ data }) => data[23] === 17);
    expect(events).toHaveLength(3);
    for (const { event } of events) {
      const v = new DataView(event.tap!.bytes.buffer, event.tap!.bytes.byteOffset, TAP_HINTS.size);
      expect(event.tap!.kind).toBe(TAP_KIND.hints);
      // veth: a timestamp of 0, for there is no hardware, and the hash of the sk_buff that came through it.
      expect(v.getUint32(20, true) & 3).toBe(3);
      expect(v.getBigUint64(0, true)).toBe(0n);
      expect(v.getUint32(8, true)).not.toBe(0);
    }
  });
});
