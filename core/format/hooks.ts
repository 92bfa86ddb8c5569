/**
 * The catalogue of observation points. Ids are written into captures: never renumber, only add.
 * Order within a lane is kernel order (domain: net/core/dev.c, net/ipv4/ip_input.c).
 */

import { PROGRAM_HOOKS } from './program-hooks.ts';
import { RECEIVE_HOOKS } from './receive-hooks.ts';
import { TRANSMIT_HOOKS } from './transmit-hooks.ts';

export type Lane = 'rx' | 'tx' | 'end';
export type Layer = 'driver' | 'xdp' | 'gro' | 'stack' | 'tc' | 'ip' | 'l4' | 'socket' | 'qdisc' | 'free';

export interface Hook {
  readonly id: number;
  /** As in `eth0:NAME`, and in C as WH_HOOK_<NAME upper-cased, other characters as _>. */
  readonly name: string;
  /** Shorter, for headings on the page. */
  readonly label: string;
  readonly lane: Lane;
  readonly layer: Layer;
  /** Position within the lane; smaller is earlier. */
  readonly order: number;
  /** 1 = LINKTYPE_ETHERNET, 101 = LINKTYPE_RAW (no Ethernet header exists there). */
  readonly linkType: 1 | 101;
  /** epb_flags direction: 1 inbound, 2 outbound, 0 not known. */
  readonly direction: 0 | 1 | 2;
  /** How the area is read there: in the program's own context, from kernel memory, or not at all. */
  readonly area: 'direct' | 'raw' | 'none';
  /** The first kernel on which the best of `how` works. */
  readonly since: string;
  /** Ways to attach, best first. None: the kernel shows no packet there, and `doc` says why. `area` none with a way: it counts. */
  readonly how: readonly Attachment[];
  readonly doc: string;
}

export type Attachment =
  | 'tcx link'
  | 'clsact filter'
  | 'netfilter link'
  | 'cgroup link'
  | 'tp_btf'
  | 'fentry'
  | 'kprobe.multi'
  | 'fexit'
  | 'tap';

/** By id. */
export const HOOKS: readonly Hook[] = [...RECEIVE_HOOKS, ...TRANSMIT_HOOKS, ...PROGRAM_HOOKS].sort(
  (a, b) => a.id - b.id,
);

export const HOOK_BY_ID: ReadonlyMap<number, Hook> = new Map(HOOKS.map((h) => [h.id, h]));
export const HOOK_BY_NAME: ReadonlyMap<string, Hook> = new Map(HOOKS.map((h) => [h.name, h]));
/** Hooks that are in somebody's own program, where the probe only listens (docs/taps.md). */
export const TAP_HOOKS: readonly Hook[] = HOOKS.filter((h) => h.how.includes('tap'));
/** Hooks that are shown no packet and count: how many, and of what kind (COUNTED). */
export const COUNTING_HOOKS: readonly Hook[] = HOOKS.filter((h) => h.area === 'none' && h.how.length > 0);
/** Of an event or interface that is not Whither's. */
export const HOOK_NONE = 0;
