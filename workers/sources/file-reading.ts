/** Slices of a file, read in this thread or in another one. */
import { releaseProxy, transfer, wrap } from 'comlink';

export interface FileReading {
  /** Bytes [from, to) of the file, fewer when it has become shorter. Rejects when they cannot be read, for whatever reason. */
  read(from: number, to: number): Promise<Uint8Array>;
  /** Gives back what is held; nothing is read afterwards. */
  end(): void;
}

export function readHere(file: File): FileReading {
  return {
    read: async (from, to) => new Uint8Array(await file.slice(from, to).arrayBuffer()),
    end: () => undefined,
  };
}

/** What `file-reader.worker.ts` exposes. */
export interface SliceReader {
  read(file: File, from: number, to: number): Promise<Uint8Array>;
}

export const SLICE_READER: SliceReader = {
  async read(file, from, to) {
    const bytes = await readHere(file).read(from, to);
    return transfer(bytes, [bytes.buffer]);
  },
};

/**
 * A slice arrives from the browser's own process in pieces of a few hundred kB, and the thread that asked takes in each of them: a
 * thread that decodes meanwhile keeps them waiting. So that is another one's work. Ends `worker` with the reading.
 */
export function readElsewhere(file: File, worker: Worker): FileReading {
  const reader = wrap<SliceReader>(worker);
  // Comlink settles no call of a worker that could not be started.
  const failed = new Promise<never>((_resolve, reject) => {
    worker.addEventListener('error', () => reject(new Error('The reading thread has failed.')));
  });
  failed.catch(() => undefined);
  return {
    read: (from, to) => Promise.race([reader.read(file, from, to), failed]),
    end() {
      reader[releaseProxy]();
      worker.terminate();
    },
  };
}
