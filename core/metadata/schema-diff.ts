/** What differs between two metadata schemas, for people: what decodes in another way first. */
import type { MetadataSchema, PartSchema, TlvType } from './types.ts';

export interface SchemaChange {
  readonly kind: 'added' | 'removed' | 'changed';
  /** As errors of a schema have it: `framing.pad`, `types[trace_id].kind`, `also[other].framing`; types by name. */
  readonly path: string;
  /** JSON text, null = not there. */
  readonly before: string | null;
  readonly after: string | null;
  /** Whether bytes read in another way; else it is words, colours and the like. */
  readonly decodes: boolean;
}

/** Keys that change nothing about how bytes read. */
const WORDS: ReadonlySet<string> = new Set(['name', 'description', 'owner', 'colour', 'unit', 'display']);

/**
 * From `before` to `after`, both as `parseSchema` gives them. A type with another name but the same number is the same
 * type; so is a field of a struct in the same place of its list. [] = they are the same.
 */
export function diffSchemas(before: MetadataSchema, after: MetadataSchema): SchemaChange[] {
  const changes: SchemaChange[] = [];
  diffPart(before, after, '', changes);
  diffValue('maps', before.maps, after.maps, true, changes);
  diffLists(before.also ?? [], after.also ?? [], ({ name }) => name, 'also', changes, diffPart);
  return changes.sort((a, b) => Number(b.decodes) - Number(a.decodes));
}

type Changes = SchemaChange[];

function diffPart(before: PartSchema, after: PartSchema, prefix: string, changes: Changes): void {
  for (const key of ['name', 'description', 'where', 'when'] as const) {
    diffValue(`${prefix}${key}`, before[key], after[key], !WORDS.has(key), changes);
  }
  diffKeys(before.framing, after.framing, `${prefix}framing`, changes);
  diffTypes(before.types, after.types, `${prefix}types`, changes);
}

function diffTypes(
  before: readonly TlvType[],
  after: readonly TlvType[],
  path: string,
  changes: Changes,
): void {
  diffLists(
    before,
    after,
    ({ type }) => String(type),
    path,
    changes,
    (a, b, prefix) => {
      const { types: inside, framing, ...flat } = a;
      const { types: insideAfter, framing: framingAfter, ...flatAfter } = b;
      diffKeys(flat, flatAfter, prefix.slice(0, -1), changes);
      if (framing === undefined || framingAfter === undefined) {
        diffValue(`${prefix}framing`, framing, framingAfter, true, changes);
      } else diffKeys(framing, framingAfter, `${prefix}framing`, changes);
      diffTypes(inside ?? [], insideAfter ?? [], `${prefix}types`, changes);
    },
  );
}

/** Entries with the same key are one; those of one side alone are added or removed as a whole. */
function diffLists<T extends { readonly name: string }>(
  before: readonly T[],
  after: readonly T[],
  keyOf: (entry: T) => string,
  path: string,
  changes: Changes,
  diff: (before: T, after: T, prefix: string, changes: Changes) => void,
): void {
  const old = new Map(before.map((entry) => [keyOf(entry), entry]));
  const now = new Map(after.map((entry) => [keyOf(entry), entry]));
  for (const [key, entry] of old) {
    const other = now.get(key);
    const at = `${path}[${entry.name}]`;
    if (other === undefined) diffValue(at, entry, undefined, true, changes);
    else diff(entry, other, `${at}.`, changes);
  }
  for (const [key, entry] of now) {
    if (!old.has(key)) diffValue(`${path}[${entry.name}]`, undefined, entry, true, changes);
  }
}

function diffKeys(before: object, after: object, path: string, changes: Changes): void {
  const old = new Map<string, unknown>(Object.entries(before));
  const now = new Map<string, unknown>(Object.entries(after));
  for (const key of new Set([...old.keys(), ...now.keys()])) {
    diffValue(`${path}.${key}`, old.get(key), now.get(key), !WORDS.has(key), changes);
  }
}

function diffValue(path: string, before: unknown, after: unknown, decodes: boolean, changes: Changes): void {
  const [old, now] = [jsonOf(before), jsonOf(after)];
  if (old === now) return;
  const kind = old === null ? 'added' : now === null ? 'removed' : 'changed';
  changes.push({ kind, path, before: old, after: now, decodes });
}

/** Keys in order of the alphabet: in which order they were written says nothing. null = not there. */
function jsonOf(value: unknown): string | null {
  if (value === undefined) return null;
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

const SHOWN_CHARS = 100;

/** `~ types[verdict].names: {"1":"pass"} → {"1":"ok"}` */
export function changeText({ kind, path, before, after }: SchemaChange): string {
  const shown = (text: string | null): string =>
    text !== null && text.length > SHOWN_CHARS ? `${text.slice(0, SHOWN_CHARS)}…` : (text ?? '');
  switch (kind) {
    case 'added':
      return `+ ${path}: ${shown(after)}`;
    case 'removed':
      return `- ${path}: ${shown(before)}`;
    case 'changed':
      return `~ ${path}: ${shown(before)} → ${shown(after)}`;
  }
}
