/** A generated capture of any size as a file, written as it is made: ten million events are never in memory. */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { generateChunks } from '#core/pcapng/testing/generate-capture.ts';

export interface CaptureFile {
  readonly path: string;
  readonly bytes: number;
  remove(): Promise<void>;
}

const CHUNK_BYTES = 4 * 1024 * 1024;

/** The capture that the goals of decode and open are about: 32 bytes of metadata, one rewrite. */
export async function writeCapture(events: number): Promise<CaptureFile> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'whither-bench-'));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const file = path.join(folder, `${events}.pcapng`);
    const out = createWriteStream(file);
    let bytes = 0;
    for (const chunk of generateChunks({ events, metadata: 32, rewrites: 'once', chunkBytes: CHUNK_BYTES })) {
      bytes += chunk.length;
      if (!out.write(chunk)) await once(out, 'drain');
    }
    out.end();
    await once(out, 'finish');
    return { path: file, bytes, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}
