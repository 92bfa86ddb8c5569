/** The worker out of the page's own text: a page that is opened from disk has no other file. */
import InlineWorker from './whither.worker.ts?worker&inline';

export function spawnWorker(): Worker {
  return new InlineWorker({ name: 'whither' });
}
