/** One packet at one hook, as far as a diagnosis needs it. Flyweights: filled anew for each comparison. */
import type { Lane } from '#core/format/hooks.ts';
import { META_STATE } from '#core/format/structs.ts';

/** mac_offset of an skb without a MAC header, and any other offset that is not known. */
export const OFFSET_UNSET = 0xffff;

/** Where a sighting was made; one object a hop. */
export interface Place {
  /** HOOK id; 0 = of another tool or a newer Whither. */
  readonly hook: number;
  readonly lane: Lane | 'none';
  readonly order: number;
  readonly device: string;
  /** 0 = not known. */
  readonly netns: number;
  /** '' = not known. */
  readonly host: string;
  /** '' = of the only file there is. */
  readonly file: string;
  /** Hooks behind one program of a chain: its id and name; id 0 elsewhere. */
  readonly afterId: number;
  readonly afterName: string;
  /** Id of the program that is about to run at this hop; 0 elsewhere. */
  readonly beforeId: number;
}

export const NOWHERE: Place = {
  hook: 0,
  lane: 'none',
  order: 0,
  device: '',
  netns: 0,
  host: '',
  file: '',
  afterId: 0,
  afterName: '',
  beforeId: 0,
};

/** Namespaces of two hosts have the same numbers, and so have those of one host in two recordings of it. */
export function sameNamespace(a: Place, b: Place): boolean {
  return a.netns === b.netns && a.host === b.host && a.file === b.file;
}

/** A function of the kernel that ran on the packet (OPERATION of core/format). */
export interface Operation {
  readonly operation: number;
  /** It returned before the sighting; else only what was before is known. */
  readonly returned: boolean;
  readonly headChanged: boolean;
  readonly metaBefore: number;
  readonly metaAfter: number;
}

export const NO_OPERATIONS: readonly Operation[] = [];

export class Sighting {
  place: Place = NOWHERE;
  /** Kernel addresses; 0,0 = not known. */
  skbHi = 0;
  skbLo = 0;
  headHi = 0;
  headLo = 0;
  /** Bytes from head; OFFSET_UNSET. */
  mac = OFFSET_UNSET;
  data = OFFSET_UNSET;
  network = OFFSET_UNSET;
  /** META_STATE. */
  metaState: number = META_STATE.none;
  /** meta_len as the kernel has it. */
  metaLen = 0;
  /** EVENT_FLAG. */
  flags = 0;
  /** skb->protocol, 0 = not known. */
  protocol = 0;
  /** Accelerated VLAN tag. */
  vlanTci = 0;
  /** What the kernel was seen to do since the packet's event before. */
  operations: readonly Operation[] = NO_OPERATIONS;
  /** The area, metaLen bytes from `start`; null = they were not kept. */
  bytes: Uint8Array | null = null;
  start = 0;
}

/** 'yes', 'no', or 'unknown' because an address is missing. */
export type Same = 'yes' | 'no' | 'unknown';

export function sameHead(a: Sighting, b: Sighting): Same {
  if ((a.headHi | a.headLo) === 0 || (b.headHi | b.headLo) === 0) return 'unknown';
  return a.headHi === b.headHi && a.headLo === b.headLo ? 'yes' : 'no';
}

export function sameSkb(a: Sighting, b: Sighting): Same {
  if ((a.skbHi | a.skbLo) === 0 || (b.skbHi | b.skbLo) === 0) return 'unknown';
  return a.skbHi === b.skbHi && a.skbLo === b.skbLo ? 'yes' : 'no';
}
