/** Attaching to a device, and letting go of it, while a flood runs through it. */
import { execFileSync } from 'node:child_process';
import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CaptureReader } from '#core/pcapng/reader.ts';
import type { InterfaceInfo, StatisticsInfo } from '#core/pcapng/types.ts';
import { Child } from '../lab/processes.ts';
import { labFiles, sendProgram } from '../lab/root.ts';
import { LAB_ADDRESS, pair, PORT } from '../lab/scenario/network.ts';
import { RunningScenario } from '../lab/scenario/run.ts';
import type { Scenario } from '../lab/scenario/types.ts';
import { deviceCounters, programsOf, until, untilUnloaded } from '../lab/testing/host-state.ts';
import { requireKernel } from '../lab/testing/require-kernel.ts';

const skip = requireKernel();
const CAPTURE_MS = 2000;
const UNOBSERVED_MS = 500;
/** More than a flood sends in the time. */
const ENDLESS = '1000000000';

const FLOODED: Scenario = {
  name: 'flooded',
  summary: 'programs of somebody else on a device that is flooded',
  roles: ['client', 'lab'],
  network: pair,
  programs: {
    object: 'eyes',
    role: 'lab',
    attach: ['xdp:lab0:idle', 'ingress:lab0:before', 'egress:lab0:after'],
  },
  watch: { role: 'lab', devices: ['lab0'] },
  traffic: () => [],
  packets: 0,
  expect: [],
  losses: () => [],
  survival: [],
};

/** What there is of a capture, counted while it is read: it may be large. */
interface Counted {
  readonly interfaces: InterfaceInfo[];
  readonly packets: number[];
  readonly statistics: Map<number, StatisticsInfo>;
  readonly problems: unknown[];
}

async function countCapture(file: string): Promise<Counted> {
  const counted: Counted = { interfaces: [], packets: [], statistics: new Map(), problems: [] };
  const ignore = (): void => undefined;
  const reader = new CaptureReader({
    section: ignore,
    custom: ignore,
    interface: (info) => {
      counted.interfaces.push(info);
      counted.packets.push(0);
    },
    packet: ({ interfaceIndex }) => counted.packets[interfaceIndex]!++,
    statistics: (info) => counted.statistics.set(info.interfaceIndex, info),
    problem: (problem) => counted.problems.push(problem),
  });
  for await (const chunk of createReadStream(file)) reader.push(chunk as Uint8Array);
  reader.end();
  return counted;
}

describe.skipIf(skip !== null)(`the probe under load${skip === null ? '' : ` (${skip})`}`, () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'whither-load-'));
  const file = path.join(directory, 'flood.pcapng');
  let lab: RunningScenario;
  let flood: Child;
  let counted: Counted;
  let exitCode: number | null;
  let said: string;
  let unobserved: number;
  let received: number;
  let programs: number[];
  let before: string;
  let after: string;

  const ask = (...args: string[]): string => execFileSync(labFiles().loader, args, { encoding: 'utf8' });
  const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '');
  const rx = (): number => deviceCounters(lab.netns, 'lab0').rx;
  const flows = async (): Promise<void> => {
    const from = rx();
    await until('packets flow', () => rx() > from + 1000);
  };
  /** Chains and XDP of the device, filters in clsact, and the links of the programs that were there. */
  const attached = (): string => {
    const [device] = JSON.parse(
      execFileSync('ip', ['-n', lab.netns, '-j', 'link', 'show', 'lab0'], { encoding: 'utf8' }),
    ) as { xdp?: unknown; qdisc: string }[];
    const filters = execFileSync('tc', ['-n', lab.netns, 'qdisc', 'show', 'dev', 'lab0'], {
      encoding: 'utf8',
    });
    const chain = ask('chain', lab.netns, 'lab0');
    const own = [...chain.matchAll(/\d+/g)].map(([id]) => id);
    const links = lines(ask('links')).filter((line) => own.includes(line.split(' ')[1]!));
    return JSON.stringify({ chain, xdp: device!.xdp, qdisc: device!.qdisc, filters, links }, null, 1);
  };

  beforeAll(async () => {
    lab = await RunningScenario.start(FLOODED);
    const sink = new Child(sendProgram(), ['sink', lab.ns.lab!, PORT]);
    await sink.line();
    before = attached();
    flood = new Child(sendProgram(), ['udp', lab.ns.client!, LAB_ADDRESS, PORT, ENDLESS, '0']);
    await flows();
    const start = rx();
    await sleep(UNOBSERVED_MS);
    unobserved = rx() - start;
    const probe = await lab.record(file);
    programs = programsOf(probe.process.pid!);
    const from = rx();
    await sleep(CAPTURE_MS);
    received = rx() - from;
    await probe.end('SIGINT');
    ({ exitCode } = probe.process);
    said = probe.complaint;
    await flows();
    after = attached();
    await flood.end('SIGKILL');
    await sink.finish();
    counted = await countCapture(file);
  });

  afterAll(async () => {
    await flood.end('SIGKILL');
    await lab.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it('attaches to every hook while packets flow, and ends in order', () => {
    const kpps = [unobserved / UNOBSERVED_MS, received / CAPTURE_MS].map(Math.round);
    console.info(`${kpps[0]} kpps before, ${kpps[1]} kpps while capturing; ${said.trim()}`);
    expect(exitCode).toBe(0);
    expect(counted.problems).toEqual([]);
    expect(programs.length).toBeGreaterThan(20);
    for (const hook of ['napi_gro_receive_entry', 'netif_receive_skb', 'tcx/ingress@first', 'nf/local_in']) {
      const { index } = counted.interfaces.find(({ name }) => name === `lab0:${hook}`)!;
      expect([hook, Number(counted.statistics.get(index)!.received) > 10_000]).toEqual([hook, true]);
    }
  });

  it('accounts for every packet at every hook: seen is written and lost', () => {
    let delivered = 0n;
    let dropped = 0n;
    for (const { index, name } of counted.interfaces) {
      const one = counted.statistics.get(index)!;
      expect([name, one.received]).toEqual([name, one.delivered! + one.dropped!]);
      expect([name, one.delivered]).toEqual([name, BigInt(counted.packets[index]!)]);
      delivered += one.delivered!;
      dropped += one.dropped!;
    }
    expect(said).toContain(`${delivered} events written, ${dropped} lost`);
  });

  it('leaves chains, links and programs as they were', async () => {
    expect(after).toBe(before);
    expect(before.match(/\d+/g)).not.toBeNull();
    await untilUnloaded(programs);
    const left = lines(ask('links')).filter((line) => programs.includes(Number(line.split(' ')[1])));
    expect(left).toEqual([]);
  });
});
