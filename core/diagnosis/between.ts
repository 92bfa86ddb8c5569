/**
 * What runs between two hops: which programs could have written there, and which kernel paths lie on the
 * way. From the places of the hops in their lanes and the capture's list of programs; nothing here
 * depends on a packet, so one answer serves all packets that go from the one hop to the other.
 *
 * Kernel order: native XDP in the driver, GRO, stack entry, generic XDP, tc ingress, IP, neighbour, tc
 * egress, qdisc, driver (net/core/dev.c; domain table 5.1 and 5.2).
 */
import { HOOK_BY_NAME } from '#core/format/hooks.ts';
import { KERNEL_TCX, KERNEL_UNKNOWN } from './kernel-version.ts';
import type { Program } from './types.ts';
import { sameNamespace, type Place } from './sighting.ts';

/** Whether programs run at a place between two hops. */
export type Presence =
  /** The place is not between them, or the capture's list has no program there. */
  | 'no'
  /** Programs are known to be there. */
  | 'some'
  /** The place is between them, and the capture does not list programs. */
  | 'perhaps';

export interface Between {
  readonly xdp: Presence;
  readonly tc: Presence;
  /** Those known to lie between, in order. */
  readonly xdpPrograms: readonly Program[];
  readonly tcPrograms: readonly Program[];
  /** Both hops are anchors of one tcx chain: nothing but its programs runs between them. */
  readonly onlyTc: boolean;
  /** Entry and exit of one XDP program: nothing but it runs between them. */
  readonly onlyXdp: boolean;
  /** From the exit of native XDP to the sk_buff that the driver made of the frame. */
  readonly driver: boolean;
  /** From the transmit side of one device to the receive side of another, or of loopback. */
  readonly crossing: boolean;
  /** IP output hands the packet to the neighbour layer, which puts the Ethernet header in front. */
  readonly neighbour: boolean;
  /** Nothing but the neighbour layer lies between. */
  readonly onlyNeighbour: boolean;
  /** Both known, and they differ. */
  readonly otherNetns: boolean;
}

export const NOTHING_BETWEEN: Between = {
  xdp: 'no',
  tc: 'no',
  xdpPrograms: [],
  tcPrograms: [],
  onlyTc: false,
  onlyXdp: false,
  driver: false,
  crossing: false,
  neighbour: false,
  onlyNeighbour: false,
  otherNetns: false,
};

const order = (name: string): number => HOOK_BY_NAME.get(name)!.order;
const GRO = order('napi_gro_receive_entry');
const STACK_ENTRY = order('netif_receive_skb');
const CHAIN_START = order('tcx/ingress@first');
const CHAIN_END = order('tcx/ingress@last');
const id = (name: string): number => HOOK_BY_NAME.get(name)!.id;
const XDP_ENTRIES: readonly number[] = [id('xdp@fentry'), id('xdpgeneric@fentry')];
const XDP_EXITS: readonly number[] = [id('xdp@fexit'), id('xdpgeneric@fexit')];
const NATIVE_XDP_EXIT = id('xdp@fexit');
const INGRESS = 'tcx/ingress';
const EGRESS = 'tcx/egress';
/** Filters run behind the tcx chain and its anchors; where the kernel has no tcx they are the chain. */
const FILTERS: Readonly<Record<string, string>> = { [INGRESS]: 'tc/ingress', [EGRESS]: 'tc/egress' };
/** The neighbour layer lies between these two. */
const IP_OUTPUT_END = order('ip_finish_output2');
const DEVICE_START = order('dev_queue_xmit');

/**
 * `programs`: those of the capture's host; null when it does not list them. `before` null: the packet was not seen
 * before. `kernel`: as of kernelVersion(), or KERNEL_UNKNOWN.
 */
export function between(
  before: Place | null,
  now: Place,
  programs: readonly Program[] | null,
  kernel: number,
): Between {
  if (now.lane === 'none' || before?.lane === 'none') return NOTHING_BETWEEN;
  const crossing = before !== null && before.lane === 'tx' && now.lane === 'rx';
  const sameDevice =
    before !== null &&
    before.device === now.device &&
    before.host === now.host &&
    (before.netns === now.netns || now.netns === 0);
  const xdpDevice = xdpBetween(before, now, sameDevice, crossing);
  const xdpPrograms = at(programs, 'xdp', xdpDevice);
  const tc = tcBetween(before, now, sameDevice, programs, kernel === KERNEL_UNKNOWN || kernel >= KERNEL_TCX);
  const onlyXdp =
    sameDevice && XDP_ENTRIES.includes(before.hook) && XDP_EXITS.includes(now.hook) && xdpDevice !== null;
  return {
    xdp: onlyXdp ? 'some' : presence(xdpDevice !== null, programs, xdpPrograms),
    tc: tc.presence,
    xdpPrograms,
    tcPrograms: tc.programs,
    onlyTc: before !== null && sameDevice && before.lane === now.lane && isAnchor(before) && isAnchor(now),
    onlyXdp,
    driver: sameDevice && before.hook === NATIVE_XDP_EXIT && now.lane === 'rx',
    crossing,
    neighbour:
      before !== null &&
      now.lane === 'tx' &&
      now.order >= DEVICE_START &&
      (before.lane === 'rx' || (before.lane === 'tx' && before.order <= IP_OUTPUT_END)),
    onlyNeighbour:
      before !== null && before.hook === id('ip_finish_output2') && now.hook === id('dev_queue_xmit'),
    otherNetns: before !== null && before.netns !== 0 && now.netns !== 0 && before.netns !== now.netns,
  };
}

