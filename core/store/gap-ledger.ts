/**
 * What was lost, where and when. In sections of Whither's the gap blocks are the ledger; in others
 * epb_dropcount (lost since the interface's previous packet) and isb_ifdrop (lost in all) are, and as
 * the second includes the first only the difference is added.
 */
import { GAP_CAUSE } from '#core/format/structs.ts';
import { nsFromParts, type Ns } from '#core/time/ns.ts';
import { MAX_GAPS } from './limits.ts';
import type { Gap } from './view.ts';

const CAUSE_NAMES: ReadonlyMap<number, string> = new Map([
  [GAP_CAUSE.ringFull, 'ring buffer full'],
  [GAP_CAUSE.retention, 'removed by retention'],
  [GAP_CAUSE.probeRestart, 'probe restarted'],
  [GAP_CAUSE.skippedToLive, 'skipped to live'],
  [GAP_CAUSE.sampling, 'sampling'],
  [GAP_CAUSE.rateLimit, 'rate limit'],
  [GAP_CAUSE.trigger, 'the trigger'],
  [GAP_CAUSE.askedRestart, 'another capture was asked for'],
]);
/** What somebody asked for is no loss. */
const LEFT_OUT_CAUSES: ReadonlySet<string> = new Set(
  [GAP_CAUSE.sampling, GAP_CAUSE.rateLimit, GAP_CAUSE.trigger, GAP_CAUSE.askedRestart].map(causeName),
);
export const CAUSE_INTERFACE_DROP = 'dropped while capturing';
export const CAUSE_STORE_FULL = 'more than the page holds';

export function causeName(cause: number): string {
  return CAUSE_NAMES.get(cause) ?? `cause ${cause}`;
}

/** Whether events of this cause were left out on purpose (sampling, rate limit, trigger, a restart that was asked for), and so are not lost. */
export function isLeftOut(cause: string): boolean {
  return LEFT_OUT_CAUSES.has(cause);
}

interface OpenGap {
  hop: number | null;
  cause: string;
  count: number | null;
  leftOut: boolean;
  from: Ns;
  to: Ns;
}

export class GapLedger {
  private readonly gaps: OpenGap[] = [];
  private readonly newest = new Map<string, OpenGap>();
  /** Sum of all counts that are known, without `leftOut`. */
  lost = 0;
  /** The same of what was left out on purpose. */
  leftOut = 0;

  /** `hop` null = all hops; `count` null = not known. */
  add(hop: number | null, cause: string, count: number | null, from: Ns, to: Ns): void {
    const leftOut = isLeftOut(cause);
    if (leftOut) this.leftOut += count ?? 0;
    else this.lost += count ?? 0;
    const key = `${hop ?? 'all'} ${cause}`;
    const previous = this.newest.get(key);
    if (previous !== undefined && (this.gaps.length >= MAX_GAPS || from <= previous.to)) {
      widen(previous, count, from, to);
      return;
    }
    if (this.gaps.length >= MAX_GAPS) {
      // No place for another kind of gap: it widens the last one, which then is of all hops.
      const last = this.gaps.at(-1)!;
      last.hop = null;
      last.leftOut &&= leftOut;
      widen(last, count, from, to);
      return;
    }
    const gap = { hop, cause, count, leftOut, from, to };
    this.gaps.push(gap);
    this.newest.set(key, gap);
  }

  /** The newest kind of gap that reaches into [from, to]; null = nothing is known to have been lost then. */
  within(from: Ns, to: Ns): { readonly cause: string; readonly count: number | null } | null {
    return this.gaps.findLast((gap) => gap.from <= to && gap.to >= from) ?? null;
  }

  list(): Gap[] {
    return this.gaps.map(({ hop, cause, count, leftOut, from, to }) => ({
      hop,
      cause,
      count,
      leftOut,
      fromNs: from.toString(),
      toNs: to.toString(),
    }));
  }
}

function widen(gap: OpenGap, count: number | null, from: Ns, to: Ns): void {
  gap.count = gap.count === null || count === null ? null : gap.count + count;
  if (from < gap.from) gap.from = from;
  if (to > gap.to) gap.to = to;
}

/** Per interface of a capture that is not Whither's: what its own counters say was lost. */
export class InterfaceDrops {
  private counted: number[] = [];
  private lastHi: number[] = [];
  private lastLo: number[] = [];

  /** `drops` packets were lost between the interface's previous packet and this one. Returns since when. */
  atPacket(index: number, drops: number, tsHi: number, tsLo: number): Ns {
    const from = this.since(index, tsHi, tsLo);
    this.counted[index] = (this.counted[index] ?? 0) + drops;
    this.seen(index, tsHi, tsLo);
    return from;
  }

  /** The interface's total so far: what of it is not in the packets' own counts yet. */
  atStatistics(index: number, total: number): number {
    const counted = this.counted[index] ?? 0;
    this.counted[index] = Math.max(counted, total);
    return Math.max(0, total - counted);
  }

  private since(index: number, tsHi: number, tsLo: number): Ns {
    const hi = this.lastHi[index];
    return hi === undefined ? nsFromParts(tsHi, tsLo) : nsFromParts(hi, this.lastLo[index]!);
  }

  private seen(index: number, tsHi: number, tsLo: number): void {
    this.lastHi[index] = tsHi;
    this.lastLo[index] = tsLo;
  }
}
