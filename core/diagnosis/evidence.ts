/** The sentence that says how a cause is known. Made for the rows on screen, not for columns. */
import { OPERATION } from '#core/format/attribution.ts';
import type { Between } from './between.ts';
import { CAUSE, causeInfo } from './causes.ts';
import { KERNEL_UNKNOWN } from './kernel-version.ts';
import { operationOf } from './operations.ts';
import { sameHead, type Sighting } from './sighting.ts';
import { macDelta, windowMoved } from './transition.ts';
import { HOP_STATE, KNOWN_NAMES, programText, type Cause, type Program, type Transition } from './types.ts';

/** As in agent/probe/operations.h. */
const FUNCTIONS: ReadonlyMap<number, string> = new Map([
  [OPERATION.expandHead, 'pskb_expand_head'],
  [OPERATION.neighbourHeader, 'neigh_hh_output'],
  [OPERATION.vlanUntag, 'skb_vlan_untag'],
  [OPERATION.vlanPush, 'skb_vlan_push'],
  [OPERATION.vlanPop, 'skb_vlan_pop'],
  [OPERATION.pullHeader, '__iptunnel_pull_header'],
  [OPERATION.scrub, 'skb_scrub_packet'],
  [OPERATION.lwtunnel, 'lwtunnel_xmit'],
  [OPERATION.adjustRoom, 'bpf_skb_adjust_room'],
  [OPERATION.changeHead, 'bpf_skb_change_head'],
  [OPERATION.changeProto, 'bpf_skb_change_proto'],
]);
/** Bytes that are printed of a range. */
const SHOWN_BYTES = 8;

/** The cause of a transition as people read it. `release` as uname has it, '' = not known. */
export function causeOf(
  before: Sighting | null,
  now: Sighting,
  between: Between,
  kernel: number,
  release: string,
  t: Transition,
): Cause {
  if (t.cause === CAUSE.none) return { name: 'none', operation: '', known: 'unknown', evidence: '' };
  const info = causeInfo(t.cause);
  const found = findings(before, now, t);
  const parts = [found.join(', '), seenText(now, t), explanation(t, between, kernel, release)].filter(
    (part) => part !== '',
  );
  return {
    name: info.name,
    operation: info.operation,
    known: KNOWN_NAMES[t.known]!,
    evidence: `${capital(parts.join('; '))}.`,
  };
}

const TC_CAUSES: ReadonlySet<number> = new Set([
  CAUSE.tcProgram,
  CAUSE.expandHeadByProgram,
  CAUSE.helperMoved,
  CAUSE.helperLeft,
]);
const XDP_CAUSES: ReadonlySet<number> = new Set([
  CAUSE.xdpProgram,
  CAUSE.adjustHead,
  CAUSE.xdpRemoved,
  CAUSE.staleLength,
]);
/** Causes (CAUSE) that are put down to programs. */
export const PROGRAM_CAUSES: ReadonlySet<number> = new Set([...TC_CAUSES, ...XDP_CAUSES]);

/** Programs that a transition with this cause is put down to; [] when to none. */
export function programsOf(between: Between, cause: number): readonly Program[] {
  if (TC_CAUSES.has(cause)) return between.tcPrograms;
  return XDP_CAUSES.has(cause) ? between.xdpPrograms : [];
}

/** `edge_tcx#42 … at tcx/ingress of edge0`, `one of A, B`, '' = none. */
export function writerText(writers: readonly Program[]): string {
  const [first] = writers;
  if (first === undefined) return '';
  return writers.length === 1 ? programText(first) : `one of ${writers.map(programText).join(', ')}`;
}

