/** Files under the names that a link knows them by: it says `file == …` of these, and whoever got them may have called them otherwise. */
import { digestOf } from '#core/share/digest.ts';
import { DigestSamples, SAMPLE_BYTES, STRIDE_BYTES, WHOLE_BYTES } from '#core/share/digest-samples.ts';
import type { FileRef } from './link-state.ts';

/** The same files, each of which the link names under that name. One that cannot be read keeps its own. */
export function calledAs(files: readonly File[], meant: readonly FileRef[]): Promise<readonly File[]> {
  return Promise.all(
    files.map(async (file) => {
      const alike = meant.filter(({ bytes }) => bytes === file.size);
      if (alike.length === 0) return file;
      const digest = await digestOfFile(file).catch(() => '');
      const same = alike.filter((ref) => ref.digest === digest);
      const [first] = same;
      return first === undefined || same.some(({ name }) => name === file.name)
        ? file
        : new File([file], first.name);
    }),
  );
}

/** As that of a capture that is read to its end, by reading no more than counts for it. */
async function digestOfFile(file: File): Promise<string> {
  const samples = new DigestSamples();
  const add = async (from: number, to: number): Promise<void> => {
    samples.skipTo(from);
    samples.add(new Uint8Array(await file.slice(from, to).arrayBuffer()));
  };
  await add(0, WHOLE_BYTES);
  for (let at = WHOLE_BYTES; at < file.size; at += STRIDE_BYTES) await add(at, at + SAMPLE_BYTES);
  samples.skipTo(file.size);
  return digestOf(samples);
}
