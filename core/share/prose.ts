/** What people wrote, with the names and addresses of the share in place of those of the capture. */
import { BYTES_SAID, RELEASE_SAID } from '#core/diagnosis/evidence.ts';
import type { ExpressionRules } from './expression.ts';
import { keepsBytes } from './policy.ts';
import { shareForms } from './text-forms.ts';
import { sharedFileNames } from './file-names.ts';
import { BEFORE, BEHIND, spelledOut } from './text-numbers.ts';

/** Shorter names of processes are words of every sentence. */
const MIN_PROCESS_CHARS = 4;

/** Of a file, as it is given to a program; the separator is `/` or `\`. */
const FOLDERS = String.raw`(?<![\w.~/\\-])(?:[A-Za-z]:)?(?:[\w.~@+-]{0,64}[/\\]){1,32}`;

/** In front of the number of a process or thread, which is one of a packet, a port or a line as well. */
const PROCESS_SAID =
  /(?<=\b(?:pid|tgid|tid|process|thread)\W{0,3}|[A-Za-z_-]\w{0,14}\/)\d{2,10}(?!\w|\.\d)/gi;
const SHORT_PROCESS_NUMBER = 4;

/**
 * Names are those that the capture has said so far; what somebody wrote of others goes as it is written. `doubts` takes what looks like an
 * address, a pointer or bytes, and goes all the same, as nothing tells what it is.
 */
export function shareProse(text: string, rules: ExpressionRules, doubts = new Set<string>()): string {
  const { policy, names } = rules;
  let out = keepsBytes(policy) ? text : text.replace(BYTES_SAID, ' changed');
  if (policy.names !== 'keep') {
    out = out.replace(RELEASE_SAID, '');
    out = out.replace(PROCESS_SAID, (number: string, at: number, whole: string) => {
      // Behind a slash are ports as well.
      if (whole[at - 1] === '/' && number.length < SHORT_PROCESS_NUMBER) return number;
      return String(names.numbers.told(BigInt(number), ['process']) ?? number);
    });
  }
  const hidesForms = [policy.addresses, policy.kernelAddresses, policy.names].some((rule) => rule !== 'keep');
  if (hidesForms || !keepsBytes(policy)) out = shareForms(spelledOut(out), rules, doubts);
  // Kinds that the policy keeps have no names here.
  const processes = [...names.known(['process'])].filter(([name]) => name.length >= MIN_PROCESS_CHARS);
  const files = names.known(['file']);
  const known = new Map([...processes, ...names.known(['program', 'map', 'host', 'device', 'netns'])]);
  for (const [name, stands] of sharedFileNames(files)) if (!known.has(name)) known.set(name, stands);
  if (known.size === 0) return out;
  const written = (some: Iterable<string>): string =>
    [...some]
      .sort((a, b) => b.length - a.length)
      .map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join('|');
  if (files.size > 0) {
    const upper = [...files.keys()].map((name) => name.toUpperCase());
    const before = new RegExp(`${FOLDERS}(?=(?:${written(files.keys())})${BEHIND})`, 'gi');
    // Where a file is says whose it is; what it is in may be a file of the capture, too.
    out = out.replace(before, (folders: string, at: number, whole: string) => {
      const outer = whole.slice(0, at + folders.length - 1).toUpperCase();
      return upper.some((name) => outer.endsWith(name)) ? folders : '';
    });
  }
  // At the beginning of a sentence people write a name with a capital letter. As the expression folds case, so does this.
  const folded = new Map([...known].map(([name, stands]) => [name.toUpperCase(), stands]));
  const standsFor = (name: string): string => known.get(name) ?? folded.get(name.toUpperCase()) ?? name;
  return out.replace(new RegExp(`${BEFORE}(?:${written(known.keys())})${BEHIND}`, 'gi'), standsFor);
}
