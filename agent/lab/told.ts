/** When a lab is told to end. */
import { fstatSync } from 'node:fs';
import { isatty } from 'node:tty';

/** Resolves at SIGINT, SIGTERM, SIGHUP, or, when `watchStdin`, at the end of a stdin that can end: a pipe, socket or terminal. */
export function untilTold(watchStdin: boolean): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
    process.once('SIGHUP', () => resolve());
    if (!watchStdin || !canEnd(process.stdin.fd)) return;
    process.stdin.on('end', () => resolve());
    process.stdin.on('error', () => resolve());
    process.stdin.resume();
  });
}

/** /dev/null, which a shell gives to what it starts in the background, and files are at their end from the start: that says nothing. */
function canEnd(fd: number): boolean {
  if (isatty(fd)) return true;
  try {
    const stat = fstatSync(fd);
    return stat.isFIFO() || stat.isSocket();
  } catch {
    return false;
  }
}
