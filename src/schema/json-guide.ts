/**
 * What the published JSON Schema lets stand at a place of a document: its keys, its values, and what they mean. Of
 * alternatives only those count that fit what is written already (`"kind": "tlv"` leaves the keys of TLVs). Pure.
 */

/** The part of JSON Schema (draft 2020-12) that scripts/generate/schema.ts writes. */
export interface JsonSchema {
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: boolean | JsonSchema;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly prefixItems?: readonly JsonSchema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly oneOf?: readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
}

/** From the top of the document: keys of objects, indices of lists. */
export type JsonPath = readonly (string | number)[];

export interface KeyChoice {
  readonly key: string;
  readonly isRequired: boolean;
  readonly description: string;
  /** `"tlv" | "struct"`, `whole number, 1 to 8` */
  readonly values: string;
  /** What a value of it begins with: `{}`, `[]`, `""`, or a value where there is only one; '' = nothing is known. */
  readonly start: string;
}

export interface ValueChoice {
  /** JSON text. */
  readonly json: string;
  readonly description: string;
}

/** Deeper references are a circle. */
const MAX_DEPTH = 32;
const SHOWN_VALUES = 8;

export class JsonGuide {
  readonly #root: JsonSchema;

  constructor(root: JsonSchema) {
    this.#root = root;
  }

  /** Keys that may stand in the object at `path`, those that must first; `document` is what is written so far. */
  keys(document: unknown, path: JsonPath): KeyChoice[] {
    const choices = new Map<string, KeyChoice>();
    for (const schema of this.#at(document, path)) {
      for (const [key, property] of Object.entries(schema.properties ?? {})) {
        if (choices.has(key)) continue;
        const plain = this.#plain(property);
        choices.set(key, {
          key,
          isRequired: schema.required?.includes(key) ?? false,
          description: this.#describe(property),
          values: valuesText(plain),
          start: startOf(plain),
        });
      }
    }
    return [...choices.values()].sort((a, b) => Number(b.isRequired) - Number(a.isRequired));
  }

  /** Values that may stand at `path`, where they can be counted. */
  values(document: unknown, path: JsonPath): ValueChoice[] {
    const choices = new Map<string, ValueChoice>();
    for (const schema of this.#at(document, path)) {
      for (const value of literalsOf(schema)) {
        const json = JSON.stringify(value);
        if (!choices.has(json)) choices.set(json, { json, description: schema.description ?? '' });
      }
      if (schema.type === 'object' && !choices.has('{}')) {
        choices.set('{}', { json: '{}', description: schema.description ?? '' });
      }
    }
    return [...choices.values()];
  }

  /** What the value at `path` means; '' = nothing is said. */
  describe(document: unknown, path: JsonPath): string {
    const key = path.at(-1);
    const parents = this.#at(document, path.slice(0, -1));
    for (const schema of parents) {
      const property = typeof key === 'string' ? schema.properties?.[key] : schema.items;
      const text = property === undefined ? '' : this.#describe(property);
      if (text !== '') return text;
    }
    return this.#at(document, path)[0]?.description ?? '';
  }

