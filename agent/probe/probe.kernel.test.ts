import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { HOOKS } from '#core/format/hooks.ts';
import { BLOCK_SUBTYPE, GAP_CAUSE } from '#core/format/structs.ts';
import { EdgeLab } from '../lab/edge/lab.ts';
import { startProbe } from '../lab/edge/record.ts';
import { Child } from '../lab/processes.ts';
import {
  deviceCounters,
  isRunning,
  programsOf,
  statusOf,
  tc,
  until,
  untilUnloaded,
} from '../lab/testing/host-state.ts';
import { finalStatistics, readCapture } from '../lab/testing/read-capture.ts';
import { requireKernel } from '../lab/testing/require-kernel.ts';

const skip = requireKernel();
/** CAP_NET_ADMIN is 12, CAP_PERFMON 38, CAP_BPF 39. */
const THREE_CAPABILITIES = (2n ** 12n + 2n ** 38n + 2n ** 39n).toString(16).padStart(16, '0');
const NO_CAPABILITY = '0'.repeat(16);
const NOBODY = '65534';
/** At somebody's programs, with trampolines or taps of whither.h: where there are none, missing with the reason. */
const TRACED = HOOKS.filter(({ how }) => ['fentry', 'fexit', 'tap'].includes(how[0] ?? '')).map(
  ({ name }) => name,
);
/** Every other hook with a program; those between the programs of a chain are loaded before it is known to be one. */
const PROGRAM_COUNT = HOOKS.filter(({ name, how }) => how.length > 0 && !TRACED.includes(name)).length;
const NO_PACKET = HOOKS.filter(({ how }) => how.length === 0).map(({ name }) => name);
const BETWEEN = ['tcx/ingress@after', 'tcx/egress@after'];
/** Where it does not matter which: to load all of them takes a second. */
const ONE_HOOK = ['--hooks', 'netif_receive_skb'];
const FLOOD = 60_000;
const TINY_RING_BYTES = 16_384;

interface DoctorHook {
  readonly name: string;
  readonly attached: boolean;
  readonly how: string;
  readonly reason: string;
}

