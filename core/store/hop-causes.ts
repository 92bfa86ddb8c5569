/** How often each state and cause was found at each hop, and when first. */
import { CAUSE, causeInfo, MAX_CAUSES } from '#core/diagnosis/causes.ts';
import { HOP_STATE, HOP_STATE_NAMES, KNOWN_NAMES } from '#core/diagnosis/types.ts';
import { nsFromParts } from '#core/time/ns.ts';
import type { HopCause } from './view.ts';

/** The causes of a hop that are listed, the most frequent first. */
export const MAX_HOP_CAUSES = 32;

const KNOWN_SHIFT = 5;
const STATE_SHIFT = KNOWN_SHIFT + 2;
const STATES = 16;
const CELLS = STATES << STATE_SHIFT;
const CAUSE_MASK = MAX_CAUSES - 1;
/** Later than any time. */
const NEVER = 0xffff_ffff;

/** The `cause` column: cause in the low 5 bits, how it is known in the next 2; 0 = nothing to explain. */
export function packCause(cause: number, known: number): number {
  if (cause === CAUSE.none) return 0;
  return cause | (known << KNOWN_SHIFT);
}

export function unpackCause(packed: number): number {
  return packed & CAUSE_MASK;
}

export function unpackKnown(packed: number): number {
  return packed >>> KNOWN_SHIFT;
}

interface Counts {
  readonly count: Float64Array;
  readonly firstHi: Uint32Array;
  readonly firstLo: Uint32Array;
}

export class HopCauses {
  private readonly hops: (Counts | undefined)[] = [];

  /** Counts an event (`by` = 1), or takes one back (-1) that is told anew. States that need no explanation are not counted. */
  add(hop: number, state: number, packedCause: number, tsHi: number, tsLo: number, by: 1 | -1): void {
    if (state === HOP_STATE.none) return;
    if (state === HOP_STATE.present && unpackCause(packedCause) === CAUSE.none) return;
    const counts = (this.hops[hop] ??= {
      count: new Float64Array(CELLS),
      firstHi: new Uint32Array(CELLS).fill(NEVER),
      firstLo: new Uint32Array(CELLS).fill(NEVER),
    });
    const at = (state << STATE_SHIFT) | packedCause;
    counts.count[at]! += by;
    if (counts.count[at] === 0) {
      counts.firstHi[at] = NEVER;
      counts.firstLo[at] = NEVER;
    } else if (by > 0) {
      const hi = counts.firstHi[at]!;
      if (tsHi < hi || (tsHi === hi && tsLo < counts.firstLo[at]!)) {
        counts.firstHi[at] = tsHi;
        counts.firstLo[at] = tsLo;
      }
    }
  }

  /** Events at a hop with this state and cause. */
  count(hop: number, state: number, packedCause: number): number {
    return this.hops[hop]?.count[(state << STATE_SHIFT) | packedCause] ?? 0;
  }

  /** At most MAX_HOP_CAUSES, the most frequent first. */
  list(hop: number): HopCause[] {
    const counts = this.hops[hop];
    if (counts === undefined) return [];
    const found: HopCause[] = [];
    for (let at = 0; at < CELLS; at++) {
      const count = counts.count[at]!;
      if (count <= 0) continue;
      const packed = at & ((1 << STATE_SHIFT) - 1);
      const info = causeInfo(unpackCause(packed));
      found.push({
        state: HOP_STATE_NAMES[at >>> STATE_SHIFT]!,
        cause: info.name,
        operation: info.operation,
        known: KNOWN_NAMES[unpackKnown(packed)]!,
        count,
        firstNs: nsFromParts(counts.firstHi[at]!, counts.firstLo[at]!).toString(),
      });
    }
    return found.sort((a, b) => b.count - a.count).slice(0, MAX_HOP_CAUSES);
  }
}
