/** One kernel from boot to verdict. */
import { performance } from 'node:perf_hooks';
import { lineOf } from '../../failure.ts';
import { countByHook, judgeDoctor, judgeEdge } from './evaluate.ts';
import { cloneJob, edgeJob, PROBE_JOB } from './jobs.ts';
import type { KernelFiles } from './kernel-files.ts';
import { withVm } from './machine.ts';
import { readDoctor, readEdge, type DoctorAnswer, type EdgeResults } from './results.ts';

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
  /** The same where packets are clones; null in a run with a filter. */
  readonly clone: EdgeResults | null;
}

/** Boots the kernel, runs the jobs, judges them. Fails when it does not get that far. `filter`: of the probe, one that all of the lab's traffic passes. */
export async function runKernel(
  kernel: KernelFiles,
  signal?: AbortSignal,
  filter: string | null = null,
): Promise<KernelRun> {
  const jobs = [
    PROBE_JOB,
    edgeJob({ rate: RATE, seconds: SECONDS, filter }),
    ...(filter === null ? [cloneJob({ rate: RATE, seconds: CLONE_SECONDS, filter })] : []),
  ];
  const started = performance.now();
  return withVm(
    kernel,
    jobs,
    ({ directory, bootSeconds }) => {
      const doctor = readDoctor(directory);
      const edge = readEdge(directory);
      const clone = filter === null ? readEdge(directory, 'clone') : null;
      const report: KernelReport = {
        kernel: doctor.kernel,
        bootSeconds,
        wallSeconds: (performance.now() - started) / 1000,
        hooks: doctor.hooks,
        events: edge.events.length,
        eventsByHook: countByHook(edge.events),
        wrong: [...judgeDoctor(doctor), ...judgeEdge(edge, doctor)],
      };
      return { report, doctor, edge, clone };
    },
    signal,
  );
}

/** As `runKernel`, but a failure is a report, too. */
export async function reportKernel(kernel: KernelFiles, signal?: AbortSignal): Promise<KernelReport> {
  const started = performance.now();
  try {
    return (await runKernel(kernel, signal)).report;
  } catch (thrown) {
    return {
      kernel: kernel.release,
      bootSeconds: 0,
      wallSeconds: (performance.now() - started) / 1000,
      hooks: [],
      events: 0,
      eventsByHook: {},
      wrong: [lineOf(thrown)],
    };
  }
}
