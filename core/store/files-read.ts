/**
 * Files of one capture, as its file blocks name them. Each has a name of its own: a share of several is told apart by `file1`, `file2`,
 * and two of those may be opened together. A block may say which of several files it begins (1 of 2, 2 of 2): what has files itself is
 * then one of them, and its files are within it (file-path.ts).
 */
import type { FileTurn } from '#core/pcapng/file-section.ts';
import { FILE_SEPARATOR } from './file-path.ts';
import { parseFile } from './host-facts.ts';
import { MAX_FILES } from './limits.ts';
import { unusedName } from './unused-name.ts';

/** With a number behind it a name is still one that a block may have. */
const MAX_NAME_CHARS = 500;
const SEPARATORS = new RegExp(FILE_SEPARATOR, 'g');

/** Files that are told apart by their turns, and the one of them whose turn it is. */
interface Level {
  /** What they are in; '' = they are the whole capture. */
  readonly within: string;
  readonly turn: FileTurn;
  readonly path: string;
}

export class FilesRead {
  /** How many began. */
  count = 0;
  /** Of the one that is being read, with what it is in; '' = there is one. */
  name = '';
  /** What its block says of its turn; null = nothing. */
  turn: FileTurn | null = null;
  /** The outermost first. */
  private readonly levels: Level[] = [];
  private readonly used = new Map<string, Set<string>>();

  /** On which side of a comparison the file is that is being read, and each that it is in; the same for files of one side. That it is within another is no side. */
  get side(): string {
    return this.levels
      .flatMap(({ turn: { side } }, depth) => (side === undefined ? [] : [`${depth}:${side}`]))
      .join(FILE_SEPARATOR);
  }

  /** Body of a file block; what is wrong with it, in a few words, null = the file that it names begins. */
  take(body: Uint8Array): string | null {
    if (this.count >= MAX_FILES) return `more than ${MAX_FILES} of them`;
    const parsed = parseFile(body);
    if ('fault' in parsed) return parsed.fault;
    const { name, turn } = parsed.value;
    const own = name.replace(SEPARATORS, ' ');
    // The innermost level in which it is this one's turn ends here, with all that is within it; else this one is within what was read last.
    const at =
      turn === null
        ? -1
        : this.levels.findLastIndex(
            ({ turn: last }) => last.set === turn.set && last.of === turn.of && last.part === turn.part - 1,
          );
    const within = this.levels[at]?.within ?? this.levels.at(-1)?.path ?? '';
    this.name = this.unused(within, own);
    this.turn = turn;
    if (at >= 0) this.levels.splice(at);
    if (turn !== null) this.levels.push({ within, turn, path: this.name });
    this.count++;
    return null;
  }

  private unused(within: string, own: string): string {
    let used = this.used.get(within);
    if (used === undefined) this.used.set(within, (used = new Set<string>()));
    const name = unusedName(own, MAX_NAME_CHARS, used);
    return within === '' ? name : `${within}${FILE_SEPARATOR}${name}`;
  }
}
