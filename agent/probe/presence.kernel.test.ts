/** What the probe, and the agent that keeps it running, do when what they watch goes away. */
import { execFileSync } from 'node:child_process';
import { createWriteStream, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Status } from '#core/protocol/messages.ts';
import { FileLog } from '../capture/file-log.ts';
import { DirectLauncher, GONE_EXIT_CODE } from '../capture/launcher.ts';
import { ProbeRunner } from '../capture/runner.ts';
import { Child } from '../lab/processes.ts';
import { labFiles } from '../lab/root.ts';
import { programsOf, until, untilUnloaded } from '../lab/testing/host-state.ts';
import { finalStatistics, readCapture, type Capture } from '../lab/testing/read-capture.ts';
import { requireKernel } from '../lab/testing/require-kernel.ts';

const skip = requireKernel();
const HOOKS = 'net_dev_queue,tcx/egress';
const LINKTYPE_RAW = 101;
const NETNS = `whither-gone-${process.pid}`;
const OTHER = `whither-there-${process.pid}`;

/** Column of /proc/net/netlink: messages for which the socket had no room. */
const DROPS = 8;

const ip = (...args: string[]): unknown => execFileSync('ip', args, { stdio: ['ignore', 'pipe', 'pipe'] });
const inside = (...args: string[]): unknown => ip('-n', NETNS, ...args);

/** One UDP packet, and nothing else, out of v0 (number 0) or v1. */
function send(number: number): void {
  const script = `echo x > /dev/udp/10.79.${number}.2/9`;
  execFileSync('ip', ['netns', 'exec', NETNS, 'bash', '-c', script]);
}

function addDevice(number: number): void {
  const device = `v${number}`;
  const peer = `p${number}`;
  inside('link', 'add', device, 'type', 'veth', 'peer', 'name', peer);
  for (const end of [device, peer]) inside('link', 'set', end, 'addrgenmode', 'none', 'arp', 'off', 'up');
  inside('addr', 'add', `10.79.${number}.1/24`, 'dev', device);
}

/** TUNSETIFF and TUNSETLINK of linux/if_tun.h, for which iproute2 has no command: ARPHRD_ETHER. */
function retype(device: string): void {
  const request = `my $request = pack("a16 S x22", "${device}", 0x1001)`;
  const script = `${request}; open my $tun, "+<", "/dev/net/tun" or die; ioctl $tun, 0x400454ca, $request or die $!; ioctl $tun, 0x400454cd, 1 or die $!`;
  execFileSync('ip', ['netns', 'exec', NETNS, 'perl', '-e', script]);
}

