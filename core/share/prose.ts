/** What people wrote, with the names and addresses of the share in place of those of the capture. */
import { BYTES_SAID, RELEASE_SAID } from '#core/diagnosis/evidence.ts';
import type { ExpressionRules } from './expression.ts';
import { keepsBytes } from './policy.ts';
import type { Pseudonyms } from './pseudonyms.ts';
import { isPrintedAddress, shareForms } from './text-forms.ts';
import { sharedFileNames } from './file-names.ts';
import { spelledOut } from './text-numbers.ts';
import { behindNames, namesReplacer, withoutFolders } from './written-names.ts';

/** Shorter names of processes are words of every sentence. */
const MIN_PROCESS_CHARS = 4;

/** In front of the number of a process or thread, which is one of a packet, a port or a line as well. */
const PROCESS_SAID =
  /(?<=\b(?:pids?|tgids?|tids?|process(?:es)?|threads?)\W{0,3}|[A-Za-z_-]\w{0,14}[/[])\d{2,10}(?!\w|\.\d)/gi;
/** The kernel counts cookies of sockets up: the first ones are as short as any number. */
const COOKIE_SAID = /(?<=\bcookies?\W{0,3})(?:0x[0-9a-f]{1,16}|\d{1,20})(?!\w)/gi;
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
      // Behind a slash are ports as well, within brackets places of an array.
      if (/[/[]/.test(whole[at - 1] ?? '') && number.length < SHORT_PROCESS_NUMBER) return number;
      return toldProcess(number, names);
    });
    const called = [...names.known(['process']).keys()].filter((name) => name.length >= MIN_PROCESS_CHARS);
    out = behindNames(out, called, (number) => toldProcess(number, names));
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
  // Behind the other forms, one of which the longer cookies have.
  const whole = namesReplacer(known);
  out = namesReplacer(torn)(out, (rest) => whole(forms(rest, doubts), (other) => other));
  return policy.kernelAddresses === 'keep'
    ? out
    : out.replace(COOKIE_SAID, (said) => toldCookie(said, names));
}

function toldProcess(number: string, names: Pseudonyms): string {
  return String(names.numbers.told(BigInt(number), ['process']) ?? number);
}

function toldCookie(said: string, { numbers }: Pseudonyms): string {
  const told = numbers.told(BigInt(said), ['cookie']);
  if (told === null) return said;
  return /^0x/i.test(said) ? `0x${told.toString(16)}` : told.toString();
}