/** What was compared. */
function findings(before: Sighting | null, now: Sighting, t: Transition): string[] {
  if (t.state === HOP_STATE.unreadable) return [`meta_len is ${now.metaLen}`];
  if (before === null) return [`meta_len is ${now.metaLen} at the first hook that saw the packet`];
  const found: string[] = [];
  if (before.metaLen !== now.metaLen) found.push(`meta_len went from ${before.metaLen} to ${now.metaLen}`);
  else if (before.bytes === null || now.bytes === null) {
    found.push(`the ${now.metaLen} bytes were not kept and cannot be compared`);
  } else if (t.changedFrom !== t.changedTo) found.push(changedBytes(before, now, t));
  else found.push(`the ${now.metaLen} bytes are the same`);
  const head = sameHead(before, now);
  if (head === 'no') found.push('skb->head changed');
  else if (head === 'yes') found.push('skb->head is the same');
  const delta = macDelta(before, now);
  if (delta !== null && head === 'yes') {
    found.push(
      delta === 0 ? 'the MAC header too' : `the MAC header moved by ${delta > 0 ? '+' : ''}${delta} bytes`,
    );
    if (windowMoved(before, now)) found.push('the memory under it did not change');
  }
  return found;
}

/** What `changedBytes` says of values: metadata of a packet, in a sentence. */
export const BYTES_SAID = / were [0-9a-f]+…? and are [0-9a-f]+…?/g;

function changedBytes(before: Sighting, now: Sighting, t: Transition): string {
  const last = t.changedTo - 1;
  const which = t.changedFrom === last ? `byte ${last}` : `bytes ${t.changedFrom} to ${last}`;
  const were = hex(before, t.changedFrom, t.changedTo);
  const are = hex(now, t.changedFrom, t.changedTo);
  return `${which} of ${now.metaLen} were ${were} and are ${are}`;
}

function hex(s: Sighting, from: number, to: number): string {
  let text = '';
  for (let i = from; i < Math.min(to, from + SHOWN_BYTES); i++) {
    text += (s.bytes?.[s.start + i] ?? 0).toString(16).padStart(2, '0');
  }
  return to - from > SHOWN_BYTES ? `${text}…` : text;
}

/** What an attribution probe saw, '' = nothing. */
function seenText(now: Sighting, t: Transition): string {
  const seen = operationOf(now, t);
  if (seen === null) return '';
  const name = FUNCTIONS.get(seen.operation)!;
  if (!seen.returned) return `${name} was seen to begin in between`;
  const head = seen.headChanged ? ', head another' : '';
  return `${name} was seen in between: meta_len ${seen.metaBefore} before, ${seen.metaAfter} after${head}`;
}

/** What `explanation` says of the host: behind the number of the kernel is who made it. */
export const RELEASE_SAID = /(?<=\(this kernel: [\d.]*)[^\d.)][^)]*(?=\))/g;

/** Why the findings mean this cause. */
function explanation(t: Transition, between: Between, kernel: number, release: string): string {
  const host = release === '' ? '' : ` (this kernel: ${release})`;
  switch (t.cause) {
    case CAUSE.unknown:
      return unknownBecause(t, between, kernel);
    case CAUSE.tcProgram:
      return between.tcPrograms.length === 0
        ? 'only programs of this tcx chain run between the two hooks'
        : `${writerText(between.tcPrograms)} ran between the two hooks${between.onlyTc ? ' and nothing else' : ''}`;
    case CAUSE.xdpProgram:
      return between.onlyXdp
        ? `${writerText(between.xdpPrograms)} ran between the two hooks and nothing else`
        : `${writerText(between.xdpPrograms)} ran before this hook`;
    default:
      return `${causeInfo(t.cause).text}${host}`;
  }
}

/** An unknown cause says what is missing to know it. */
function unknownBecause(t: Transition, between: Between, kernel: number): string {
  const missing: string[] = [];
  if (between.tc === 'perhaps')
    missing.push('TC programs may run between the two hooks, the capture lists none');
  if (between.xdp === 'perhaps') missing.push('an XDP program may run there, the capture lists none');
  if (between.tc === 'some' && between.xdp === 'some') {
    missing.push('both XDP and TC programs ran between the two hooks');
  }
  if (t.state === HOP_STATE.lost && kernel === KERNEL_UNKNOWN) {
    missing.push('the capture does not say which kernel it is from');
  }
  return missing.length > 0
    ? missing.join(', ')
    : 'no program is known to run between and no rule explains it';
}

function capital(text: string): string {
  // A name of the kernel's stays as it is written there.
  return text.startsWith('meta_len') ? text : text.charAt(0).toUpperCase() + text.slice(1);
}
