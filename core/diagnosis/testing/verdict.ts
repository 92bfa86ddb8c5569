/** What becomes of a packet between two hooks, in the words of tests. */
import { between } from '../between.ts';
import { causeInfo } from '../causes.ts';
import { causeOf, programsOf, writerText } from '../evidence.ts';
import { parseKernelVersion } from '../kernel-version.ts';
import { diagnose } from '../transition.ts';
import { createTransition, HOP_STATE_NAMES, KNOWN_NAMES, type Program } from '../types.ts';
import { AREA, program, sighting, type SightingOptions } from './sightings.ts';

export const RX = 'eth0:netif_receive_skb';
export const FIRST = 'eth0:tcx/ingress@first';
export const LAST = 'eth0:tcx/ingress@last';
export const IP_IN = 'eth0:nf/prerouting';
export const FORWARD = 'eth0:nf/forward';
export const EGRESS_FIRST = 'eth1:tcx/egress@first';
export const EGRESS_LAST = 'eth1:tcx/egress@last';
export const QUEUE = 'eth1:net_dev_queue';
export const XMIT = 'eth1:net_dev_start_xmit';

export const XDP = program('trace_xdp', 11, 'xdp');
export const TC_A = program('tenant', 21, 'tcx/ingress');
export const TC_B = program('limit', 22, 'tcx/ingress');
export const LTS = '6.18.44';
export const NEW = '6.19.2';

export interface Case {
  readonly from?: SightingOptions | null;
  readonly to: SightingOptions;
  /** Default: the capture lists that there are none. */
  readonly programs?: readonly Program[] | null;
  readonly kernel?: string;
}

/** `state cause known`, and behind a `|` the range of bytes that changed. */
export function verdict(of: Case): string {
  const { t } = run(of);
  const range = t.changedFrom === t.changedTo ? '' : ` | ${t.changedFrom}..${t.changedTo}`;
  return `${HOP_STATE_NAMES[t.state]!} ${causeInfo(t.cause).name} ${KNOWN_NAMES[t.known]!}${range}`;
}

export function run({ from = {}, to, programs = [], kernel = LTS }: Case) {
  const before = from === null ? null : sighting(from);
  const now = sighting(to);
  const version = parseKernelVersion(kernel);
  const lies = between(before?.place ?? null, now.place, programs, version);
  const t = createTransition();
  diagnose(before, now, lies, version, t);
  return {
    t,
    cause: causeOf(before, now, lies, version, kernel, t),
    writer: writerText(programsOf(lies, t.cause)),
  };
}

/** AREA with some bytes replaced. */
export const areaWith = (changes: Readonly<Record<number, number>>): number[] =>
  AREA.map((byte, i) => changes[i] ?? byte);

/** As neigh_hh_output() leaves it. */
export const NEIGHBOUR = areaWith({ 14: 0, 15: 0 });
