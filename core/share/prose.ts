/** What people wrote, with the names and addresses of the share in place of those of the capture. */
import { BYTES_SAID, RELEASE_SAID } from '#core/diagnosis/evidence.ts';
import type { ExpressionRules } from './expression.ts';
import { keepsBytes } from './policy.ts';
import { isPrintedAddress, shareForms } from './text-forms.ts';
import { sharedFileNames } from './file-names.ts';
import { spelledOut } from './text-numbers.ts';
import { replaceNames, withoutFolders } from './written-names.ts';

/** Shorter names of processes are words of every sentence. */
const MIN_PROCESS_CHARS = 4;

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
  const hidesForms =
    !keepsBytes(policy) ||
    [policy.addresses, policy.kernelAddresses, policy.names].some((rule) => rule !== 'keep');
  if (hidesForms) out = spelledOut(out);
  // Kinds that the policy keeps have no names here.
  const processes = [...names.known(['process'])].filter(([name]) => name.length >= MIN_PROCESS_CHARS);
  const files = sharedFileNames(names.known(['file']));
  const known = new Map([...processes, ...names.known(['program', 'map', 'host', 'device', 'netns'])]);
  for (const [name, stands] of files) if (!known.has(name)) known.set(name, stands);
  out = withoutFolders(out, [...files.keys()]);
  const forms = (one: string, doubtful: Set<string>): string =>
    hidesForms ? shareForms(one, rules, doubtful) : one;
  // Of a name with an address in it the rest would go out: it goes first, and as a whole.
  const upper = out.toUpperCase();
  const torn = new Map([...known].filter(([name]) => upper.includes(name.toUpperCase()) && isTorn(name)));
  function isTorn(name: string): boolean {
    // One that is an address and nothing else is told as that.
    return !isPrintedAddress(name) && forms(name, new Set()) !== name;
  }
  return replaceNames(out, torn, (rest) => replaceNames(forms(rest, doubts), known, (other) => other));
}
