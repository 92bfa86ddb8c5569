/** One kernel from boot to verdict. */
import { performance } from 'node:perf_hooks';
import { lineOf } from '../../failure.ts';
import type { Scenario } from '../scenario/types.ts';
import { countByHook, judgeDoctor, judgeEdge } from './evaluate.ts';
import { edgeJob, PROBE_JOB, type Job } from './jobs.ts';
import type { KernelFiles } from './kernel-files.ts';
import { withVm } from './machine.ts';
import { readDoctor, readEdge, type DoctorAnswer, type EdgeResults } from './results.ts';
import { scenarioJob } from './scenario-job.ts';
import { scenarioRun, type ScenarioRun } from './scenario-results.ts';

const RATE = 100;
const SECONDS = 3;
const CLONE_SECONDS = 1;

export interface KernelReport {
  readonly kernel: string;
  readonly bootSeconds: number;
  readonly wallSeconds: number;
  readonly hooks: DoctorAnswer['hooks'];
  readonly events: number;
  readonly eventsByHook: Readonly<Record<string, number>>;
  /** What is wrong; [] = passed. */
  readonly wrong: readonly string[];
}

/** A report together with what it was made from. */
export interface KernelRun {
  readonly report: KernelReport;
  readonly doctor: DoctorAnswer;
  readonly edge: EdgeResults;
  readonly scenarios: readonly ScenarioRun[];
}

export interface KernelRunOptions {
  readonly signal?: AbortSignal;
  /** Of the edge lab's probe, one that all of its traffic passes; default none. */
  readonly filter?: string | null;
  /** To be run, too; default none. */
  readonly scenarios?: readonly Scenario[];
  /** More to be run in the same boot, and what reads the directory of their results before it is removed. */
  readonly more?: { readonly jobs: readonly Job[]; readonly read: (directory: string) => void };
}

/** Boots the kernel, runs the jobs, judges them. Fails when it does not get that far. */
export async function runKernel(
  kernel: KernelFiles,
  { signal, filter = null, scenarios = [], more }: KernelRunOptions = {},
): Promise<KernelRun> {
  const jobs = [
    PROBE_JOB,
    edgeJob({ rate: RATE, seconds: SECONDS, filter, cloneSeconds: CLONE_SECONDS }),
    ...scenarios.map(scenarioJob),
    ...(more?.jobs ?? []),
  ];
  const started = performance.now();
  return withVm(
    kernel,
    jobs,
    ({ directory, bootSeconds }) => {
      const doctor = readDoctor(directory);
      const edge = readEdge(directory);
      const runs = scenarios.map((scenario) => scenarioRun(directory, scenario));
      more?.read(directory);
      const report: KernelReport = {
        kernel: doctor.kernel,
        bootSeconds,
        wallSeconds: (performance.now() - started) / 1000,
        hooks: doctor.hooks,
        events: edge.events.length,
        eventsByHook: countByHook(edge.events),
        wrong: [
          ...judgeDoctor(doctor),
          ...judgeEdge(edge, doctor),
          ...runs.flatMap(({ scenario, wrong }) => wrong.map((line) => `${scenario.name}: ${line}`)),
        ],
      };
      return { report, doctor, edge, scenarios: runs };
    },
    signal,
  );
}

/** As `runKernel`, but a failure is a report, too, without scenarios. */
export async function reportKernel(
  kernel: KernelFiles,
  options: KernelRunOptions,
): Promise<Pick<KernelRun, 'report' | 'scenarios'>> {
  const started = performance.now();
  try {
    return await runKernel(kernel, options);
  } catch (thrown) {
    const report = {
      kernel: kernel.release,
      bootSeconds: 0,
      wallSeconds: (performance.now() - started) / 1000,
      hooks: [],
      events: 0,
      eventsByHook: {},
      wrong: [lineOf(thrown)],
    };
    return { report, scenarios: [] };
  }
}
