/** A file is tried before it takes the place of what is open. */
import type { Problem } from '#core/pcapng/types.ts';
import { UPDATE_DRAWN, type SourceState, type Update } from '#workers/api.ts';
import type { Connection } from './connection.ts';

const ENDED: ReadonlySet<SourceState> = new Set(['done', 'failed', 'cancelled']);

/**
 * Why a file cannot be opened at all, null when it can: read by a worker of its own (`trial`, which is ended) up to
 * its first event, so that what is open stays open for a file that is none.
 */
export async function refusalOf(trial: Connection, file: File): Promise<Problem | null> {
  const { port1, port2 } = new MessageChannel();
  try {
    const first = new Promise<Update>((resolve) => {
      port1.onmessage = ({ data }: MessageEvent<Update>) => {
        if (data.events > 0 || ENDED.has(data.state)) resolve(data);
        else port1.postMessage(UPDATE_DRAWN);
      };
    });
    await trial.api.open({ kind: 'file', file }, port2);
    const update = await Promise.race([first, trial.died]);
    // A worker that dies of it will say so when the file is opened.
    if (typeof update === 'string' || update.state !== 'failed' || update.events > 0) return null;
    const [problem] = update.problems;
    if (problem === undefined) return null;
    const kept = 'What was open stays open.';
    return { ...problem, cause: `${file.name}: ${problem.cause}`, remedy: `${problem.remedy} ${kept}` };
  } catch {
    return null;
  } finally {
    port1.close();
    trial.close();
  }
}
