/** Whether another process still runs, for what is left behind by one that was killed. */
import { readFileSync } from 'node:fs';
import { codeOf } from './failure.ts';

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return codeOf(thrown) === 'EPERM';
  }
}

/** Of `/proc/PID/stat` behind the name in parentheses: field 22, starttime (proc(5)). */
const START_TIME_INDEX = 19;

/**
 * When a process was started, in clock ticks since boot: with its id it is that process and not a later one
 * with the same id. '' where that is not known (no such process, or no Linux).
 */
export function startTimeOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[START_TIME_INDEX] ?? '';
  } catch {
    return '';
  }
}
