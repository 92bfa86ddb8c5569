/** Scenarios of one TC helper: a stamped packet, a program that looks, the helper's, which looks afterwards. */
import { KERNEL_KEEPS } from '#core/diagnosis/kernel-version.ts';
import { datagrams, LAB_ADDRESS6, none, pair, pair6, PORT, stamp } from './network.ts';
import type { Expectation, Scenario, Step } from './types.ts';

const PACKETS = 8;
const DONE = { counter: 0 } as const;

/** What is seen behind the helper. */
export type Outcome = Pick<Expectation, 'since' | 'below' | 'state' | 'cause' | 'known' | 'area'>;

export interface TcHelper {
  readonly name: string;
  readonly summary: string;
  /** The row of the survival table. */
  readonly operation: string;
  /** Of bpf/tc-helper.bpf.c, in this order; what becomes of metadata is seen behind the last. */
  readonly programs: readonly string[];
  /** The packets' addresses; default IPv4. */
  readonly ipv6?: true;
  readonly outcomes: readonly Outcome[];
}

/** Kernels up to 6.18, where helpers leave metadata or lose it; and later ones. */
export const upTo = (outcome: Outcome): Outcome => ({ ...outcome, below: KERNEL_KEEPS });
export const from = (outcome: Outcome): Outcome => ({ ...outcome, since: KERNEL_KEEPS });

export const kept: Outcome = { state: 'present', area: stamp };
export const moved: Outcome = { state: 'moved', cause: 'helperMoved', known: 'implied', area: stamp };
/** Left where it is while the MAC header goes `bytes` to the front: what is in front of it now, then the beginning of the stamp. */
export const leftBehind = (bytes: number): Outcome => ({
  ...suspect,
  area: (sequence) =>
    '..'.repeat(Math.min(bytes, STAMP_BYTES)) +
    stamp(sequence).slice(0, 2 * Math.max(0, STAMP_BYTES - bytes)),
});
const STAMP_BYTES = 16;
export const suspect = { state: 'suspect', cause: 'helperLeft', known: 'implied' } as const;
/** With a head of its own, which keeps it from 6.19 on. */
export const keptByExpansion: Outcome = {
  ...{ state: 'moved', cause: 'expandHeadKept', known: 'implied' },
  area: stamp,
};
export const lost: Outcome = { state: 'lost', cause: 'expandHeadByProgram', known: 'implied', area: none };

/** Causes that are put down to the kernel alone. */
const WITHOUT_WRITER = ['', 'expandHeadKept'];

export function tcHelper(helper: TcHelper): Scenario {
  const { name, summary, operation, programs, outcomes } = helper;
  const last = programs.at(-1)!;
  const at = `lab0:tcx/ingress@after:${last}`;
  return {
    name,
    summary,
    roles: ['client', 'lab'],
    network: helper.ipv6 ? pair6 : pair,
    programs: {
      object: 'tc-helper',
      role: 'lab',
      attach: ['xdp:lab0:stamp', ...['before', ...programs, 'behind'].map((each) => `ingress:lab0:${each}`)],
    },
    watch: { role: 'lab', devices: ['lab0'] },
    traffic: (ns): Step[] => [{ send: datagrams(ns, PACKETS, ...(helper.ipv6 ? [LAB_ADDRESS6, PORT] : [])) }],
    packets: PACKETS,
    expect: [
      { at: 'lab0:tcx/ingress@after:before', state: 'present', area: stamp, truth: 'before' },
      ...outcomes.map((outcome) => ({
        at,
        writer: WITHOUT_WRITER.includes(outcome.cause ?? '') ? '' : last,
        ...outcome,
      })),
      ...outcomes.map(({ area, state, since, below }): Expectation => ({
        at: 'lab0:tcx/ingress@last',
        ...(since !== undefined && { since }),
        ...(below !== undefined && { below }),
        state: state === 'lost' || state === 'none' ? 'none' : 'present',
        area,
        truth: 'after',
      })),
    ],
    losses: (kernel) => lossesOf(outcomes, kernel, at),
    ratios: [{ of: DONE, to: { number: PACKETS * programs.length }, from: 1, upTo: 1 }],
    survival: [{ operation, at }],
  };
}

/** The same where a packet socket holds a clone of each packet. */
export function tcHelperCloned(plain: TcHelper, outcomes: readonly Outcome[]): Scenario {
  const scenario = tcHelper({
    ...plain,
    name: `${plain.name}-cloned`,
    summary: `${plain.summary}; a packet socket has a clone`,
    operation: `${plain.operation}, cloned`,
    outcomes,
  });
  return {
    ...scenario,
    traffic: (ns) => [{ during: ['sniff', ns.lab!, 'lab0'] }, ...scenario.traffic(ns)],
  };
}

function lossesOf(outcomes: readonly Outcome[], kernel: number, at: string): string[] {
  return outcomes
    .filter(({ since = 0, below = Infinity }) => kernel >= since && kernel < below)
    .filter(({ state }) => state === 'lost' || state === 'suspect' || state === 'clobbered')
    .flatMap(({ state, cause, known }) =>
      ['*', 'trace_id', 'tenant'].map((tlv) => `${at} ${state} ${cause} ${known} ${tlv} ${PACKETS}`),
    );
}