describe.skipIf(skip !== null)(`whither-probe${skip === null ? '' : ` (${skip})`}`, () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'whither-probe-'));
  const file = path.join(directory, 'probe.pcapng');
  const spawned: ChildProcess[] = [];
  let lab: EdgeLab;

  beforeAll(async () => {
    lab = await EdgeLab.start();
    chmodSync(directory, 0o755);
  });

  afterEach(() => {
    for (const child of spawned.splice(0)) child.kill('SIGKILL');
  });

  afterAll(async () => {
    await lab.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  const qdiscs = (): string => tc(lab.netns, 'qdisc', 'show', 'dev', lab.device);
  const filters = (): string =>
    ['ingress', 'egress'].map((way) => tc(lab.netns, 'filter', 'show', 'dev', lab.device, way)).join('');
  const deviceArguments = (): string[] => ['-i', lab.device, '--netns', lab.netns];

  /** Runs the probe to its end. */
  function run(...args: string[]): { status: number | null; stdout: string; stderr: string } {
    return spawnSync(lab.files.probe, args, { encoding: 'utf8' });
  }

  describe('when the ring is too small for a flood', () => {
    it('accounts for every event: seen = written + lost, in statistics, gaps and drop counts alike', async () => {
      const xdp = async (): Promise<number> => (await lab.counts()).xdp;
      const beforeStart = await xdp();
      const probe = await startProbe(lab, file, ['--ring-bytes', String(TINY_RING_BYTES)]);
      const atStart = await xdp();
      await lab.flood(FLOOD);
      let atEnd = atStart;
      await until('XDP has seen the flood, and sees nothing more', async () => {
        const before = atEnd;
        atEnd = await xdp();
        return atEnd === before && atEnd - atStart > FLOOD / 2;
      });
      await probe.end('SIGTERM');
      const afterEnd = await xdp();

      const capture = readCapture(file);
      expect(capture.problems).toEqual([]);
      const statistics = finalStatistics(capture);
      let lostInAll = 0n;
      for (const { index, id, name } of capture.interfaces) {
        const { received: seen, dropped: lost, delivered } = statistics.get(index)!;
        const packets = capture.packets.filter(({ interfaceIndex }) => interfaceIndex === index);
        const gaps = capture.gaps.filter(({ interfaceId }) => interfaceId === id);
        const told = packets.reduce((sum, { dropCount }) => sum + BigInt(dropCount), 0n);
        expect(delivered, name).toBe(BigInt(packets.length));
        expect(seen, name).toBe(delivered! + lost!);
        expect(
          gaps.reduce((sum, { count }) => sum + count, 0n),
          name,
        ).toBe(lost);
        // What was lost after the last packet has none to be told with.
        expect(told <= lost!, name).toBe(true);
        lostInAll += lost!;
      }
      expect(lostInAll).toBeGreaterThan(0n);
      for (const { cause, from, to } of capture.gaps) {
        expect(cause).toBe(GAP_CAUSE.ringFull);
        expect(from < to).toBe(true);
      }
      // The independent count: what XDP passed on is what the first hook saw. A stray ARP request while the
      // probe starts or ends may or may not be in it.
      const first = capture.interfaces.find(({ name }) => name === 'edge0:netif_receive_skb')!.index;
      const seen = Number(statistics.get(first)!.received);
      expect(seen).toBeGreaterThanOrEqual(atEnd - atStart);
      expect(seen).toBeLessThanOrEqual(afterEnd - beforeStart);
    });
  });

  describe('when it is killed', () => {
    it('leaves no program, link, filter or qdisc, attached by tcx links', async () => {
      const probe = await startProbe(lab, file);
      const programs = programsOf(probe.process.pid!);
      expect(programs).toHaveLength(PROGRAM_COUNT);
      probe.process.kill('SIGKILL');
      await probe.ended;
      await untilUnloaded(programs);
      expect(qdiscs()).not.toContain('clsact');
    });

    it('leaves no program, filter or qdisc, attached by clsact filters', async () => {
      const probe = await startProbe(lab, file, ['--no-tcx']);
      const programs = programsOf(probe.process.pid!);
      expect(programs).toHaveLength(PROGRAM_COUNT);
      expect(filters().match(/pref (1|65535) bpf .*direct-action/g)).toHaveLength(4);
      probe.process.kill('SIGKILL');
      await probe.ended;
      await untilUnloaded(programs);
      await until('its qdisc is gone', () => !qdiscs().includes('clsact'));
    });

    it("leaves somebody else's clsact qdisc and filter alone", async () => {
      tc(lab.netns, 'qdisc', 'add', 'dev', lab.device, 'clsact');
      // Classic BPF, one instruction: matches nothing.
      const matcher = ['bpf', 'bytecode', '1,6 0 0 0', 'flowid', '1:1'];
      tc(lab.netns, 'filter', 'add', 'dev', lab.device, 'ingress', 'prio', '7', ...matcher);
      const own = filters();
      const probe = await startProbe(lab, file, ['--no-tcx']);
      expect(filters()).not.toBe(own);
      const programs = programsOf(probe.process.pid!);
      probe.process.kill('SIGKILL');
      await untilUnloaded(programs);
      await until('its filters are gone', () => filters() === own);
      expect(qdiscs()).toContain('clsact');
      tc(lab.netns, 'qdisc', 'del', 'dev', lab.device, 'clsact');
    });
  });

  it('sees the same packets through clsact filters as through tcx links', async () => {
    const probe = await startProbe(lab, file, ['--no-tcx']);
    const before = (await lab.counts()).tcx;
    await lab.startTraffic(500);
    await until('some traffic', async () => (await lab.counts()).tcx - before > 100);
    await lab.stopTraffic();
    await probe.end('SIGINT');
    const { packets } = readCapture(file);
    const count = (hook: string): number => packets.filter((packet) => packet.hook === hook).length;
    // tcx runs before clsact: what the lab's tcx program drops does not get there.
    const dropped = packets.filter(
      ({ hook, metaHex }) => hook === 'kfree_skb' && metaHex.slice(20, 26) === '020102',
    );
    expect(count('tcx/ingress@last')).toBeGreaterThan(50);
    expect(count('tcx/ingress@first')).toBe(count('tcx/ingress@last'));
    expect(count('tcx/ingress@first')).toBe(count('netif_receive_skb') - dropped.length);
    expect(count('tcx/egress@first')).toBe(count('net_dev_queue'));
  });

  describe('privileges', () => {
    it('keeps exactly CAP_BPF, CAP_PERFMON and CAP_NET_ADMIN, also out of the bounding set', async () => {
      const probe = await startProbe(lab, file);
      const pid = probe.process.pid!;
      expect(statusOf(pid, 'CapEff')).toBe(THREE_CAPABILITIES);
      expect(statusOf(pid, 'CapPrm')).toBe(THREE_CAPABILITIES);
      expect(statusOf(pid, 'CapBnd')).toBe(THREE_CAPABILITIES);
      expect(statusOf(pid, 'CapInh')).toBe(NO_CAPABILITY);
      expect(statusOf(pid, 'CapAmb')).toBe(NO_CAPABILITY);
      expect(statusOf(pid, 'NoNewPrivs')).toBe('1');
      await probe.end();
    });

    /** `--doctor` as an ordinary user with these capabilities and no other. */
    function doctorWith(...capabilities: string[]): { hooks: DoctorHook[]; missing: string[] } {
      const copy = path.join(directory, 'whither-probe');
      copyFileSync(lab.files.probe, copy);
      chmodSync(copy, 0o755);
      const set = capabilities.map((name) => `+${name}`).join(',');
      const caps = set === '' ? [] : ['--inh-caps', set, '--ambient-caps', set];
      const as = ['--reuid', NOBODY, '--regid', NOBODY, '--clear-groups', ...caps];
      const { stdout, status } = spawnSync('setpriv', [...as, copy, '--doctor'], { encoding: 'utf8' });
      expect(status).toBe(0);
      const report = JSON.parse(stdout) as {
        hooks: DoctorHook[];
        privileges: { uid: number; missing: string[] };
      };
      expect(report.privileges.uid).toBe(Number(NOBODY));
      return { hooks: report.hooks, missing: report.privileges.missing };
    }

    it('works as an ordinary user with only these three', () => {
      const { hooks, missing } = doctorWith('bpf', 'perfmon', 'net_admin');
      expect(missing).toEqual([]);
      const not = hooks.filter(({ attached }) => !attached).map(({ name }) => name);
      expect(not).toEqual([...NO_PACKET, ...BETWEEN, ...TRACED]);
    });

    it('does without the hooks that it may not have, and says why', () => {
      const { hooks, missing } = doctorWith('bpf', 'perfmon');
      expect(missing).toEqual(['CAP_NET_ADMIN']);
      for (const { name, attached, how, reason } of hooks) {
        if ([...NO_PACKET, ...BETWEEN, ...TRACED].includes(name)) continue;
        if (/^(tcx|nf|cgroup_skb)\//.test(name)) {
          expect([name, attached, how]).toEqual([name, false, '']);
          expect(reason).toContain('CAP_NET_ADMIN');
        } else expect([name, attached, how, reason]).toEqual([name, true, 'tp_btf', '']);
      }
    });

    it('says of every hook why it is missing when there is no privilege', () => {
      const { hooks, missing } = doctorWith();
      expect(missing).toEqual(['CAP_BPF', 'CAP_PERFMON', 'CAP_NET_ADMIN']);
      for (const { name, attached, how, reason } of hooks) {
        expect([attached, how]).toEqual([false, '']);
        if (!NO_PACKET.includes(name) && !name.startsWith('tap/')) expect(reason).toContain('CAP_BPF');
      }
    });
  });

  it('reports every hook in the best way that the catalogue has, or why it is not there', () => {
    const { stdout } = run('--doctor');
    const { hooks } = JSON.parse(stdout) as { hooks: DoctorHook[] };
    const absent = [...BETWEEN, ...TRACED];
    const best = HOOKS.map(({ name, how }) => [name, absent.includes(name) ? '' : (how[0] ?? '')]);
    expect(hooks.map(({ name, how }) => [name, how])).toEqual(best);
    for (const { name, attached, reason } of hooks) {
      expect([name, reason === '']).toEqual([name, attached]);
    }
    for (const { name, reason } of hooks) {
      // Where trampolines are allowed, nothing is on the loopback device.
      if (/@f(entry|exit)$/.test(name) && reason !== '')
        expect(reason).toMatch(/^fentry and fexit are refused: .+|^no .+ was on a watched device at start$/);
    }
  });

  describe('ending', () => {
    it('ends with 0 when the reader of its pipe leaves, though no packet comes', async () => {
      const args = [...deviceArguments(), ...ONE_HOOK];
      const probe = spawn(lab.files.probe, args, { stdio: ['ignore', 'pipe', 'ignore'] });
      spawned.push(probe);
      await new Promise((resolve) => probe.stdout.once('data', resolve));
      const ended = new Promise((resolve) => probe.once('exit', resolve));
      probe.stdout.destroy();
      expect(await ended).toBe(0);
    });

    it('ends when its parent is killed', async () => {
      const script = `"$@" & echo $!; wait`;
      const command = [lab.files.probe, ...deviceArguments(), '-w', file, '--die-with-parent'];
      const shell = new Child('sh', ['-c', script, 'sh', ...command]);
      spawned.push(shell.process);
      const pid = Number(await shell.line());
      await until('it is attached', () => programsOf(pid).length === PROGRAM_COUNT);
      await until('the file has begun', () => statSync(file).size > 0);
      const programs = programsOf(pid);
      shell.process.kill('SIGKILL');
      await until('the probe has ended', () => !isRunning(pid));
      await untilUnloaded(programs);
      expect(readCapture(file).problems).toEqual([]);
    });

    it('does not wait for ever for a reader that stands still', async () => {
      const probe = spawn(lab.files.probe, deviceArguments(), { stdio: ['ignore', 'pipe', 'pipe'] });
      spawned.push(probe);
      let said = '';
      probe.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
      await until('it is attached', () => programsOf(probe.pid!).length === PROGRAM_COUNT);
      // Nobody reads stdout: Node takes some, the pipe fills.
      probe.stdout.pause();
      await lab.flood(FLOOD);
      const ended = new Promise((resolve) => probe.once('exit', resolve));
      probe.kill('SIGTERM');
      expect(await ended).toBe(1);
      await until('it has said why', () => said.includes('incomplete: its reader stands still'));
    });
  });

  it('does not look for who wrote among the programs of another Whither', async () => {
    // In the chain are the other probe's programs, too: they are Whither's, and nothing that a person would look for.
    const other = await startProbe(lab, path.join(directory, 'other.pcapng'), ['--hooks', 'tcx/ingress']);
    const probe = await startProbe(lab, file, ['--hooks', 'tcx/ingress']);
    const before = (await lab.counts()).tcx;
    await lab.startTraffic(500);
    await until('some traffic', async () => (await lab.counts()).tcx - before > 100);
    await lab.stopTraffic();
    await probe.end('SIGINT');
    await other.end('SIGINT');

    const { interfaces, packets } = readCapture(file);
    const names = interfaces.map(({ name }) => name.replace(/#\d+$/, ''));
    expect(names).toEqual(['edge0:tcx/ingress@first', 'edge0:tcx/ingress@last']);
    const notes = new Map((await lab.notes()).map((note) => [note.trace, note]));
    const journeys = new Map<bigint, string[]>();
    for (const { interfaceIndex, journey, metaHex } of packets) {
      const trace = Buffer.from(metaHex, 'hex').readBigUInt64LE(2).toString(16).padStart(16, '0');
      const written = interfaceIndex === 1;
      expect(metaHex).toBe(written ? notes.get(trace)?.afterTcx : notes.get(trace)?.afterXdp);
      journeys.set(journey, [...(journeys.get(journey) ?? []), names[interfaceIndex]!]);
    }
    const whole = [names[0], names[1]];
    const ways = [...journeys.values()];
    expect(ways.length).toBeGreaterThan(50);
    for (const way of ways) expect(way).toEqual(whole.slice(0, way.length));
    expect(ways.filter((way) => way.length === 2).length).toBeGreaterThan(40);
  });

  it('watches many devices, however their numbers collide', async () => {
    const pairs = Array.from({ length: 30 }, (_, i) => ({ a: `many${i}`, b: `peer${i}`, index: 1000 + i }));
    const ip = (...args: string[]): unknown => execFileSync('ip', ['-n', lab.netns, ...args]);
    // Numbers 256 apart share their low byte.
    for (const { a, b, index } of pairs) {
      const peer = ['peer', 'name', b, 'index', String(index + 256)];
      ip('link', 'add', a, 'index', String(index), 'type', 'veth', ...peer);
    }
    const names = pairs.flatMap(({ a, b }) => [a, b]);
    const devices = names.flatMap((name) => ['-i', name]);
    rmSync(file, { force: true });
    const probe = new Child(lab.files.probe, [
      ...devices,
      '--netns',
      lab.netns,
      '--hooks',
      'net_dev_queue',
      '-w',
      file,
    ]);
    await until('the file has begun', () => existsSync(file) && statSync(file).size > 0);
    // A device that comes up looks for neighbours over IPv6.
    for (const name of names) ip('link', 'set', name, 'up');
    await until('every device has sent', () => names.every((name) => deviceCounters(lab.netns, name).tx > 0));
    await probe.end('SIGINT');
    for (const { a } of pairs) ip('link', 'del', a);
    const capture = readCapture(file);
    const statistics = finalStatistics(capture);
    const seen = capture.interfaces.filter(({ index }) => statistics.get(index)!.received! > 0n);
    expect(seen.map(({ name }) => name)).toEqual(names.map((name) => `${name}:net_dev_queue`));
  });

  it('copies skb->cb when asked to, and attaches only the hooks asked for', async () => {
    const probe = await startProbe(lab, file, ['--cb', '--hooks', 'netif_receive_skb,nf/local_in']);
    await lab.startTraffic(500);
    await until('some packets', () => statSync(file).size > 50_000);
    await lab.stopTraffic();
    await probe.end('SIGINT');
    const { interfaces, packets, json } = readCapture(file);
    expect(interfaces.map(({ name }) => name)).toEqual(['edge0:netif_receive_skb', 'edge0:nf/local_in']);
    expect(json.get(BLOCK_SUBTYPE.filter)).toMatchObject({ hooks: ['netif_receive_skb', 'nf/local_in'] });
    for (const { event } of packets) expect(event.cb).toHaveLength(48);
    // inet_skb_parm.iif, the first field of cb while IP has the packet: the device it came from.
    const own = packets.filter(({ hook, event }) => hook === 'nf/local_in' && event.protocol === 0x0800);
    expect(own.length).toBeGreaterThan(20);
    const { ifindex } = interfaces[0]!;
    for (const { event } of own) expect(Buffer.from(event.cb!).readInt32LE(0)).toBe(ifindex);
  });

  describe('the file it writes', () => {
    it('keeps its content when the probe cannot start', () => {
      writeFileSync(file, 'somebody else made this');
      expect(run('-i', 'nosuch0', '-w', file).status).toBe(1);
      expect(readFileSync(file, 'utf8')).toBe('somebody else made this');
    });

    it('is replaced as a whole, also when it was longer', async () => {
      writeFileSync(file, Buffer.alloc(1_000_000, 0xff));
      const probe = new Child(lab.files.probe, [...deviceArguments(), ...ONE_HOOK, '-w', file]);
      await until('the file has begun', () => statSync(file).size < 1_000_000);
      await probe.end('SIGINT');
      expect(readCapture(file).problems).toEqual([]);
    });

    it('is not mistaken for a standard descriptor that was closed at start', async () => {
      const script = `exec "$@" 0<&- 1>&- 2>&-`;
      const command = [
        lab.files.probe,
        ...deviceArguments(),
        '--no-tcx',
        '--hooks',
        'tcx/ingress',
        '-w',
        file,
      ];
      rmSync(file, { force: true });
      const probe = new Child('sh', ['-c', script, 'sh', ...command]);
      await until('the file has begun', () => existsSync(file) && statSync(file).size > 0);
      await probe.end('SIGINT');
      const capture = readCapture(file);
      expect(capture.problems).toEqual([]);
      expect(capture.statistics).toHaveLength(capture.interfaces.length);
    });

    it('says that the run started before its first packet', async () => {
      await lab.startTraffic(500);
      const probe = await startProbe(lab, file);
      await until('some packets', () => statSync(file).size > 100_000);
      await probe.end('SIGINT');
      await lab.stopTraffic();
      const { started, packets } = readCapture(file);
      expect(packets.every(({ time }) => time >= started)).toBe(true);
    });
  });

  describe('asked for what is not there', () => {
    it.each([
      [['-i', 'nosuch0'], 1, 'whither-probe: no device nosuch0 in this network namespace'],
      [['-i', 'lo', '--netns', 'nosuch'], 1, 'whither-probe: no network namespace nosuch'],
      [['-i', 'lo', '--snaplen', '5000'], 2, 'whither-probe: --snaplen must be a number from 0 to 4096'],
      [['-i', 'lo', '--ring-bytes', '5000'], 2, 'whither-probe: --ring-bytes must be a power of two'],
      [['-i', 'lo', '-i', 'lo'], 1, 'whither-probe: lo: named twice'],
      [['-i', 'lo', '--hooks', 'tcx,nosuch'], 2, "whither-probe: there is no hook 'nosuch'"],
      [['-i', 'lo', '--schema', '/nosuch'], 1, 'whither-probe: cannot read the schema /nosuch'],
      [[], 2, 'whither-probe: which device? Name it with -i DEV'],
      [['eth0'], 2, "whither-probe: what is 'eth0'? Devices are named with -i"],
    ])('%j ends with %i and one line', (args, code, message) => {
      const { status, stderr, stdout } = run(...args);
      expect(status).toBe(code);
      expect(stderr.startsWith(message)).toBe(true);
      expect(stderr.trimEnd().split('\n')).toHaveLength(1);
      expect(stdout).toBe('');
    });
  });
});
