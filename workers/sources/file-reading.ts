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
  /** Of which file the slices are to be: to hand it over takes a millisecond, and so is not done with each of them. */
  begin(file: File): void;
  read(from: number, to: number): Promise<Uint8Array>;
}

export function createSliceReader(): SliceReader {
  let reading: FileReading | null = null;
  return {
    begin(file) {
      reading = readHere(file);
    },
    async read(from, to) {
      if (reading === null) throw new Error('no file was handed over');
      const bytes = await reading.read(from, to);
      return transfer(bytes, [bytes.buffer]);
    },
  };
}

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
  // Messages keep their order: it has the file before the first slice is asked for.
  reader.begin(file).catch(() => undefined);
  return {
    read: (from, to) => Promise.race([reader.read(from, to), failed]),
    end() {
      reader[releaseProxy]();
      worker.terminate();
    },
  };
}
