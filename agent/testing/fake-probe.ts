/** Plans for fake-probe.mjs, which stands in for the probe. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryDirectory } from './temporary.ts';

export const FAKE_PROBE = fileURLToPath(new URL('./fake-probe.mjs', import.meta.url));

/** What one start of it does. */
export interface FakeRun {
  readonly output: Uint8Array;
  readonly then: `exit ${number}` | `exit ${number} ${string}` | 'kill' | 'stay' | `stay 0 ${string}`;
  /** With `stay`: written on SIGTERM. */
  readonly tail?: Uint8Array;
}

export interface FakePlan {
  /** Environment of the probe. */
  readonly env: { readonly WHITHER_FAKE_PROBE: string };
  /** Arguments of start number k, null when there was none. */
  args(k: number): string | null;
  /** What it was told on standard input. */
  orders(k: number): string;
  pid(k: number): number;
}

export function planFakeProbe(runs: readonly FakeRun[], dir = temporaryDirectory()): FakePlan {
  for (const [k, { output, then, tail }] of runs.entries()) {
    writeFileSync(path.join(dir, `${k}.bin`), output);
    writeFileSync(path.join(dir, `${k}.txt`), then);
    if (tail) writeFileSync(path.join(dir, `${k}.tail`), tail);
  }
  const started = (k: number): string[] | null => {
    const file = path.join(dir, `${k}.started`);
    return existsSync(file) ? readFileSync(file, 'utf8').split('\n') : null;
  };
  return {
    env: { WHITHER_FAKE_PROBE: dir },
    args: (k) => started(k)?.[1] ?? null,
    orders: (k) => {
      const file = path.join(dir, `${k}.orders`);
      return existsSync(file) ? readFileSync(file, 'utf8') : '';
    },
    pid: (k) => Number(started(k)?.[0]),
  };
}
