/**
 * The vocabulary of a diagnosis: what became of a packet's metadata between two hooks (its *state* at the
 * second), which kernel operation did it (its *cause*, causes.ts), and how that is *known*. Numbers go
 * into columns of u8: never renumber, only add.
 */

/** Design section 4. `not observed` is missing: where there is no event, there is no state. */
export const HOP_STATE = {
  /** meta_len is 0 and was 0 when the packet was seen before, if it was. */
  none: 0,
  /** The same bytes at the same place as before; or it was there when watching began. */
  present: 1,
  /** The first metadata of this packet, more of it in front of what was there, or by the schema a TLV more and no other ones. */
  written: 2,
  /** Other bytes, and a program may have written them. */
  changed: 3,
  /** The same bytes at another place: somebody moved them with the MAC header. */
  moved: 4,
  /** meta_len was more than 0 and is 0. */
  lost: 5,
  /** meta_len says yes, but the place it points to moved and nothing moved the bytes. */
  suspect: 6,
  /** Other bytes at the same place, and no program wrote them. */
  clobbered: 7,
  /** meta_len is more than 0 and the bytes could not be read. */
  unreadable: 8,
} as const;
export type HopStateCode = (typeof HOP_STATE)[keyof typeof HOP_STATE];
export type HopState = keyof typeof HOP_STATE;
export const HOP_STATE_NAMES = Object.keys(HOP_STATE) as readonly HopState[];

/** How a cause is known; the weaker, the higher. */
export const KNOWN = {
  /** Observed right before and right after the one operation. */
  seen: 0,
  /** It follows from address, head, MAC header, length and bytes before and after. */
  implied: 1,
  /** This kernel version always does it there; that it did here was not checked. */
  rule: 2,
  unknown: 3,
} as const;
export type KnownCode = (typeof KNOWN)[keyof typeof KNOWN];
export type Known = keyof typeof KNOWN;
export const KNOWN_NAMES = Object.keys(KNOWN) as readonly Known[];

/** What `diagnose` fills in. ONE object reused for all transitions. */
export interface Transition {
  state: HopStateCode;
  /** CAUSE. */
  cause: number;
  known: KnownCode;
  /** Bytes of the area that differ: from the first to behind the last. Equal when none, or not comparable. */
  changedFrom: number;
  changedTo: number;
}

export function createTransition(): Transition {
  return { state: HOP_STATE.none, cause: 0, known: KNOWN.unknown, changedFrom: 0, changedTo: 0 };
}

/** A cause as people read it. */
export interface Cause {
  /** Name in the catalogue (causes.ts); 'none' when there is nothing to explain. */
  readonly name: string;
  /** The kernel operation or program. '' = none. */
  readonly operation: string;
  readonly known: Known;
  /** What was compared and found, one sentence. '' = nothing to explain. */
  readonly evidence: string;
}

/** A BPF program of somebody, as the capture's host block or the name of a hop has it. */
export interface Program {
  readonly id: number;
  readonly name: string;
  /** 16 hex digits, '' = not known. */
  readonly tag: string;
  /** `xdp`, `tcx/ingress`, `tcx/egress`, or of a clsact filter `tc/ingress`, `tc/egress`. */
  readonly attach: string;
  readonly device: string;
}

/** `edge_tcx#42 (tag 0123456789abcdef) at tcx/ingress of edge0` */
export function programText(program: Program): string {
  const tag = program.tag === '' ? '' : ` (tag ${program.tag})`;
  const device = program.device === '' ? '' : ` of ${program.device}`;
  return `${program.name}#${program.id}${tag} at ${program.attach}${device}`;
}
