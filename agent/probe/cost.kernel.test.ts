/** What watching costs, against counts that Whither has no part in. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { BLOCK_SUBTYPE } from '#core/format/structs.ts';
import { CostLog } from '#core/store/cost-log.ts';
import type { CostSample } from '#core/store/view.ts';
import { EdgeLab } from '../lab/edge/lab.ts';
import { startProbe } from '../lab/edge/record.ts';
import type { Child } from '../lab/processes.ts';
import { isRunning, programsOf, statusOf, tc, until, untilUnloaded } from '../lab/testing/host-state.ts';
import { customBodies, finalStatistics, readCapture } from '../lab/testing/read-capture.ts';
import { requireKernel } from '../lab/testing/require-kernel.ts';

const skip = requireKernel();
const FLOOD = 5_000;
const COUNTING = '/proc/sys/kernel/bpf_stats_enabled';
const CLOCK_TICK_US = 10_000;
/** CAP_NET_ADMIN is 12, CAP_SYS_ADMIN 21, CAP_BPF 39. */
const CAPABILITIES_OF_KEEPER = (2n ** 12n + 2n ** 21n + 2n ** 39n).toString(16).padStart(16, '0');

/** Every cost block of a file that may still be written to. */
function samplesOf(file: string): CostSample[] {
  return customBodies(file, BLOCK_SUBTYPE.cost).flatMap((body) => {
    const log = new CostLog();
    return log.add(body, '', (ifindex) => `#${ifindex}`) ? [log.view().latest!] : [];
  });
}

/** Runs of all BPF programs of a process, as the kernel tells anybody who has their descriptors. */
function runsOf(pid: number): number {
  const runs = readdirSync(`/proc/${pid}/fdinfo`).map((fd) => {
    const match = /^run_cnt:\s*(\d+)$/m.exec(readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'utf8'));
    return Number(match?.[1] ?? 0);
  });
  return runs.reduce((sum, count) => sum + count, 0);
}

function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number);
}

const programOf = (sample: CostSample, attach: string, name: string): CostSample['programs'][number] =>
  sample.programs.find((program) => program.attach === attach && (program.hook || program.name) === name)!;