  /** The schemas, without references and alternatives, that the value at `path` may follow. */
  #at(document: unknown, path: JsonPath): JsonSchema[] {
    let schemas = this.#fitting([this.#root], document);
    let value = document;
    for (const step of path) {
      value = childOf(value, step);
      schemas = this.#fitting(
        schemas.flatMap((schema) => childSchemas(schema, step)),
        value,
      );
    }
    return schemas;
  }

  #fitting(schemas: readonly JsonSchema[], value: unknown): JsonSchema[] {
    const plain = this.#plain(...schemas);
    const fitting = plain.filter((schema) => this.#fits(schema, value));
    // While nothing fits, everything is a way to go on.
    return fitting.length > 0 ? fitting : plain;
  }

  /** References followed, alternatives spread out. */
  #plain(...schemas: readonly JsonSchema[]): JsonSchema[] {
    const found: JsonSchema[] = [];
    const walk = (schema: JsonSchema, depth: number): void => {
      if (depth > MAX_DEPTH) return;
      const { $ref, oneOf, anyOf, allOf } = schema;
      const inside = [...(oneOf ?? []), ...(anyOf ?? []), ...(allOf ?? [])];
      if ($ref !== undefined) {
        const target = this.#root.$defs?.[$ref.replace('#/$defs/', '')];
        if (target !== undefined) walk(target, depth + 1);
      }
      for (const one of inside) walk(one, depth + 1);
      if ($ref === undefined && inside.length === 0) found.push(schema);
    };
    for (const schema of schemas) walk(schema, 0);
    return found;
  }

  /** Whether what is written contradicts it: the kind of value, and members that may have one of few values. */
  #fits(schema: JsonSchema, value: unknown): boolean {
    if (value === undefined || value === null) return true;
    if (schema.type !== undefined && !isOfType(value, schema.type)) return false;
    if (!isObject(value)) return true;
    return Object.entries(schema.properties ?? {}).every(([key, property]) => {
      const member = value[key];
      if (member === undefined || member === null || member === '') return true;
      const options = this.#plain(property);
      const allowed = options.flatMap(literalsOf);
      return allowed.length === 0 || allowed.length < options.length || allowed.includes(member);
    });
  }

  #describe(schema: JsonSchema): string {
    return schema.description ?? this.#plain(schema)[0]?.description ?? '';
  }
}

function literalsOf(schema: JsonSchema): readonly unknown[] {
  if (schema.const !== undefined) return [schema.const];
  return schema.enum ?? (schema.type === 'boolean' ? [true, false] : []);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isOfType(value: unknown, type: string): boolean {
  switch (type) {
    case 'object':
      return isObject(value);
    case 'array':
      return Array.isArray(value);
    case 'integer':
      return typeof value === 'number';
    default:
      return typeof value === type;
  }
}

function childOf(value: unknown, step: string | number): unknown {
  if (typeof step === 'number') return Array.isArray(value) ? (value[step] as unknown) : undefined;
  return isObject(value) ? value[step] : undefined;
}

function childSchemas(schema: JsonSchema, step: string | number): JsonSchema[] {
  if (typeof step === 'number') {
    const item = schema.prefixItems?.[step] ?? schema.items;
    return item === undefined ? [] : [item];
  }
  const property = schema.properties?.[step];
  if (property !== undefined) return [property];
  return typeof schema.additionalProperties === 'object' ? [schema.additionalProperties] : [];
}

function valuesText(schemas: readonly JsonSchema[]): string {
  const words = new Set<string>();
  for (const schema of schemas) {
    const literals = literalsOf(schema);
    if (literals.length > 0) for (const value of literals) words.add(JSON.stringify(value));
    else words.add(typeText(schema));
  }
  const shown = [...words].filter((word) => word !== '');
  return `${shown.slice(0, SHOWN_VALUES).join(' | ')}${shown.length > SHOWN_VALUES ? ' | …' : ''}`;
}

function typeText({ type, minimum, maximum }: JsonSchema): string {
  switch (type) {
    case 'string':
      return 'text';
    case 'array':
      return 'list';
    case 'integer':
    case 'number':
      return minimum === undefined || maximum === undefined ? 'number' : `number, ${minimum} to ${maximum}`;
    default:
      return type ?? '';
  }
}

function startOf(schemas: readonly JsonSchema[]): string {
  const literals = schemas.flatMap(literalsOf);
  if (literals.length === 1 && schemas.length === 1) return JSON.stringify(literals[0]);
  const [first] = schemas;
  if (first === undefined) return '';
  if (schemas.every(({ type }) => type === 'object')) return '{}';
  if (schemas.every(({ type }) => type === 'array')) return '[]';
  if (schemas.every(({ type }) => type === 'string') || literals.every((one) => typeof one === 'string')) {
    return first.type === 'integer' || first.type === 'number' ? '' : '""';
  }
  return '';
}
