/** Ticks of the time axis: since the start of the capture, in whole steps that clocks have. Pure. */
import { lengthOf, shareOf, type Span } from './view.ts';

export interface Tick {
  /** 0…1 of the width. */
  readonly at: number;
  readonly text: string;
}

const S = 1_000_000_000n;
/** Above seconds; below them 1, 2 and 5 of each power of ten. */
const LONG_STEPS = [
  1n,
  2n,
  5n,
  10n,
  15n,
  30n,
  60n,
  120n,
  300n,
  600n,
  900n,
  1800n,
  3600n,
  7200n,
  21_600n,
  43_200n,
  86_400n,
];
const MIN_TICK_PX = 110;
const MAX_TICKS = 40;

function stepFor(leastNs: number): bigint {
  for (let power = 1n; power < S; power *= 10n) {
    for (const digit of [1n, 2n, 5n]) if (Number(digit * power) >= leastNs) return digit * power;
  }
  const long = LONG_STEPS.find((seconds) => Number(seconds * S) >= leastNs);
  if (long !== undefined) return long * S;
  return BigInt(Math.ceil(leastNs / 86_400e9)) * 86_400n * S;
}

const UNITS = [
  { name: 's', digits: 9 },
  { name: 'ms', digits: 6 },
  { name: 'µs', digits: 3 },
  { name: 'ns', digits: 0 },
] as const;

/** `1.25 s`, `812 µs`, `2:05`: `ns` since the start, exact to `step`, in a unit that fits `largest`. */
export function offsetText(ns: bigint, step: bigint, largest: bigint): string {
  if (ns < 0n) return `−${offsetText(-ns, step, largest)}`;
  if (largest >= 120n * S && step >= S) {
    const seconds = ns / S;
    const [h, m, s] = [seconds / 3600n, (seconds / 60n) % 60n, seconds % 60n];
    const two = (part: bigint): string => part.toString().padStart(2, '0');
    return largest >= 3600n * S ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
  }
  const unit = UNITS.find(({ digits }) => largest >= 10n ** BigInt(digits)) ?? UNITS[3];
  const scale = 10n ** BigInt(unit.digits);
  const zeros = step.toString().length - 1;
  const decimals = Math.max(0, unit.digits - zeros);
  const fraction = (ns % scale).toString().padStart(unit.digits, '0').slice(0, decimals);
  return `${ns / scale}${decimals > 0 ? `.${fraction}` : ''} ${unit.name}`;
}

export function timeTicks(view: Span, start: bigint, width: number): readonly Tick[] {
  const count = Math.min(MAX_TICKS, Math.max(1, Math.floor(width / MIN_TICK_PX)));
  const step = stepFor(Number(lengthOf(view)) / count);
  const largest = view.to - start;
  const first = start + ((view.from - start + step - 1n) / step) * step;
  const ticks: Tick[] = [];
  for (let at = first; at <= view.to && ticks.length <= MAX_TICKS; at += step) {
    if (at >= view.from) ticks.push({ at: shareOf(view, at), text: offsetText(at - start, step, largest) });
  }
  return ticks;
}