describe.skipIf(skip !== null)(`own cost${skip === null ? '' : ` (${skip})`}`, () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'whither-cost-'));
  const file = path.join(directory, 'cost.pcapng');
  let lab: EdgeLab;
  let probe: Child | null = null;

  /** As of before, '' where the test is skipped. */
  const counted = existsSync(COUNTING) ? readFileSync(COUNTING, 'utf8').trim() : '';

  beforeAll(async () => {
    // Somebody may have the kernel count always: then nothing could be told of what the probe does.
    writeFileSync(COUNTING, '0');
    lab = await EdgeLab.start();
  });

  afterEach(() => {
    probe?.process.kill('SIGKILL');
    probe = null;
  });

  afterAll(async () => {
    await lab.stop();
    writeFileSync(COUNTING, counted);
    rmSync(directory, { recursive: true, force: true });
  });

  async function start(...args: string[]): Promise<Child> {
    probe = await startProbe(lab, file, args);
    return probe;
  }

  const xdpRuns = async (): Promise<number> => (await lab.counts()).xdp;

  it('counts the runs of every program, of Whither’s and of others, as often as they ran', async () => {
    const before = await xdpRuns();
    const child = await start('--cost');
    await until('there is a first block', () => samplesOf(file).length > 0);
    await lab.flood(FLOOD);
    await until('XDP has seen the flood', async () => (await xdpRuns()) - before >= FLOOD);
    await until('there is a later block', () => samplesOf(file).at(-1)!.events > FLOOD);
    await child.end('SIGTERM');
    const after = await xdpRuns();

    const samples = samplesOf(file);
    const [first, last] = [samples[0]!, samples.at(-1)!];
    expect(samples.every(({ counting, error }) => counting && error === 0)).toBe(true);
    const capture = readCapture(file);
    const statistics = finalStatistics(capture);
    for (const hook of ['tcx/ingress@first', 'tcx/ingress@last', 'tcx/egress@first', 'nf/prerouting']) {
      const { index } = capture.interfaces.find(({ name }) => name === `edge0:${hook}`)!;
      expect(programOf(last, 'own', hook).runs, hook).toBe(Number(statistics.get(index)!.received));
    }
    // A tracepoint sees the packets of the whole host.
    const stack = capture.interfaces.find(({ name }) => name === 'edge0:netif_receive_skb')!.index;
    const seen = Number(statistics.get(stack)!.received);
    expect(seen).toBeGreaterThanOrEqual(FLOOD);
    expect(programOf(last, 'own', 'netif_receive_skb').runs).toBeGreaterThanOrEqual(seen);

    const xdp = programOf(last, 'xdp', 'edge_xdp');
    const ran = xdp.runs - programOf(first, 'xdp', 'edge_xdp').runs;
    expect(ran).toBeGreaterThanOrEqual(FLOOD);
    expect(ran).toBeLessThanOrEqual(after - before);
    expect(xdp.runTimeNs).toBeGreaterThan(xdp.runs);
    expect(last.events).toBe(capture.packets.length);
    expect(last.probeCpuNs).toBeGreaterThan(first.probeCpuNs);
    const ids = last.programs.map(({ id, attach, device }) => `${id} ${attach} ${device}`);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('lists a program that came while it watched, and a filter of clsact as well', async () => {
    const child = await start('--cost');
    await until('there is a block', () => samplesOf(file).length > 0);
    expect(samplesOf(file)[0]!.programs.some(({ attach }) => attach === 'tc/egress')).toBe(false);
    tc(lab.netns, 'qdisc', 'add', 'dev', lab.device, 'clsact');
    try {
      tc(
        lab.netns,
        'filter',
        'add',
        'dev',
        lab.device,
        'egress',
        'bpf',
        'da',
        'obj',
        lab.files.programs,
        'sec',
        'tc',
      );
      const filter = (): CostSample['programs'][number] | undefined =>
        samplesOf(file)
          .at(-1)!
          .programs.find(({ attach }) => attach === 'tc/egress');
      await until('the filter is listed', () => filter() !== undefined);
      // What is asked is answered, out of this device.
      await lab.startTraffic(100);
      await until('its runs are told', () => (filter()?.runs ?? 0) > 0);
      await lab.stopTraffic();
      expect(filter()).toMatchObject({ name: 'edge_tcx', hook: '' });
    } finally {
      tc(lab.netns, 'qdisc', 'del', 'dev', lab.device, 'clsact');
    }
    await child.end('SIGTERM');
  });

  it('has the kernel count while somebody looks, and only then', async () => {
    const child = await start('--control');
    const pid = child.process.pid!;
    const order = (line: string): void => void child.process.stdin!.write(`${line}\n`);
    await lab.flood(FLOOD);
    expect([runsOf(pid), samplesOf(file).length]).toEqual([0, 0]);

    order('cost of nothing');
    order(`cost on ${process.pid}`);
    await until('there are two blocks', () => samplesOf(file).length >= 2);
    await lab.flood(FLOOD);
    await until('the flood is counted', () => runsOf(pid) >= FLOOD);
    const { agentCpuNs } = samplesOf(file).at(-1)!;
    expect(agentCpuNs).toBeGreaterThan(0);
    // The probe was told that this process is the agent.
    const { user, system } = process.cpuUsage();
    expect(agentCpuNs! / 1000).toBeLessThanOrEqual(user + system + CLOCK_TICK_US);

    order('cost off');
    await until('nothing is counted any more', async () => {
      const counted = runsOf(pid);
      await lab.flood(100);
      return runsOf(pid) === counted;
    });
    const [counted, blocks] = [runsOf(pid), samplesOf(file).length];
    await lab.flood(FLOOD);
    await child.end('SIGTERM');
    expect(samplesOf(file)).toHaveLength(blocks);
    expect(counted).toBeGreaterThanOrEqual(FLOOD);
  });

  it('leaves nothing behind when it is killed while somebody looks, and keeps its privilege to itself', async () => {
    const child = await start('--cost');
    await until('there is a block', () => samplesOf(file).length > 0);
    const pid = child.process.pid!;
    const [keeper] = childrenOf(pid);
    expect(statusOf(keeper!, 'CapPrm')).toBe(CAPABILITIES_OF_KEEPER);
    expect(statusOf(keeper!, 'NoNewPrivs')).toBe('1');
    const programs = programsOf(pid);
    expect(programs.length).toBeGreaterThan(0);
    child.process.kill('SIGKILL');
    await child.ended;
    await until('the keeper has ended', () => !existsSync(`/proc/${keeper}`) || !isRunning(keeper!));
    await untilUnloaded(programs);

    const next = await start();
    await lab.flood(FLOOD);
    expect(runsOf(next.process.pid!)).toBe(0);
    await next.end('SIGTERM');
  });

  it('ends the counting when whoever gave the orders goes away', async () => {
    const child = await start('--control');
    child.process.stdin!.write('cost on 1\n');
    await until('there is a block', () => samplesOf(file).length > 0);
    child.process.stdin!.end();
    const pid = child.process.pid!;
    await until('nothing is counted any more', async () => {
      const counted = runsOf(pid);
      await lab.flood(100);
      return runsOf(pid) === counted;
    });
    await child.end('SIGTERM');
    expect(readCapture(file).problems).toEqual([]);
  });
});
