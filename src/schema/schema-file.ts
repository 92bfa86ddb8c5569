/** Schemas from files and to files. */
import { Fault } from '#workers/fault.ts';

const MAX_SCHEMA_BYTES = 1024 * 1024;
/** A large file is read from its URL for as long as the download takes. */
/** Rejects with a Fault. */
export async function textOfFile(file: File): Promise<string> {
  if (file.size > MAX_SCHEMA_BYTES) {
    throw new Fault(
      'schema-too-large',
      `${file.name} is larger than 1 MiB, which no schema is.`,
      'Choose the JSON file of a metadata schema.',
    );
  }
  try {
    return await file.text();
  } catch {
    throw new Fault(
      'file-unreadable',
      `${file.name} cannot be read: it was changed, moved or removed.`,
      'Choose it again.',
    );
  }
}

export function downloadText(text: string, name: string, type: string): void {
  downloadBlob(new Blob([text], { type }), name);
}

export function downloadBlob(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const anchor = document.createElement('a');
  anchor.href = url;
  anchor.download = name;
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(url), DOWNLOAD_MS);
}

const DOWNLOAD_MS = 600_000;
