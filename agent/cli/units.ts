/** Sizes and times as people type them. */
import { InvalidArgumentError } from 'commander';

const SIZE_UNIT: Readonly<Record<string, number>> = { '': 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 };
const AGE_UNIT_MS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};
const MAX_PORT = 65_535;

/** `512M`, `2GiB` → bytes. Powers of 1024. */
export function parseSize(text: string): number {
  const match = /^(\d{1,12})\s*([kmgt]?)(?:i?b)?$/i.exec(text);
  const bytes = match ? Number(match[1]) * (SIZE_UNIT[match[2]!.toLowerCase()] ?? Number.NaN) : Number.NaN;
  if (!Number.isSafeInteger(bytes) || bytes <= 0) throw new InvalidArgumentError('a size, as in 512M or 2G.');
  return bytes;
}

/** `90s`, `15m`, `24h`, `7d` → milliseconds. */
export function parseAge(text: string): number {
  const match = /^(\d{1,9})\s*([smhd])$/i.exec(text);
  const ms = match ? Number(match[1]) * (AGE_UNIT_MS[match[2]!.toLowerCase()] ?? Number.NaN) : Number.NaN;
  if (!Number.isSafeInteger(ms) || ms <= 0)
    throw new InvalidArgumentError('a time, as in 90s, 15m, 24h or 7d.');
  return ms;
}

const NS_PER_S = 1_000_000_000n;

/** `2026-11-26T10:00:00.000000001Z`, or Unix nanoseconds → Unix nanoseconds. */
export function parseTimeNs(text: string): bigint {
  if (/^\d{1,19}$/.test(text)) return BigInt(text);
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z$/.exec(text);
  const ms = match ? Date.parse(`${match[1]!}Z`) : Number.NaN;
  if (match === null || Number.isNaN(ms) || ms < 0) {
    throw new InvalidArgumentError('a time, as in 2026-11-26T10:00:00.5Z, or nanoseconds since 1970.');
  }
  return BigInt(ms / 1000) * NS_PER_S + BigInt((match[2] ?? '').padEnd(9, '0'));
}

export function parseWhole(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('a whole number.');
  return Number(text);
}

export function parsePort(text: string): number {
  const port = parseWhole(text);
  if (port > MAX_PORT) throw new InvalidArgumentError(`a number from 0 to ${MAX_PORT}.`);
  return port;
}

const SHOWN = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

export function formatSize(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < SHOWN.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${SHOWN[unit] ?? ''}`;
}
