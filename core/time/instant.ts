/** Unix time as text that a person can read and that keeps every nanosecond: RFC 3339 in UTC. */
import type { Ns } from './ns.ts';

const INSTANT = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?Z$/;

/** `2026-11-23T10:02:14.913Z` → Unix nanoseconds; null for what is no instant. */
export function parseInstant(text: string): bigint | null {
  const match = INSTANT.exec(text);
  if (match === null) return null;
  const [, day = '', time = '', fraction = ''] = match;
  const ms = Date.parse(`${day}T${time}Z`);
  if (Number.isNaN(ms)) return null;
  return BigInt(ms) * 1_000_000n + BigInt(fraction.padEnd(9, '0'));
}

/** The inverse, without zeros at the end: `2026-11-23T10:02:14.913Z`. Every u64 of ns is before the year 2555. */
export function printInstant(ns: Ns): string {
  const whole = new Date(Number(ns / 1_000_000_000n) * 1000).toISOString().slice(0, 19);
  const fraction = (ns % 1_000_000_000n).toString().padStart(9, '0').replace(/0+$/, '');
  return `${whole}${fraction === '' ? '' : `.${fraction}`}Z`;
}

/** For people, of ISO 8601: `2026-11-26 12:00 UTC`; what is none as it is. */
export function printMinute(time: string): string {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return time;
  return `${date.toISOString().slice(0, 'YYYY-MM-DDTHH:MM'.length).replace('T', ' ')} UTC`;
}
