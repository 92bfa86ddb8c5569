/**
 * A schema document as text that a person edits: its schemas one by one, one more, one less, names for its types. What is
 * changed is the JSON; the order of its keys stays. Pure.
 */
import { nameOfPlace } from './place-text.ts';

type Json = Readonly<Record<string, unknown>>;

/** One of the schemas in a document. */
export interface DocumentPart {
  readonly name: string;
  /** What it reads: `the metadata area`, `areas of device eth0`, … */
  readonly reads: string;
  /** As errors have it: '' the first, then `also[0]` … */
  readonly path: string;
  /** One before it takes every area that it could read; '' = none, its name. */
  readonly shadowedBy: string;
}

/** [] = the text is no schema document. */
export function partsOf(text: string): readonly DocumentPart[] {
  const document = objectOf(text);
  if (document === null) return [];
  let taker = '';
  return [document, ...alsoOf(document)].map((part, i) => {
    const name = typeof part['name'] === 'string' ? part['name'] : '(without a name)';
    const { where, when } = part;
    const takesRest = when === undefined && (!isObject(where) || where['in'] === 'area');
    const shadowedBy = takesRest ? taker : '';
    if (takesRest && taker === '') taker = name;
    return { name, reads: nameOfPlace(where, when), path: i === 0 ? '' : `also[${i - 1}]`, shadowedBy };
  });
}

/** `text` with the first schema of `added` behind its own; its name made its own. null = one of them is no document. */
export function withPart(text: string, added: string): string | null {
  const [document, other] = [objectOf(text), objectOf(added)];
  if (document === null || other === null) return null;
  const names = partsOf(text).map(({ name }) => name);
  const part = Object.fromEntries(
    Object.entries(other).filter(([key]) => !['$schema', 'whither', 'maps', 'also'].includes(key)),
  );
  const name = freeName(String(part['name'] ?? 'schema'), names);
  return print({ ...document, also: [...alsoOf(document), { ...part, name }] });
}

/** Without the schema at `path`; of the first the next takes the place. null = it is the only one. */
export function withoutPart(text: string, path: string): string | null {
  const document = objectOf(text);
  const also = document === null ? [] : alsoOf(document);
  if (document === null || also.length === 0) return null;
  if (path !== '')
    return print(
      withAlso(
        document,
        also.filter((_, i) => `also[${i}]` !== path),
      ),
    );
  const { $schema, whither, maps } = document;
  const [first, ...rest] = also;
  const kept = {
    ...($schema !== undefined && { $schema }),
    whither,
    ...first,
    ...(maps !== undefined && { maps }),
  };
  return print(withAlso(kept, rest));
}

/**
 * The types of `text` called as in `named`, which was made from an enum: those with the same number get its names, the
 * others are put behind, as bytes. null = one of them is no document of TLVs.
 */
export function withTypeNames(text: string, named: string): string | null {
  const [document, other] = [objectOf(text), objectOf(named)];
  const types = document?.['types'];
  const names = other?.['types'];
  if (document === null || !isTlv(document) || !Array.isArray(types) || !Array.isArray(names)) return null;
  const byNumber = new Map(names.filter(isObject).map((type) => [Number(type['type']), type]));
  const renamed = types.map((type: unknown) => {
    if (!isObject(type)) return type;
    const name = byNumber.get(Number(type['type']))?.['name'];
    byNumber.delete(Number(type['type']));
    return name === undefined ? type : { ...type, name };
  });
  const taken = renamed.flatMap((type) => (isObject(type) ? [String(type['name'])] : []));
  const added = [...byNumber.values()].filter(({ name }) => !taken.includes(String(name)));
  return print({ ...document, types: [...renamed, ...added] });
}

function withAlso(document: Json, also: readonly Json[]): Json {
  const rest = Object.fromEntries(Object.entries(document).filter(([key]) => key !== 'also'));
  return also.length === 0 ? rest : { ...rest, also };
}

function alsoOf(document: Json): readonly Json[] {
  const { also } = document;
  return Array.isArray(also) ? also.filter(isObject) : [];
}

function isTlv({ framing }: Json): boolean {
  return isObject(framing) && framing['kind'] === 'tlv';
}

function freeName(name: string, taken: readonly string[]): string {
  if (!taken.includes(name)) return name;
  for (let n = 2; ; n++) if (!taken.includes(`${name} ${n}`)) return `${name} ${n}`;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function objectOf(text: string): Json | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function print(document: Json): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}
