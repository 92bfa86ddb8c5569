/**
 * What became of the metadata between two sightings of one packet, and which kernel operation did it.
 * Pure: two flyweights, what lies between their hops, and the kernel's version go in, codes come out.
 *
 * The area is at head + mac - meta_len (include/linux/skbuff.h, skb_metadata_end()). So "the same place"
 * is the same head, MAC header and length, and metadata survives a move of the MAC header only where
 * somebody moves it along. What keeps, loses or corrupts it: docs/states.md.
 */
import { META_STATE } from '#core/format/structs.ts';
import type { Between } from './between.ts';
import { CAUSE, type CauseCode } from './causes.ts';
import { KERNEL_KEEPS, KERNEL_LWTUNNEL_CLEARS, KERNEL_UNKNOWN } from './kernel-version.ts';
import { confirm } from './operations.ts';
import { OFFSET_UNSET, sameHead, sameSkb, type Sighting } from './sighting.ts';
import { HOP_STATE, KNOWN, type HopStateCode, type KnownCode, type Transition } from './types.ts';

/** HH_DATA_MOD (16) less an Ethernet header (14): what neigh_hh_output() writes in front of it. */
export const NEIGHBOUR_OVERWRITES = 2;
const VLAN_BYTES = 4;
const ETH_P_8021Q = 0x8100;
const ETH_P_8021AD = 0x88a8;

/**
 * `before` is the packet's latest earlier sighting at which it was known whether it has metadata; null =
 * there is none. `kernel` as of kernel-version.ts. Sets every field of `out`. Never throws.
 */
export function diagnose(
  before: Sighting | null,
  now: Sighting,
  between: Between,
  kernel: number,
  out: Transition,
): void {
  set(out, HOP_STATE.none, CAUSE.none, KNOWN.unknown);
  out.changedFrom = 0;
  out.changedTo = 0;
  switch (now.metaState) {
    case META_STATE.none:
      if (before?.metaState === META_STATE.present) {
        lost(before, now, between, kernel, out);
        confirm(now, out);
      }
      return;
    case META_STATE.present:
      if (before?.metaState !== META_STATE.present) appeared(between, out);
      else {
        compare(before, now, between, kernel, out);
        confirm(now, out);
      }
      return;
    case META_STATE.unlocatable:
      set(
        out,
        HOP_STATE.unreadable,
        now.mac === OFFSET_UNSET ? CAUSE.macUnset : CAUSE.macTooNear,
        KNOWN.seen,
      );
      return;
    default:
      set(out, HOP_STATE.unreadable, CAUSE.readFault, KNOWN.seen);
  }
}

function set(out: Transition, state: HopStateCode, cause: CauseCode, known: KnownCode): void {
  out.state = state;
  out.cause = cause;
  out.known = known;
}

/** Metadata where there was none, or where the packet was not seen before. Only XDP can set meta_len: nothing in TC or behind it can. */
export function appeared(between: Between, out: Transition): void {
  if (between.xdp === 'some') set(out, HOP_STATE.written, CAUSE.xdpProgram, byXdp(between));
  else set(out, HOP_STATE.written, CAUSE.unknown, KNOWN.unknown);
}

/** How it is known that XDP did it, once it is clear that nothing else did. */
function byXdp(between: Between): KnownCode {
  return between.onlyXdp ? KNOWN.seen : KNOWN.implied;
}

function lost(before: Sighting, now: Sighting, between: Between, kernel: number, out: Transition): void {
  set(out, HOP_STATE.lost, CAUSE.unknown, KNOWN.unknown);
  const head = sameHead(before, now);
  if (head === 'unknown') return;
  if (between.onlyXdp) {
    set(out, HOP_STATE.lost, CAUSE.xdpRemoved, KNOWN.seen);
  } else if (between.driver && head === 'yes') {
    set(out, HOP_STATE.lost, CAUSE.driver, KNOWN.implied);
  } else if (sameSkb(before, now) === 'no' && head === 'no') {
    set(out, HOP_STATE.lost, CAUSE.copy, KNOWN.implied);
  } else if (between.crossing && between.xdp === 'some') {
    set(out, HOP_STATE.lost, CAUSE.xdpRemoved, KNOWN.implied);
  } else if (head === 'no') {
    // Which kernels clear it is what makes this a conclusion; without a version it would be a guess.
    if (kernel === KERNEL_UNKNOWN || kernel >= KERNEL_KEEPS || between.crossing) return;
    const program = between.onlyTc && between.tc !== 'no';
    set(out, HOP_STATE.lost, program ? CAUSE.expandHeadByProgram : CAUSE.expandHead, KNOWN.implied);
  } else if (between.neighbour && kernel >= KERNEL_LWTUNNEL_CLEARS && between.tc === 'no') {
    set(out, HOP_STATE.lost, CAUSE.lwtunnel, KNOWN.rule);
  }
}

