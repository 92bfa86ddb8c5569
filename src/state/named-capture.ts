/** How a link names what is open, and what that is in words. */
import { printBytes } from '#src/list/print.ts';
import type { Update } from '#workers/api.ts';
import { MAX_FILES, type CaptureRef, type FileRef } from './link-state.ts';

/** How a link names what is open; null = it is not read to its end, or it grows. */
export function captureRefOf({ digest, bytesRead, files, events, timeline }: Update): CaptureRef | null {
  if (digest === null) return null;
  const bytes = files.length === 0 ? bytesRead : files.reduce((sum, file) => sum + file.bytes, 0);
  const first = Number(BigInt(timeline.startNs) / 1_000_000_000n);
  return { digest, bytes, first: events === 0 || first === 0 ? null : first };
}

/** `21.3 MB from 2026-11-23 10:02:14 UTC`, as far as the link says. */
export function captureText({ digest, bytes, first }: CaptureRef): string {
  const size = bytes === null ? '' : printBytes(bytes);
  const from =
    first === null ? '' : `from ${new Date(first * 1000).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
  return [size, from].filter((part) => part !== '').join(' ') || `with digest ${digest}`;
}

/** Of several files those that a link names; [] = it is one, or they are too many. */
export function fileRefsOf({ files }: Update): readonly FileRef[] {
  return files.length > MAX_FILES ? [] : files;
}

export function sameFiles(a: readonly FileRef[], b: readonly FileRef[]): boolean {
  return (
    a.length === b.length && a.every(({ name, digest }, i) => name === b[i]!.name && digest === b[i]!.digest)
  );
}

/** `good.pcapng (41 kB) and bad.pcapng (38 kB)` */
export function filesText(files: readonly FileRef[]): string {
  const texts = files.map(({ name, bytes }) => `${name} (${printBytes(bytes)})`);
  return [texts.slice(0, -1).join(', '), texts.at(-1) ?? ''].filter((part) => part !== '').join(' and ');
}
