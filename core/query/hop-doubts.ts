/** Names of hops that a filter asks for and this capture has not: why, and what its hops are called. */
import { distance } from 'fastest-levenshtein';
import { HOOKS } from '#core/format/hooks.ts';
import type { CaptureStore } from '#core/store/capture-store.ts';
import type { HopIdentity } from '#core/store/view.ts';
import { MAX_TYPOS } from './catalogue.ts';
import { hopNames } from './fields/names.ts';
import { quoted } from './quote.ts';

/** Names that are told; more of them are no help. */
const MAX_TOLD = 8;

export interface Unknown {
  readonly cause: string;
  readonly remedy: string;
}

/** Why no hop is called `text`, by the names that `namesOf` gives of it; null: one is. `kind`: what it is a name of. */
export function unknownName(
  store: CaptureStore,
  text: string,
  kind: string,
  namesOf: (hop: HopIdentity) => readonly string[],
): Unknown | null {
  const names = new Set(store.hops.hops.flatMap((hop) => namesOf(hop)));
  const wanted = text.toLowerCase();
  if ([...names].some((name) => name.toLowerCase() === wanted)) return null;
  const hook = kind === 'hop' ? hookCalled(wanted) : null;
  if (hook !== null) {
    const missing = store.facts.missingHooks.find(({ name }) => name === hook.name);
    return {
      cause: `“${text}” was not observed here.`,
      remedy:
        missing === undefined
          ? told(store, kind, namesOf)
          : `Its hook is missing: ${missing.reason.replace(/\.$/, '')}.`,
    };
  }
  const typos = (name: string): number => distance(name.toLowerCase(), wanted);
  const nearest = [...names].reduce<string | null>(
    (best, name) => (best === null || typos(name) < typos(best) ? name : best),
    null,
  );
  const isTypo = nearest !== null && typos(nearest) <= Math.min(MAX_TYPOS, text.length - 1);
  return {
    cause: `No ${kind} here is called “${text}”.`,
    remedy: isTypo ? `Did you mean ${quoted(nearest)}?` : told(store, kind, namesOf),
  };
}

/** Likewise of a part of a name, by the test of `~`. */
export function unknownPart(
  store: CaptureStore,
  text: string,
  kind: string,
  namesOf: (hop: HopIdentity) => readonly string[],
  match: (name: string) => boolean,
): Unknown | null {
  if (store.hops.hops.some((hop) => namesOf(hop).some(match))) return null;
  return { cause: `No ${kind} here has “${text}” in its name.`, remedy: told(store, kind, namesOf) };
}

/** The hook of the catalogue, with or without a device in front of it. */
function hookCalled(wanted: string) {
  const bare = wanted.slice(wanted.indexOf(':') + 1);
  return (
    HOOKS.find(({ name, label }) =>
      [name, label, label.split(',')[0]!, name.split('@')[0]!].some((each) => each.toLowerCase() === bare),
    ) ?? null
  );
}

function told(store: CaptureStore, kind: string, namesOf: (hop: HopIdentity) => readonly string[]): string {
  const first = (hop: HopIdentity): string[] =>
    namesOf === hopNames ? [hop.label] : namesOf(hop).slice(0, 1);
  const names = [...new Set(store.hops.hops.flatMap(first))];
  if (names.length === 0) return `This capture names no ${kind}.`;
  const more = names.length > MAX_TOLD ? ` and ${names.length - MAX_TOLD} more` : '';
  return `Seen: ${names.slice(0, MAX_TOLD).join('; ')}${more}.`;
}