/** Both have metadata. */
function compare(before: Sighting, now: Sighting, between: Between, kernel: number, out: Transition): void {
  if (before.metaLen !== now.metaLen) {
    resized(before, now, between, out);
    return;
  }
  differing(before, now, out);
  const equal = out.changedFrom === out.changedTo;
  const head = sameHead(before, now);
  const delta = macDelta(before, now);
  const elsewhere = head === 'no' || (delta !== null && delta !== 0);
  if (before.bytes === null || now.bytes === null) {
    // Nothing to compare: the same place is all that can be said.
    set(
      out,
      elsewhere ? HOP_STATE.suspect : HOP_STATE.present,
      elsewhere ? CAUSE.unknown : CAUSE.none,
      KNOWN.unknown,
    );
  } else if (equal) kept(before, now, between, kernel, head === 'no', delta, out);
  else if (delta === null || head === 'unknown') placeUnknown(between, out);
  else if (head === 'no') newHead(between, kernel, delta, out);
  else if (between.onlyXdp) rewritten(between, out);
  else if (delta === 0) overwritten(before, now, between, out);
  else left(delta, between, kernel, out);
}

/** Distance that the MAC header moved towards the packet's end; null when it is not known. */
export function macDelta(before: Sighting, now: Sighting): number | null {
  return before.mac === OFFSET_UNSET || now.mac === OFFSET_UNSET ? null : now.mac - before.mac;
}

/** Only bpf_xdp_adjust_meta() changes a length that stays above 0. */
function resized(before: Sighting, now: Sighting, between: Between, out: Transition): void {
  const grown = now.metaLen - before.metaLen;
  const state = grown > 0 && endsWith(now, before, grown) ? HOP_STATE.written : HOP_STATE.changed;
  if (between.xdp === 'some') set(out, state, CAUSE.xdpProgram, byXdp(between));
  else set(out, state, CAUSE.unknown, KNOWN.unknown);
}

/** The same bytes. */
function kept(
  before: Sighting,
  now: Sighting,
  between: Between,
  kernel: number,
  otherHead: boolean,
  delta: number | null,
  out: Transition,
): void {
  if (otherHead) {
    const keeps = kernel >= KERNEL_KEEPS && !between.crossing;
    set(
      out,
      HOP_STATE.moved,
      keeps ? CAUSE.expandHeadKept : CAUSE.unknown,
      keeps ? KNOWN.implied : KNOWN.unknown,
    );
  } else if (delta !== null && delta !== 0) {
    moved(before, now, between, kernel, delta, out);
  } else {
    set(out, HOP_STATE.present, CAUSE.none, KNOWN.unknown);
    if (between.crossing && between.xdp === 'some')
      set(out, HOP_STATE.present, CAUSE.staleLength, KNOWN.implied);
    else if (between.otherNetns) set(out, HOP_STATE.present, CAUSE.scrubKept, KNOWN.rule);
  }
}

/** The same bytes in the same head, the MAC header elsewhere. */
function moved(
  before: Sighting,
  now: Sighting,
  between: Between,
  kernel: number,
  delta: number,
  out: Transition,
): void {
  const tagTaken = isVlan(before.protocol) && !isVlan(now.protocol);
  const byHelper = between.tc === 'some' && between.xdp === 'no' && kernel >= KERNEL_KEEPS;
  // A program may have taken the tag (bpf_skb_vlan_pop), which is not the kernel's own untagging.
  if (byHelper) set(out, HOP_STATE.moved, CAUSE.helperMoved, KNOWN.implied);
  else if (delta === VLAN_BYTES && tagTaken) set(out, HOP_STATE.moved, CAUSE.vlanUntag, KNOWN.implied);
  else if (between.xdp === 'some' && between.tc === 'no')
    set(out, HOP_STATE.moved, CAUSE.adjustHead, byXdp(between));
  else set(out, HOP_STATE.moved, CAUSE.unknown, KNOWN.unknown);
}

function isVlan(protocol: number): boolean {
  return protocol === ETH_P_8021Q || protocol === ETH_P_8021AD;
}

/** Other bytes, and nobody can tell whether at the same place. */
function placeUnknown(between: Between, out: Transition): void {
  if (!byProgram(between, out)) set(out, HOP_STATE.changed, CAUSE.unknown, KNOWN.unknown);
}

/** Other bytes in another buffer. */
function newHead(between: Between, kernel: number, delta: number, out: Transition): void {
  // From 6.19 on the copy is faithful, so what differs was written; before, there is no copy of metadata at all.
  if ((kernel >= KERNEL_KEEPS || between.crossing) && delta === 0 && byProgram(between, out)) return;
  set(out, HOP_STATE.suspect, CAUSE.unknown, KNOWN.unknown);
}

/** Other bytes at the same place. */
function overwritten(before: Sighting, now: Sighting, between: Between, out: Transition): void {
  if (between.neighbour && isNeighbourHeader(before, now, out)) {
    set(out, HOP_STATE.clobbered, CAUSE.neighbourHeader, between.onlyNeighbour ? KNOWN.seen : KNOWN.implied);
  } else if (now.data !== OFFSET_UNSET && now.data < now.mac) {
    set(out, HOP_STATE.clobbered, CAUSE.headerPushed, KNOWN.implied);
  } else {
    rewritten(between, out);
  }
}

