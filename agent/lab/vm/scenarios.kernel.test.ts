/** Scenarios in virtual machines: the oldest kernel and the newest. All of them on all kernels is `npm run kernels -- all`. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { readBtf } from '#core/btf/btf.ts';
import { schemaFromStruct } from '#core/btf/struct-schema.ts';
import { BtfFault } from '#core/btf/types.ts';
import { KERNEL_KEEPS, parseKernelVersion } from '#core/diagnosis/kernel-version.ts';
import { findingOf } from '../scenario/finding.ts';
import { judge } from '../scenario/judge.ts';
import { SCENARIOS } from '../scenario/list.ts';
import { trimCapture } from '../scenario/trim.ts';
import { readScenario } from '../scenario/read.ts';
import { judgeEdge } from './evaluate.ts';
import { BTF_JOB, FUNCTION_HOOKS, NO_FENTRY_DOCTOR, noFentryJob } from './jobs.ts';
import { withVm } from './machine.ts';
import { requireVm } from './require-vm.ts';
import { readDoctor, readEdge, type DoctorAnswer, type EdgeResults } from './results.ts';
import { scenarioJob } from './scenario-job.ts';
import { scenarioRun, type ScenarioRun } from './scenario-results.ts';

/** Where these two kernels differ, where all are alike, and what one of them lacks; more takes too long without KVM. */
const NAMES = ['clone-write', 'forward', 'gre-end'];
const UDP_IN = 'netif_receive_skb tcx/ingress@first tcx/ingress@last nf/prerouting nf/local_in udp_rcv';
const OUT =
  'nf/local_out nf/postrouting ip_finish_output2 dev_queue_xmit tcx/egress@first tcx/egress@last net_dev_queue';
const chosen = SCENARIOS.filter(({ name }) => NAMES.includes(name));

describe.each(['oldest', 'newest'])('scenarios on the %s packaged kernel', (version) => {
  const kernel = requireVm(version);
  const skip = typeof kernel === 'string' ? kernel : null;
  describe.skipIf(skip !== null)(`in QEMU${skip === null ? '' : ` (${skip})`}`, () => {
    if (typeof kernel === 'string') return;
    let runs: readonly ScenarioRun[];
    /** Of the kernel, and of its module. */
    let btf: readonly Buffer[];
    /** Where fentry is refused. */
    let doctor: DoctorAnswer;
    let edge: EdgeResults | null;
    const keeps = parseKernelVersion(kernel.release) >= KERNEL_KEEPS;
    const found = (operation: string): string => {
      for (const { scenario, result } of runs) {
        const row = scenario.survival.find((one) => one.operation === operation);
        if (row !== undefined) return findingOf(scenario, row, result!).outcome;
      }
      throw new Error(`nothing says what ${operation} does`);
    };

    beforeAll(async () => {
      const hasMulti = version === 'newest';
      const job = noFentryJob({ rate: 100, seconds: 3, filter: null });
      const jobs = [...chosen.map(scenarioJob), BTF_JOB, NO_FENTRY_DOCTOR, ...(hasMulti ? [job] : [])];
      await withVm(kernel, jobs, ({ directory }) => {
        runs = chosen.map((scenario) => scenarioRun(directory, scenario));
        btf = ['vmlinux', 'module'].map((name) => readFileSync(path.join(directory, BTF_JOB.name, name)));
        doctor = readDoctor(directory, NO_FENTRY_DOCTOR.name);
        edge = hasMulti ? readEdge(directory, job.name) : null;
      });
    });

    it('show what they must, and leave nothing behind', () => {
      expect(runs.map(({ scenario }) => scenario.name).sort()).toEqual([...NAMES].sort());
      expect(runs.flatMap(({ scenario, wrong }) => wrong.map((line) => `${scenario.name}: ${line}`))).toEqual(
        [],
      );
    });

    it('differ as pskb_expand_head() changed, and are alike where a neighbour is cached', () => {
      expect(found('TC program writes to the packet, cloned')).toBe(keeps ? 'moved' : 'lost');
      expect(found('forwarded, IPv4, neighbour cold')).toBe('survives');
      expect(found('forwarded, IPv4, neighbour cached')).toBe('clobbered');
      expect(found('GRE tunnel ends here')).toBe('stale');
    });

    it('have modules whose types are read on those of the kernel', () => {
      const [vmlinux, module] = btf.map((bytes) => new Uint8Array(bytes));
      const base = readBtf(vmlinux!);
      const split = readBtf(module!, base);
      const stats = [...split.types()].find(({ kind, name }) => kind === 'struct' && name === 'veth_stats');
      const { types } = schemaFromStruct(split, stats!.id);
      expect(types.map(({ name }) => name)).toContain('xdp_packets');
      // u64 is the kernel's own.
      for (const { kind, size } of types) expect([kind, size]).toEqual(['uint', 8]);
      expect(() => schemaFromStruct(readBtf(module!), stats!.id)).toThrow(BtfFault);
    });

    it('have functions as hooks by kprobe.multi where fentry is refused, or say why not', () => {
      const functions = doctor.hooks.filter(({ name }) => FUNCTION_HOOKS.some((one) => one === name));
      expect(functions).toHaveLength(FUNCTION_HOOKS.length);
      for (const { how, reason } of functions) {
        if (edge !== null) expect([how, reason]).toEqual(['kprobe.multi', '']);
        else
          expect(reason).toMatch(
            /^fentry and fexit are refused: .*; so is kprobe\.multi: Operation not supported$/,
          );
      }
      if (edge === null) return;
      const known = {
        ...doctor,
        hooks: doctor.hooks.map((hook) => ({ ...hook, attached: hook.how !== '' })),
      };
      expect(judgeEdge(edge, known)).toEqual([]);
      const ways = new Map<string, string[]>();
      for (const { journey, hook } of edge.events) ways.set(journey!, [...(ways.get(journey!) ?? []), hook]);
      const whole = [...ways.values()].map((way) => way.join(' '));
      expect(whole.filter((way) => way.startsWith(UDP_IN)).length).toBeGreaterThan(3);
      expect(whole.filter((way) => way.includes(' tcp_rcv')).length).toBeGreaterThan(3);
      expect(whole.filter((way) => way.startsWith(OUT)).length).toBeGreaterThan(10);
    });

    it('keep what they show when their recordings are cut down', () => {
      for (const { scenario, result, capture } of runs) {
        const cut = trimCapture(capture, scenario);
        expect(cut.length).toBeLessThan(capture.length);
        const few = {
          ...scenario,
          packets: 2,
          expect: scenario.expect.filter((one) => one.packets === undefined),
        };
        const read = { ...result!, ...readScenario(cut) };
        const wrong = judge({ ...few, losses: () => read.losses, ratios: [] }, read);
        expect([scenario.name, wrong]).toEqual([scenario.name, []]);
      }
    });
  });
});
