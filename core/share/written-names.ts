/** Names of the capture in what people wrote. Pure. */
import { BEFORE, BEHIND } from './text-numbers.ts';

const IN_NAME = String.raw`\p{L}\p{M}\p{N}_.~@+%-`;
/**
 * Of a file, as it is given to a program; the separator is `/` or `\`. One from the root may have blanks in it, within its parts: a
 * blank beside a separator is one between words.
 */
const FOLDERS =
  String.raw`(?<![${IN_NAME}/\\])(?:(?:[A-Za-z]:)?[/\\](?:(?! )[ ${IN_NAME}]{0,64}(?<! )[/\\]){0,32}` +
  String.raw`|(?:[A-Za-z]:)?(?:[${IN_NAME}]{0,64}[/\\]){1,32})`;

/** A text with what stands for names in their place, and all between them as `rest` says. */
export type NamesReplacer = (text: string, rest: (between: string) => string) => string;

/**
 * Puts what stands for the names of `known` in their place. Made once for many texts: its expression has all of them.
 *
 * At the beginning of a sentence people write a name with a capital letter. As the expression folds case, so does this.
 */
export function namesReplacer(known: ReadonlyMap<string, string>): NamesReplacer {
  if (known.size === 0) return (text, rest) => rest(text);
  const folded = new Map([...known].map(([name, stands]) => [name.toUpperCase(), stands]));
  const standsFor = (name: string): string => known.get(name) ?? folded.get(name.toUpperCase()) ?? name;
  // A group makes `split` give what it finds, too: every second one.
  const names = new RegExp(`${BEFORE}(${written(known.keys())})${BEHIND}`, 'gi');
  return (text, rest) =>
    text
      .split(names)
      .map((part, i) => ((i & 1) === 1 ? standsFor(part) : rest(part)))
      .join('');
}

/** `text` with what `as` says in place of a number that stands behind one of `names` and a blank. */
export function behindNames(text: string, names: readonly string[], as: (number: string) => string): string {
  if (names.length === 0) return text;
  return text.replace(new RegExp(`(?<=${BEFORE}(?:${written(names)}) )\\d{2,10}(?!\\w|\\.\\d)`, 'gi'), as);
}

/** Where a file is says whose it is: `text` without the folders in front of `files`; what one is in may be a file of the capture, too. */
export function withoutFolders(text: string, files: readonly string[]): string {
  if (files.length === 0) return text;
  const longestFirst = files.map((name) => name.toUpperCase()).sort((a, b) => b.length - a.length);
  const before = new RegExp(`${FOLDERS}(?=(?:${written(files)})${BEHIND})`, 'giu');
  return text.replace(before, (folders: string, at: number, whole: string) => {
    // Its end is the separator in front of the file; files in each other stay.
    let kept = at + folders.length;
    for (;;) {
      const outer = whole.slice(0, kept - 1).toUpperCase();
      const inner = longestFirst.find((name) => outer.endsWith(name));
      if (inner === undefined || kept - 1 - inner.length < at) break;
      kept -= 1 + inner.length;
    }
    // One with what no folder is called in its name begins in front of them.
    const outer = whole.slice(0, at + folders.length - 1).toUpperCase();
    if (kept === at + folders.length && longestFirst.some((name) => outer.endsWith(name))) return folders;
    return whole.slice(kept, at + folders.length);
  });
}

/** A part of a regular expression that finds the longest. */
function written(some: Iterable<string>): string {
  return [...some]
    .sort((a, b) => b.length - a.length)
    .map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('|');
}
