/** Rules for values by the names of their types: which there are, and which of them each can have. Pure. */
import { distance } from 'fastest-levenshtein';
import type { MetadataSchema, TlvType } from '#core/metadata/types.ts';
import { VALUE_RULES, type SharePolicy, type ValueRule } from './policy.ts';

/** Kinds of values that have others of their kind to stand for them. */
const ADDRESS_KINDS: ReadonlySet<TlvType['kind']> = new Set(['ipv4', 'ipv6', 'ip', 'mac']);
/** Names that an error lists. */
const MAX_LISTED = 20;

/** Rules that a type can have. Another would leave zeros in its place, which is what `drop` says. */
export function rulesOf({ kind, bits }: TlvType): readonly ValueRule[] {
  // A field shares its bytes with others; what is nested has rules of its own.
  if (bits !== undefined || kind === 'nested')
    return VALUE_RULES.filter((rule) => rule === 'keep' || rule === 'drop');
  return ADDRESS_KINDS.has(kind) ? VALUE_RULES : VALUE_RULES.filter((rule) => rule !== 'pseudonym');
}

/** All types of a document, nested ones too, by `SCHEMA.TYPE` as rules name them. */
export function typesByName(schema: MetadataSchema): ReadonlyMap<string, TlvType> {
  const found = new Map<string, TlvType>();
  const add = (types: readonly TlvType[], before: string): void => {
    for (const type of types) {
      const name = `${before}.${type.name}`;
      found.set(name, type);
      add(type.types ?? [], name);
    }
  };
  for (const { name, types } of [schema, ...(schema.also ?? [])]) add(types, name);
  return found;
}

export interface WrongRule {
  readonly cause: string;
  readonly remedy: string;
}

/** What is wrong with rules for values of what these schemas read; null = nothing. */
export function wrongRule(
  values: SharePolicy['values'],
  schemas: readonly MetadataSchema[],
): WrongRule | null {
  const types = schemas.map(typesByName);
  for (const [name, rule] of Object.entries(values)) {
    const named = types.flatMap((some) => some.get(name) ?? []);
    if (named.length === 0) return noType(name, [...new Set(types.flatMap((some) => [...some.keys()]))]);
    // A type of this name may be another in another section.
    const possible = new Set(named.flatMap(rulesOf));
    if (possible.has(rule)) continue;
    const others = [...possible].filter((one) => one !== 'keep');
    return {
      cause: `${name} cannot have the rule ${rule}: a value of the kind ${named[0]!.kind} has none`,
      remedy: `${others.join(' or ')} takes it out`,
    };
  }
  return null;
}

function noType(name: string, known: readonly string[]): WrongRule {
  const cause = `there is no type ${name}`;
  if (known.length === 0) return { cause, remedy: 'the capture has no schema: give one with --schema' };
  const typos = (other: string): number => distance(name.toLowerCase(), other.toLowerCase());
  // One that is nested, or of another schema.
  const last = name.slice(name.lastIndexOf('.'));
  const same = known.filter((other) => other.endsWith(last));
  const nearest = (same.length > 0 ? same : known).reduce((best, other) =>
    typos(other) < typos(best) ? other : best,
  );
  const more = known.length > MAX_LISTED ? ', …' : '';
  return {
    cause,
    remedy: `did you mean ${nearest}? The types are ${known.slice(0, MAX_LISTED).join(', ')}${more}`,
  };
}
