/**
 * What happened to metadata at the hops, in words with counts and causes, and where the words go: in lines below the
 * hops, as near to theirs as there is room. Pure.
 */
import type { HopState } from '#core/diagnosis/types.ts';
import type { HopCause } from '#workers/api.ts';
import { causeText, damagesOf, damageText } from '#src/loss/damage.ts';
import { printCount } from '#src/list/print.ts';
import type { Station } from './layout.ts';

export type CalloutTone = 'lost' | 'suspect' | 'written' | 'changed';

export interface Callout {
  /** `STATION/STATE/CAUSE/KNOWN` */
  readonly key: string;
  readonly station: Station;
  readonly cause: HopCause | null;
  readonly tone: CalloutTone;
  readonly text: string;
  readonly title: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

/** A callout that has no place yet. */
type Told = Omit<Callout, 'x' | 'y' | 'width'>;

export const CALLOUT_HEIGHT = 18;
const LINE_PITCH = 22;
const GAP_PX = 6;
const CHAR_PX = 6;
const PADDING_PX = 14;
/** Farther from its hop it goes to the next line. */
const MAX_SHIFT_PX = 140;
/** Damage at one hop that has a place of its own; all of it is in the table of damage. */
const MAX_DAMAGES = 3;
const MAX_CHARS = 90;

/** `y`: top of the first line; `right`: where room ends. `bottom` is below the last line, or `y` without any. */
export function layoutCallouts(
  stations: readonly Station[],
  y: number,
  right: number,
): { readonly callouts: readonly Callout[]; readonly bottom: number } {
  /** Right end of what stands in each line. */
  const lines: number[] = [];
  const callouts = stations.flatMap(toldOf).map((told): Callout => {
    const width = Math.min(right, Math.ceil(told.text.length * CHAR_PX + PADDING_PX));
    const wanted = Math.max(0, Math.min(told.station.x - width / 2, right - width));
    let line = lines.findIndex(
      (end) => end + GAP_PX - wanted <= MAX_SHIFT_PX && end + GAP_PX + width <= right,
    );
    if (line < 0) line = lines.push(-GAP_PX) - 1;
    const x = Math.max(wanted, lines[line]! + GAP_PX);
    lines[line] = x + width;
    return { ...told, x, y: y + line * LINE_PITCH, width };
  });
  return { callouts, bottom: y + lines.length * LINE_PITCH };
}

export const TONES: Partial<Readonly<Record<HopState, CalloutTone>>> = {
  lost: 'lost',
  clobbered: 'lost',
  suspect: 'suspect',
  unreadable: 'suspect',
  written: 'written',
};

function toldOf(station: Station): readonly Told[] {
  const { hop, counts } = station;
  if (hop === null) return [];
  const [first, second] = counts;
  if (first?.numbers == null) return [];
  if (counts.length > 1) return comparedOf(station, first.numbers.causes, second?.numbers?.causes ?? []);
  const numbers = first.numbers;
  const damages = damagesOf(numbers);
  const told = damages.slice(0, MAX_DAMAGES).map((cause) => tell(station, cause, damageText(cause)));
  if (damages.length === 0 && numbers.metadataLost > 0) {
    const text = `✕ ${printCount(numbers.metadataLost)} lost`;
    told.push({ key: `${station.key}/lost`, station, cause: null, tone: 'lost', text, title: text });
  }
  const [writes] = numbers.causes.filter(({ state }) => state === 'written' || state === 'changed');
  if (writes !== undefined) {
    const sign = writes.state === 'written' ? '+' : '~';
    told.push(
      tell(station, writes, `${sign} ${printCount(writes.count)} ${writes.state}: ${causeText(writes)}`),
    );
  }
  return told;
}

/** Damage to either side, where most differs first. */
function comparedOf(station: Station, a: readonly HopCause[], b: readonly HopCause[]): readonly Told[] {
  const same = (x: HopCause) => (y: HopCause) =>
    x.state === y.state && x.cause === y.cause && x.known === y.known;
  const only = damagesOf({ causes: b }).filter((cause) => !a.some(same(cause)));
  return [...damagesOf({ causes: a }), ...only]
    .map((cause) => ({
      cause,
      inA: a.find(same(cause))?.count ?? 0,
      inB: b.find(same(cause))?.count ?? 0,
    }))
    .sort((x, y) => Math.abs(y.inA - y.inB) - Math.abs(x.inA - x.inB))
    .slice(0, MAX_DAMAGES)
    .map(({ cause, inA, inB }) =>
      tell(
        station,
        cause,
        `${cause.state}: A ${printCount(inA)}, B ${printCount(inB)} · ${causeText(cause)}`,
      ),
    );
}

function tell(station: Station, cause: HopCause, text: string): Told {
  const name = station.hop?.name ?? station.label;
  return {
    key: `${station.key}/${cause.state}/${cause.cause}/${cause.known}`,
    station,
    cause,
    tone: TONES[cause.state] ?? 'changed',
    text: text.length <= MAX_CHARS ? text : `${text.slice(0, MAX_CHARS - 1).trimEnd()}…`,
    title: `Between the hop before and ${name}: ${text}`,
  };
}