describe.skipIf(skip !== null)(`what the probe watches goes away${skip === null ? '' : ` (${skip})`}`, () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'whither-presence-'));
  const file = path.join(directory, 'probe.pcapng');
  let probe: Child | null = null;

  beforeEach(() => {
    ip('netns', 'add', NETNS);
    ip('netns', 'add', OTHER);
    addDevice(0);
    addDevice(1);
  });

  afterEach(() => {
    probe?.process.kill('SIGKILL');
    probe = null;
    for (const name of [NETNS, OTHER]) if (existsSync(`/run/netns/${name}`)) ip('netns', 'del', name);
  });

  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  function addTun(): void {
    inside('tuntap', 'add', 'dev', 't0', 'mode', 'tun');
    inside('link', 'set', 't0', 'addrgenmode', 'none', 'up');
    inside('addr', 'add', '10.79.2.1/24', 'dev', 't0');
  }

  async function watch(
    devices: readonly string[],
    netns = NETNS,
    more: readonly string[] = [],
  ): Promise<Child> {
    rmSync(file, { force: true });
    const named = devices.flatMap((name) => ['-i', name]);
    const args = [...named, '--netns', netns, '--hooks', HOOKS, '--die-with-parent', '-w', file, ...more];
    const child = new Child(labFiles().probe, args);
    probe = child;
    await until('the file has begun', () => existsSync(file) && statSync(file).size > 0);
    return child;
  }

  /** Packets that the first hook of a device has in the file. */
  function packetsOf(capture: Capture, device: string): number {
    const own = capture.interfaces.find(({ name }) => name === `${device}:net_dev_queue`)!.index;
    return capture.packets.filter(({ interfaceIndex }) => interfaceIndex === own).length;
  }

  function expectBalanced(capture: Capture): void {
    expect(capture.problems).toEqual([]);
    const statistics = finalStatistics(capture);
    for (const { index, name } of capture.interfaces) {
      const { received, dropped, delivered } = statistics.get(index)!;
      expect(received, name).toBe(delivered! + dropped!);
    }
  }

  const saidWithoutSums = (child: Child): string[] =>
    child.complaint.split('\n').filter((line) => line !== '' && !line.includes(' events written, '));

  it('ends with an exit code of its own and one line when its only device is removed', async () => {
    const child = await watch(['v0']);
    const programs = programsOf(child.process.pid!);
    send(0);
    inside('link', 'del', 'v0');
    await child.ended;
    expect(child.process.exitCode).toBe(GONE_EXIT_CODE);
    expect(saidWithoutSums(child)).toEqual([
      'whither-probe: the device v0 is gone, so nothing is left to watch: start again when it is back (ip link lists what is there)',
    ]);
    const capture = readCapture(file);
    expectBalanced(capture);
    expect(packetsOf(capture, 'v0')).toBe(1);
    await untilUnloaded(programs);
  });

  it('reads packets of a tun as they are, without an Ethernet header, and ends when they get one', async () => {
    addTun();
    const child = await watch(['t0']);
    // Nobody reads from t0: the queue drops the packet, behind the hooks of tc.
    send(2);
    inside('link', 'set', 't0', 'down');
    retype('t0');
    await child.ended;
    expect(child.process.exitCode).toBe(GONE_EXIT_CODE);
    expect(saidWithoutSums(child)).toEqual([
      'whither-probe: packets of the device t0 do not begin as they did when the capture began (its link type is another): start again',
    ]);
    const capture = readCapture(file);
    expectBalanced(capture);
    expect(capture.interfaces.map(({ linkType }) => linkType)).toEqual(
      capture.interfaces.map(() => LINKTYPE_RAW),
    );
    expect(capture.packets.length).toBeGreaterThan(0);
    const IPV4 = 0x45;
    for (const { data } of capture.packets) expect(data[0]).toBe(IPV4);
  });

  it('filters each packet from where it begins, with and without an Ethernet header side by side', async () => {
    addTun();
    const child = await watch(['t0', 'v0'], NETNS, ['-f', 'udp port 9']);
    for (const number of [0, 2]) send(number);
    child.process.kill('SIGINT');
    await child.ended;
    const capture = readCapture(file);
    expectBalanced(capture);
    // What a tun has no reader for is dropped behind this hook.
    const own = (device: string): number =>
      capture.packets.filter(
        ({ interfaceIndex }) => capture.interfaces[interfaceIndex]!.name === `${device}:tcx/egress@first`,
      ).length;
    expect([own('t0'), own('v0')]).toEqual([1, 1]);
    // The second packet may well have the sk_buff of the first, whose end nobody asked to see.
    expect(new Set(capture.packets.map(({ journey }) => journey)).size).toBe(2);
  });

  it('goes on with the others, after the account of the one that went', async () => {
    const child = await watch(['v0', 'v1']);
    send(0);
    inside('link', 'del', 'v0');
    await until('it has said so', () => child.complaint.includes('\n'));
    expect(saidWithoutSums(child)).toEqual([
      'whither-probe: the device v0 is gone; still watching v1: to watch all, start again when it is back',
    ]);
    const reported = (): number[] => readCapture(file).statistics.map((one) => one.interfaceIndex);
    await until('its account is written', () => reported().length > 0);
    const names = readCapture(file).interfaces.map(({ name }) => name.split(':')[0]);
    expect(reported().map((index) => names[index])).toEqual(['v0', 'v0', 'v0']);
    send(1);
    inside('link', 'del', 'v1');
    await child.ended;
    expect(child.process.exitCode).toBe(GONE_EXIT_CODE);
    expect(saidWithoutSums(child).at(-1)).toMatch(/: the device v1 is gone, so nothing is left to watch: /);
    const capture = readCapture(file);
    expectBalanced(capture);
    expect([packetsOf(capture, 'v0'), packetsOf(capture, 'v1')]).toEqual([1, 1]);
  });

  it('takes a device that was moved to another namespace for gone', async () => {
    const child = await watch(['v0']);
    inside('link', 'set', 'v0', 'netns', OTHER);
    await child.ended;
    expect(child.process.exitCode).toBe(GONE_EXIT_CODE);
  });

  it('follows a device that is renamed, and says so once', async () => {
    const child = await watch(['v0']);
    send(0);
    inside('link', 'set', 'v0', 'down');
    inside('link', 'set', 'v0', 'name', 'w0');
    inside('link', 'set', 'w0', 'up');
    inside('link', 'set', 'w0', 'mtu', '1400');
    send(0);
    inside('link', 'del', 'w0');
    await child.ended;
    expect(child.process.exitCode).toBe(GONE_EXIT_CODE);
    const [renamed, gone, ...more] = saidWithoutSums(child);
    expect(renamed).toBe('whither-probe: the device v0 is named w0 now; the capture keeps calling it v0');
    expect(gone).toMatch(/: the device w0 is gone, so nothing is left to watch: /);
    expect(more).toEqual([]);
    expect(packetsOf(readCapture(file), 'v0')).toBe(2);
  });

  it('does not take a device that leaves a bridge for gone', async () => {
    inside('link', 'add', 'br0', 'type', 'bridge');
    inside('link', 'set', 'v0', 'master', 'br0');
    const child = await watch(['v0', 'v1']);
    inside('link', 'set', 'v0', 'nomaster');
    inside('link', 'del', 'v1');
    await until('v1 is gone', () => child.complaint.includes('v1 is gone'));
    expect(child.complaint).toContain('still watching v0');
    await child.end('SIGINT');
    expect(child.process.exitCode).toBe(0);
  });

  it('notices every device that goes, however many come and go meanwhile', async () => {
    const child = await watch(['v0', 'v1']);
    child.process.kill('SIGSTOP');
    // More than the socket keeps (net.core.rmem_default, some 200 kB; a message is over 1 kB).
    const churn = Array.from({ length: 150 }, (_, i) => [
      `link add churn${i} type veth`,
      `link del churn${i}`,
    ]).flat();
    const batch = [...churn, 'link set v1 name w1', 'link del v0'].join('\n');
    inside('link', 'set', 'v1', 'down');
    execFileSync('ip', ['-n', NETNS, '-batch', '-'], { input: batch });
    const sockets = readFileSync(`/proc/${child.process.pid!}/net/netlink`, 'utf8').split('\n');
    const dropped = sockets.filter((line) => Number(line.trim().split(/ +/)[DROPS]) > 0);
    expect(dropped).toHaveLength(1);
    child.process.kill('SIGCONT');
    await until('v0 is gone', () => child.complaint.includes('v0 is gone'));
    expect(child.complaint).toContain('v0 is gone; still watching w1');
    await child.end('SIGINT');
    expect(child.process.exitCode).toBe(0);
  });

  it.each([['its name'], ['its path']])(
    'lets a namespace go that is removed, asked for by %s',
    async (by) => {
      // The peer of a pair goes only when the namespace of the other end does.
      inside('link', 'add', 'pair0', 'type', 'veth', 'peer', 'name', 'pair1', 'netns', OTHER);
      const child = await watch(['v0'], by === 'its name' ? NETNS : `/run/netns/${NETNS}`);
      send(0);
      ip('netns', 'del', NETNS);
      await child.ended;
      expect(child.process.exitCode).toBe(GONE_EXIT_CODE);
      const [line, ...more] = saidWithoutSums(child);
      expect(line).toMatch(/: the network namespace \S+ is gone, so nothing is left to watch: /);
      expect(more).toEqual([]);
      const capture = readCapture(file);
      expectBalanced(capture);
      expect(packetsOf(capture, 'v0')).toBe(1);
      const devices = (): string => execFileSync('ip', ['-n', OTHER, '-o', 'link'], { encoding: 'utf8' });
      await until('the namespace has gone', () => !devices().includes('pair1'));
    },
  );

  it('is started again by the agent when the device comes back', async () => {
    const statuses: Status[] = [];
    // What the test before left would be taken for a start.
    rmSync(file, { force: true });
    const out = createWriteStream(file);
    const runner = new ProbeRunner({
      launcher: new DirectLauncher(labFiles().probe),
      spec: { devices: ['v0'], netns: NETNS, snaplen: null },
      log: new FileLog(out, []),
      onStatus: (status) => statuses.push(status),
    });
    const ran = runner.run();
    const last = (): Status | undefined => statuses.at(-1);
    // Its interfaces are in the file when it is attached; the status may say so before.
    const starts = (): number =>
      existsSync(file)
        ? readCapture(file).interfaces.filter(({ name }) => name === 'v0:net_dev_queue').length
        : 0;
    const attached = async (count: number): Promise<void> => {
      await until('it is attached', () => starts() === count);
      await until('it captures', () => last()?.capture === 'running');
    };
    await attached(1);
    send(0);
    inside('link', 'del', 'v0');
    await until('it waits', () => last()?.capture === 'restarting');
    expect(last()!.text).toMatch(/^The device v0 is gone, .* Waiting for it\.$/);
    addDevice(0);
    await attached(2);
    send(0);
    runner.stop();
    await ran;
    await new Promise<void>((resolve) => out.end(resolve));
    const { problems, packets } = readCapture(file);
    expect(problems).toEqual([]);
    expect(packets.filter(({ hook }) => hook === 'net_dev_queue')).toHaveLength(2);
    expect(last()).toEqual({ type: 'status', capture: 'stopped', text: 'The capture was stopped.' });
  });
});