/**
 * Other bytes at the same place, where neither the neighbour layer nor a pushed header explains them: what lies
 * between the two hops decides alone.
 */
export function rewritten(between: Between, out: Transition): void {
  if (byProgram(between, out)) return;
  const may = between.tc === 'perhaps' || between.xdp === 'perhaps';
  set(out, may ? HOP_STATE.changed : HOP_STATE.clobbered, CAUSE.unknown, KNOWN.unknown);
}

/** The last two bytes became zero, which is how hh_data begins (eth_header_cache(), net/ethernet/eth.c), and nothing else. */
function isNeighbourHeader(before: Sighting, now: Sighting, out: Transition): boolean {
  const from = now.metaLen - NEIGHBOUR_OVERWRITES;
  if (from < 0 || out.changedFrom < from || now.bytes === null) return false;
  if (before.metaLen !== now.metaLen) return false;
  return now.bytes[now.start + from] === 0 && now.bytes[now.start + from + 1] === 0;
}

/** A program between the two wrote: which kind, when there is one and only one kind. */
function byProgram(between: Between, out: Transition): boolean {
  if (between.tc === 'some' && between.xdp === 'no') {
    // Nothing but this one program ran between the two observations.
    const alone = between.onlyTc && between.tcPrograms.length === 1;
    set(out, HOP_STATE.changed, CAUSE.tcProgram, alone ? KNOWN.seen : KNOWN.implied);
    return true;
  }
  if (between.onlyTc) {
    set(out, HOP_STATE.changed, CAUSE.tcProgram, KNOWN.implied);
    return true;
  }
  if (between.xdp === 'some' && between.tc === 'no') {
    set(out, HOP_STATE.changed, CAUSE.xdpProgram, byXdp(between));
    return true;
  }
  if (between.xdp !== 'some' && between.tc !== 'some') return false;
  set(out, HOP_STATE.changed, CAUSE.unknown, KNOWN.unknown);
  return true;
}

/** Other bytes, the same head, the MAC header elsewhere: it points to what was always there. */
function left(delta: number, between: Between, kernel: number, out: Transition): void {
  if (between.crossing && between.xdp === 'some')
    set(out, HOP_STATE.changed, CAUSE.xdpProgram, KNOWN.implied);
  else if (between.onlyTc && kernel !== KERNEL_UNKNOWN && kernel < KERNEL_KEEPS)
    set(out, HOP_STATE.suspect, CAUSE.helperLeft, KNOWN.implied);
  else if (between.onlyTc || helpersMayLeave(between, kernel))
    set(out, HOP_STATE.suspect, CAUSE.unknown, KNOWN.unknown);
  else set(out, HOP_STATE.suspect, delta > 0 ? CAUSE.macForward : CAUSE.macBackward, KNOWN.implied);
}

/** Some program of tc ran on the way: a helper may have moved the MAC header as well as the kernel. */
function helpersMayLeave(between: Between, kernel: number): boolean {
  return between.tc !== 'no' && (kernel === KERNEL_UNKNOWN || kernel < KERNEL_KEEPS);
}

/** Sets the range of bytes that differ; both have the same length. Bytes that were not kept count as equal. */
function differing(before: Sighting, now: Sighting, out: Transition): void {
  const { bytes: a, start: aStart } = before;
  const { bytes: b, start: bStart } = now;
  if (a === null || b === null) return;
  let first = 0;
  let last = now.metaLen;
  while (first < last && a[aStart + first] === b[bStart + first]) first++;
  while (last > first && a[aStart + last - 1] === b[bStart + last - 1]) last--;
  out.changedFrom = first === last ? 0 : first;
  out.changedTo = first === last ? 0 : last;
}

/** Whether the area of `long` is that of `short` with `more` bytes in front. */
function endsWith(long: Sighting, short: Sighting, more: number): boolean {
  if (long.bytes === null || short.bytes === null) return false;
  for (let i = 0; i < short.metaLen; i++) {
    if (long.bytes[long.start + more + i] !== short.bytes[short.start + i]) return false;
  }
  return true;
}

/**
 * Whether the memory between the two did not change: the part of the old area that the new one covers
 * has the same bytes. Proof that nothing moved the metadata. False when they do not overlap.
 */
export function windowMoved(before: Sighting, now: Sighting): boolean {
  const delta = macDelta(before, now);
  if (delta === null || before.bytes === null || now.bytes === null) return false;
  if (before.metaLen !== now.metaLen || Math.abs(delta) >= now.metaLen || delta === 0) return false;
  const from = Math.max(0, -delta);
  const to = Math.min(now.metaLen, now.metaLen - delta);
  for (let i = from; i < to; i++) {
    if (now.bytes[now.start + i] !== before.bytes[before.start + i + delta]) return false;
  }
  return true;
}
