/** Whether a decoder holds for an input: what it throws, how long it takes, what stays of it. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Target, Timed } from './target.ts';

/** A slower input, or step, is a hang. */
export const MAX_INPUT_MS = 100;
/** What is kept may be so many times the input, and a constant that objects of any size cost. */
export const MAX_KEPT_FACTOR = 2;
export const KEPT_BASE_BYTES = 1024 * 1024;
/** What is taken on the way, until it is collected: a length that was believed is far more. */
export const MAX_TAKEN_FACTOR = 64;
export const TAKEN_BASE_BYTES = 64 * 1024 * 1024;

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;

/** Twice: buffers that the first found are given back beside it, and gone for certain when the second begins. */
export function collect(): void {
  gc();
  gc();
}

const untimed: Timed = (step) => step();

/** Runs one input; what `clock` says of it, or of its longest step, in milliseconds. */
function measure(target: Target, input: Uint8Array, clock: () => number): number {
  let longest = 0;
  const timed: Timed = (step) => {
    const began = clock();
    const result = step();
    longest = Math.max(longest, clock() - began);
    return result;
  };
  const began = clock();
  target.run(input, target.isStepped === true ? timed : untimed);
  return target.isStepped === true ? longest : clock() - began;
}

/** Of this process, which other load on the machine does not add to. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** What is wrong with an input, null = nothing. */
export function faultOf(target: Target, input: Uint8Array): string | null {
  try {
    if (measure(target, input, () => performance.now()) <= MAX_INPUT_MS) return null;
    // Once may be the machine or the collector: a hang is one every time.
    const again = Array.from({ length: 3 }, () => measure(target, input, cpuMs));
    const ms = Math.min(...again);
    return ms > MAX_INPUT_MS ? `takes ${Math.round(ms)} ms` : null;
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : String(thrown);
  }
}

/**
 * Bytes that stay after an input with what it gave, and those that were taken on the way. The second is at least what it
 * says: the collector may have run meanwhile, but not over what is too much to be there at all.
 */
export function weigh(target: Target, input: Uint8Array): string | null {
  // What the first run leaves is the decoder's own: compiled code, tables.
  target.run(input, untimed);
  collect();
  const before = used();
  const kept = target.run(input, untimed);
  const taken = used() - before;
  collect();
  const bytes = used() - before;
  if (kept !== undefined && bytes > MAX_KEPT_FACTOR * input.length + KEPT_BASE_BYTES) {
    return `keeps ${bytes} bytes of ${input.length}`;
  }
  return taken > MAX_TAKEN_FACTOR * input.length + TAKEN_BASE_BYTES
    ? `takes ${taken} bytes for ${input.length}`
    : null;
}

function used(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
