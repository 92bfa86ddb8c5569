/** How a running command is told to end: Ctrl-C, SIGTERM, or the supervisor. */
import { rmSync } from 'node:fs';
import path from 'node:path';
import { DirectLauncher } from '../capture/launcher.ts';
import type { Handover } from '../supervisor/handover.ts';
import { makePrivateDirectory } from '../supervisor/run-directory.ts';
import { SupervisedLauncher } from '../supervisor/supervised-launcher.ts';

export interface Lifetime {
  readonly launcher: DirectLauncher | SupervisedLauncher;
  /** A private directory, removed at the end. */
  readonly workDir: string;
  /** Calls `listener` once, when it is time to end; at once if that was before. */
  onEnd(listener: () => void): void;
  /** Removes `workDir`. */
  dispose(): void;
}

export function beginLifetime(handover: Handover | null, probe: string): Lifetime {
  const ending = new AbortController();
  const end = (): void => ending.abort();
  let launcher: DirectLauncher | SupervisedLauncher;
  if (handover) {
    // Ctrl-C reaches every process of the terminal; the supervisor says when it is our turn.
    for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);
    process.on('SIGTERM', end);
    launcher = new SupervisedLauncher(handover.workDir, end, () => {
      // The supervisor was killed, and the probe with it: nobody is left to tell us how anything ended.
      removeCaptured(handover.workDir);
      process.exit(1);
    });
  } else {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (ending.signal.aborted) process.exit(1);
        end();
      });
    }
    launcher = new DirectLauncher(probe);
  }
  const workDir = handover?.workDir ?? makePrivateDirectory();
  return {
    launcher,
    workDir,
    onEnd: (listener) => {
      if (ending.signal.aborted) listener();
      else ending.signal.addEventListener('abort', listener, { once: true });
    },
    dispose: () => {
      if (launcher instanceof SupervisedLauncher) launcher.close();
      if (handover) removeCaptured(workDir);
      else rmSync(workDir, { recursive: true, force: true });
    },
  };
}

/** The supervisor removes the rest; what was captured, and what of it was shared, does not wait for that. */
function removeCaptured(workDir: string): void {
  for (const name of ['spool', 'shares']) rmSync(path.join(workDir, name), { recursive: true, force: true });
}
