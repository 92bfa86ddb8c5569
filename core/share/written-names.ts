/** Names of the capture in what people wrote. Pure. */
import { BEFORE, BEHIND } from './text-numbers.ts';

/** Of a file, as it is given to a program; the separator is `/` or `\`. */
const FOLDERS = String.raw`(?<![\w.~/\\-])(?:[A-Za-z]:)?(?:[\w.~@+-]{0,64}[/\\]){1,32}`;

/**
 * `text` with what stands for the names of `known` in their place, and all between them as `rest` says.
 *
 * At the beginning of a sentence people write a name with a capital letter. As the expression folds case, so does this.
 */
export function replaceNames(
  text: string,
  known: ReadonlyMap<string, string>,
  rest: (between: string) => string,
): string {
  if (known.size === 0) return rest(text);
  const folded = new Map([...known].map(([name, stands]) => [name.toUpperCase(), stands]));
  const standsFor = (name: string): string => known.get(name) ?? folded.get(name.toUpperCase()) ?? name;
  // A group makes `split` give what it finds, too: every second one.
  return text
    .split(new RegExp(`${BEFORE}(${written(known.keys())})${BEHIND}`, 'gi'))
    .map((part, i) => ((i & 1) === 1 ? standsFor(part) : rest(part)))
    .join('');
}

/** Where a file is says whose it is: `text` without the folders in front of `files`; what one is in may be a file of the capture, too. */
export function withoutFolders(text: string, files: readonly string[]): string {
  if (files.length === 0) return text;
  const upper = files.map((name) => name.toUpperCase());
  const before = new RegExp(`${FOLDERS}(?=(?:${written(files)})${BEHIND})`, 'gi');
  return text.replace(before, (folders: string, at: number, whole: string) => {
    const outer = whole.slice(0, at + folders.length - 1).toUpperCase();
    return upper.some((name) => outer.endsWith(name)) ? folders : '';
  });
}

/** A part of a regular expression that finds the longest. */
function written(some: Iterable<string>): string {
  return [...some]
    .sort((a, b) => b.length - a.length)
    .map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('|');
}
