/** The real worker as the session wants it. */
import { connectWorker } from '#workers/client.ts';
import type { Connection } from '#src/state/connection.ts';

export function connect(): Connection {
  const worker = connectWorker();
  const died = new Promise<string>((resolve) => {
    worker.onDeath((fault) => resolve(`${fault.cause} ${fault.remedy}`));
  });
  return { api: worker.api, died, close: () => worker.dispose() };
}
