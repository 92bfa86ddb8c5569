/** Times and counts as the page prints them. */
import { deltaNs, nsFromParts, nsHi, nsLo, type Ns } from '#core/time/ns.ts';

const NS_PER_S = 1e9;

const COUNT = new Intl.NumberFormat('en');
export function printCount(count: number): string {
  return COUNT.format(count);
}

/** `1 journey`, `1,234 journeys`. */
export function printMany(count: number, one: string, many = `${one}s`): string {
  return `${printCount(count)} ${count === 1 ? one : many}`;
}

/** Seconds since `startNs` with microseconds: `14.913204`. */
export function printRelative(hi: number, lo: number, startNs: string): string {
  const start = BigInt(startNs === '' ? 0 : startNs) as Ns;
  return (deltaNs(nsHi(start), nsLo(start), hi, lo) / NS_PER_S).toFixed(6);
}

/** `2026-08-22 10:02:14.913204117 UTC` */
export function printAbsolute(ns: bigint): string {
  const seconds = ns / 1_000_000_000n;
  const rest = (ns % 1_000_000_000n).toString().padStart(9, '0');
  const date = new Date(Number(seconds) * 1000);
  if (Number.isNaN(date.getTime())) return `${ns} ns`;
  const [day = '', clock = ''] = date.toISOString().split('T');
  return `${day} ${clock.slice(0, 8)}.${rest} UTC`;
}

export function printAbsoluteParts(hi: number, lo: number): string {
  return printAbsolute(nsFromParts(hi, lo));
}

/** A duration to three digits in its own unit: `0`, `812 ns`, `1.94 µs`, `3.1 ms`, `2.4 s`. */
export function printDuration(ns: number): string {
  const size = Math.abs(ns);
  if (size === 0) return '0';
  if (size < 1e3) return `${Math.round(ns)} ns`;
  const [divisor, unit] = size < 1e6 ? [1e3, 'µs'] : size < 1e9 ? [1e6, 'ms'] : [1e9, 's'];
  return `${Number((ns / divisor).toPrecision(3))} ${unit}`;
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** Decimal units, three digits: `212 B`, `8.39 MB`. */
export function printBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? Math.round(value) : Number(value.toPrecision(3))} ${UNITS[unit] ?? ''}`;
}

/** `12.4 k`, `950`, `1.2 M` per second and the like: for glances, never for exact counts. */
export function printRough(value: number): string {
  if (value < 1000) return String(Math.round(value));
  if (value < 999_500) return `${Number((value / 1e3).toPrecision(3))} k`;
  return `${Number((value / 1e6).toPrecision(3))} M`;
}