/** Whether what comes to `now`, behind tcx of a device, has come through `place`: stack entry there, or the first anchor. */
export function isGateOf(place: Place, now: Place): boolean {
  const behind = now.lane === 'end' || (now.lane === 'rx' && now.order > CHAIN_START);
  const isGate = place.lane === 'rx' && (place.order === STACK_ENTRY || place.order === CHAIN_START);
  return behind && isGate && place.device === now.device && sameNamespace(place, now);
}

function isAnchor(place: Place): boolean {
  return (
    place.order >= CHAIN_START && place.order <= CHAIN_END && (place.lane === 'rx' || place.lane === 'tx')
  );
}

/** Device whose XDP program runs between; null = none does. */
function xdpBetween(before: Place | null, now: Place, sameDevice: boolean, crossing: boolean): string | null {
  if (XDP_ENTRIES.includes(now.hook)) return null;
  if (before === null || crossing) return now.lane === 'rx' ? now.device : null;
  if (XDP_EXITS.includes(before.hook)) return null;
  if (XDP_ENTRIES.includes(before.hook)) return before.device;
  // A tap is in the program: what that does runs on either side of it.
  if (before.lane === 'rx' && before.order < GRO && sameDevice) return before.device;
  // Generic XDP runs behind the tracepoint of stack entry; native XDP ran before anything was seen.
  if (before.lane !== 'rx' || before.order > STACK_ENTRY) return null;
  const past = now.lane !== 'rx' || !sameDevice || now.order > STACK_ENTRY;
  return past ? before.device : null;
}

/** A stretch of one tcx chain: behind `from` and up to `to`; null = from its start, to its end. */
interface Stretch {
  readonly device: string;
  readonly attach: string;
  readonly from: Place | null;
  readonly to: Place | null;
}

function tcBetween(
  before: Place | null,
  now: Place,
  sameDevice: boolean,
  programs: readonly Program[] | null,
  hasTcx: boolean,
): { presence: Presence; programs: readonly Program[] } {
  const stretches = stretchesBetween(before, now, sameDevice, hasTcx);
  const found = stretches.flatMap((stretch) => programsOn(stretch, programs, hasTcx));
  if (found.length > 0) return { presence: 'some', programs: found };
  return { presence: stretches.length > 0 && programs === null ? 'perhaps' : 'no', programs: found };
}

function stretchesBetween(before: Place | null, now: Place, sameDevice: boolean, hasTcx: boolean): Stretch[] {
  const stretches: Stretch[] = [];
  const sameLane = sameDevice && before?.lane === now.lane;
  const arrives = now.order > CHAIN_START;
  const inside = before !== null && (before.order < CHAIN_END || (hasTcx && before.order === CHAIN_END));
  const leaves = inside && (!sameLane || arrives);
  if (leaves && before.lane !== 'end') {
    const attach = before.lane === 'rx' ? INGRESS : EGRESS;
    stretches.push({ device: before.device, attach, from: before, to: sameLane ? now : null });
  }
  if (arrives && !sameLane && now.lane !== 'end') {
    stretches.push({ device: now.device, attach: now.lane === 'rx' ? INGRESS : EGRESS, from: null, to: now });
  }
  return stretches;
}

function programsOn(stretch: Stretch, programs: readonly Program[] | null, hasTcx: boolean): Program[] {
  const { device, attach, from, to } = stretch;
  const chain = at(programs, attach, device);
  const anchors = hasTcx ? chain.filter((program) => program.attach === attach).length : chain.length;
  const start = from === null ? 0 : positionOf(chain, from, from.order === CHAIN_END ? anchors : 0);
  const end = to?.order === CHAIN_END ? anchors : chain.length;
  const stop = to === null ? end : positionOf(chain, to, end);
  const here = chain.slice(start, Math.max(start, stop));
  // The name of the hop says which program it is behind, also when the capture lists none.
  if (to !== null && to.afterId !== 0 && !here.some(({ id }) => id === to.afterId)) {
    here.push({ id: to.afterId, name: to.afterName, tag: '', attach, device });
  }
  return here;
}

function at(programs: readonly Program[] | null, attach: string, device: string | null): Program[] {
  if (programs === null || device === null) return [];
  const here = programs.filter((program) => program.device === device);
  const chain = here.filter((program) => program.attach === attach);
  return chain.concat(here.filter((program) => program.attach === FILTERS[attach]));
}

/** How many programs of a chain a packet has behind it at a hop; `otherwise` where the hop is at none of them. */
function positionOf(chain: readonly Program[], { afterId, beforeId }: Place, otherwise: number): number {
  if (afterId !== 0) return chain.findIndex((program) => program.id === afterId) + 1;
  const next = beforeId === 0 ? -1 : chain.findIndex((program) => program.id === beforeId);
  return next < 0 ? otherwise : next;
}

function presence(covered: boolean, listed: readonly Program[] | null, here: readonly Program[]): Presence {
  if (!covered) return 'no';
  if (listed === null) return 'perhaps';
  return here.length > 0 ? 'some' : 'no';
}
