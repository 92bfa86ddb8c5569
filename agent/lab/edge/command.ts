/** `whither lab edge`. */
import { Failure } from '../../failure.ts';
import { untilTold } from '../told.ts';
import { EdgeLab } from './lab.ts';
import { record } from './record.ts';

export interface EdgeOptions {
  /** Packets per second, roughly. */
  readonly rate: number;
  /** Record into this file and end. */
  readonly record: string | undefined;
  readonly seconds: number;
}

/**
 * Runs the lab until SIGINT, SIGTERM or the end of stdin, if that is a pipe or terminal (or until the recording is done) and removes
 * everything, also when setting up fails midway. Prints one JSON line when it is ready.
 */
export async function runEdge(options: EdgeOptions): Promise<void> {
  if (process.getuid?.() !== 0) throw new Failure('the edge lab makes network namespaces', 'run it as root');
  // Before anything is made: a signal that arrives meanwhile ends the lab in order, too.
  const told = untilTold(options.record === undefined);
  const lab = await EdgeLab.start();
  try {
    if (options.record !== undefined) {
      console.error(`recording ${options.seconds} s into ${options.record}`);
      console.error(await record(lab, options.record, { ...options, told }));
      return;
    }
    await lab.startTraffic(options.rate);
    const { netns, device, files } = lab;
    console.log(JSON.stringify({ ready: true, netns, device, schema: files.schema }));
    const failed = lab.failed().then((complaint) => {
      throw new Failure(`a process of the lab ended (${complaint.trim()})`, 'start it again');
    });
    await Promise.race([told, failed]);
  } finally {
    await lab.stop();
  }
}
