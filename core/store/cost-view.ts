/** What the store answers about the cost of watching; part of view.ts. */

/** A BPF program with what it has run since it was loaded, as far as the kernel counted. */
export interface CostProgram {
  readonly id: number;
  readonly name: string;
  /** 16 hex digits. */
  readonly tag: string;
  /** `own`: one of Whither's. Else where a program of somebody's runs. */
  readonly attach: 'own' | 'xdp' | 'tcx/ingress' | 'tcx/egress' | 'tc/ingress' | 'tc/egress' | 'elsewhere';
  /** Name of the hook that a program of Whither's serves, '' = none. */
  readonly hook: string;
  /** '' = several, or none of its own. */
  readonly device: string;
  readonly runs: number;
  readonly runTimeNs: number;
  /** Runs that the kernel left out because the program was already running on that CPU. */
  readonly skipped: number;
}

/** One cost block. */
export interface CostSample {
  /** Unix time, decimal. */
  readonly timeNs: string;
  /** Since when the kernel counts runs; '0' = it does not. */
  readonly sinceNs: string;
  /** false: the probe may not have the kernel count (it takes CAP_SYS_ADMIN and Linux 5.8); `error` is the errno. */
  readonly counting: boolean;
  readonly error: number;
  /** Sums since the start of the process. */
  readonly probeCpuNs: number;
  /** null = not known. */
  readonly agentCpuNs: number | null;
  readonly bytes: number;
  readonly events: number;
  readonly programs: readonly CostProgram[];
}

/** What a program cost between the last two blocks. */
export interface CostRate {
  readonly program: CostProgram;
  readonly runsPerSecond: number;
  /** null = it did not run. */
  readonly nsPerRun: number | null;
  /** Share of one CPU: 0.01 is one per cent. */
  readonly cpu: number;
}

/** All together between two blocks; shares are of one CPU. */
export interface CostPoint {
  readonly timeNs: string;
  readonly probeCpu: number;
  readonly agentCpu: number | null;
  /** Programs of Whither's, and of others on the watched devices; null = the kernel does not count. */
  readonly ownCpu: number | null;
  readonly othersCpu: number | null;
  readonly bytesPerSecond: number;
  readonly eventsPerSecond: number;
}

export interface CostView {
  /** null: the capture has no cost block (yet). */
  readonly latest: CostSample | null;
  /** Empty until there are two blocks. */
  readonly programs: readonly CostRate[];
  /** The oldest first, at most ten minutes. */
  readonly history: readonly CostPoint[];
}
