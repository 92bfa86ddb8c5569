/** Work that says how far it is and can be given up, on a port of its own. */
import { GIVE_UP, type WorkProgress } from './schema/api.ts';
import type { Clock } from './slices.ts';

/** Progress is drawn, so no more often than this. */
const PROGRESS_INTERVAL_MS = 100;

/** The port is closed at the end of the work. */
export async function onPort<T>(
  { now }: Clock,
  port: MessagePort,
  work: (say: (progress: WorkProgress) => void, goOn: () => boolean) => Promise<T>,
): Promise<T> {
  let wanted = true;
  let said = -Infinity;
  port.onmessage = ({ data }) => {
    if (data === GIVE_UP) wanted = false;
  };
  try {
    return await work(
      (progress) => {
        if (now() - said < PROGRESS_INTERVAL_MS) return;
        said = now();
        port.postMessage(progress);
      },
      () => wanted,
    );
  } finally {
    port.close();
  }
}
