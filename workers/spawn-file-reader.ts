/** Starts the thread that reads files, from its own file. `no-file-reader.ts` stands for it in the page in one file. */
export const spawnFileReader: (() => Worker) | null = () =>
  new Worker(new URL('./file-reader.worker.ts', import.meta.url), { type: 'module', name: 'whither-file' });
