/**
 * Files of one capture, as its file blocks name them. Each has a name of its own: a share of several is told apart by `file1`, `file2`,
 * and two of those may be opened together.
 */
import { parseFile } from './host-facts.ts';
import { MAX_FILES } from './limits.ts';
import { unusedName } from './unused-name.ts';

/** With a number behind it a name is still one that a block may have. */
const MAX_NAME_CHARS = 500;

export class FilesRead {
  /** How many began. */
  count = 0;
  /** Of the one that is being read; '' = there is one. */
  name = '';
  private readonly used = new Set<string>();

  /** Body of a file block; what is wrong with it, in a few words, null = the file that it names begins. */
  take(body: Uint8Array): string | null {
    if (this.count >= MAX_FILES) return `more than ${MAX_FILES} of them`;
    const parsed = parseFile(body);
    if ('fault' in parsed) return parsed.fault;
    this.name = unusedName(parsed.value.name, MAX_NAME_CHARS, this.used);
    this.count++;
    return null;
  }
}
