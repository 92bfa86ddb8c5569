/**
 * Words that are nobody's name, by the field that has them as its values: Whither's own and the kernel's. What is asked of a field in
 * other words may be a name, and does not go out.
 */
import { CAUSES } from '#core/diagnosis/causes.ts';
import { HOP_STATE_NAMES, KNOWN_NAMES } from '#core/diagnosis/types.ts';
import { PROTOCOL_NAMES } from '#core/dissect/types.ts';
import { HOOKS } from '#core/format/hooks.ts';
import { textMatcher } from '#core/query/values.ts';

/** Columns of the list that are no field (src/list/columns.ts). */
export const OWN_COLUMN_NAMES: ReadonlySet<string> = new Set(['path', 'source', 'destination', 'info']);

/** Those of hops have devices and programs in them: `hop`, `lost_at`, … */
export const HOPS = /^hop$|_at$/;
/** What a reason is called that the kernel has no name for. */
const NUMBERED_REASON = /^reason \d{1,10}$/i;
/** Letter by letter, apart by `*`, nearly any name can be spelt out of a longer word. */
const MIN_PIECE_CHARS = 3;

/** As `hopNames` (core/query/fields/names.ts) has them, without those that a capture gives. */
const HOOK_WORDS: readonly string[] = unique(
  HOOKS.flatMap(({ name, label }) => [name, name.split('@')[0]!, label, label.split(',')[0]!]),
);

const WORDS: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ['state', HOP_STATE_NAMES],
  ['journey.has', HOP_STATE_NAMES],
  ['cause', unique(CAUSES.flatMap(({ name, operation }) => (operation === '' ? [] : [name, operation])))],
  ['known', KNOWN_NAMES],
  ['proto', PROTOCOL_NAMES],
  ['lane', unique(HOOKS.map(({ lane }) => lane))],
  ['layer', unique(HOOKS.map(({ layer }) => layer))],
]);

const EVERY_WORD: ReadonlySet<string> = new Set(
  [...HOOK_WORDS, ...[...WORDS.values()].flat()].flatMap((name) => [
    name.toLowerCase(),
    ...name.toLowerCase().split(/[^a-z0-9]+/),
  ]),
);

/** Whether it is a word of Whither's own (`netif_receive_skb`), or part of one (`ingress`, of `tcx/ingress`), upper and lower case alike. */
export function isOwnWord(word: string): boolean {
  return EVERY_WORD.has(word.toLowerCase());
}

function unique(words: readonly string[]): readonly string[] {
  return [...new Set(words)];
}

/**
 * Whether `text` is one of the field's words, upper and lower case alike; where it is a `part`, as `~` asks, whether it is in one of them:
 * then all of its letters are that word's, and of several pieces (`tcx*first`) none is short enough to be picked from it. `dropReasons` are those that the share itself names.
 */
export function isPublicWord(
  field: string,
  text: string,
  part: boolean,
  dropReasons: ReadonlySet<string>,
): boolean {
  if (field === 'drop') return NUMBERED_REASON.test(text) || isOneOf(dropReasons, text, part);
  return isOneOf(HOPS.test(field) ? HOOK_WORDS : (WORDS.get(field) ?? []), text, part);
}

function isOneOf(words: Iterable<string>, text: string, part: boolean): boolean {
  const lower = text.toLowerCase();
  const pieces = text.split('*').filter((piece) => piece !== '');
  if (part && pieces.length > 1 && pieces.some(({ length }) => length < MIN_PIECE_CHARS)) return false;
  const passes = part ? textMatcher(text) : (word: string): boolean => word.toLowerCase() === lower;
  for (const word of words) if (passes(word)) return true;
  return false;
}
