/**
 * Where in a JSON text a path is: an error of a schema points at the characters it is about. Accepts the
 * paths that validators print (`types[2].kind`, `/types/2/kind`, `$.types.2`). Pure.
 */

export interface JsonPlace {
  readonly from: number;
  readonly to: number;
  /** From 1. */
  readonly line: number;
  readonly column: number;
}

export function pathSegments(path: string): readonly string[] {
  return path
    .replace(/^\$/, '')
    .split(/[./[\]"']+/)
    .filter((segment) => segment !== '');
}

export function placeOf(text: string, from: number, to: number): JsonPlace {
  const before = text.slice(0, from);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { from, to, line: before.split('\n').length, column: from - lineStart + 1 };
}

const SPACE = /\s/;

/** The end of the value that begins at `at`, by brackets and strings alone: the text is valid JSON. */
function endOfValue(text: string, at: number): number {
  let depth = 0;
  let i = at;
  while (i < text.length) {
    const char = text[i];
    if (char === '"') {
      i = endOfString(text, i);
      if (depth === 0) return i;
      continue;
    }
    if (char === '{' || char === '[') depth++;
    if (char === '}' || char === ']') {
      if (depth === 0) return i;
      depth--;
      if (depth === 0) return i + 1;
    }
    if (depth === 0 && (char === ',' || SPACE.test(char ?? ''))) return i;
    i++;
  }
  return i;
}

function endOfString(text: string, at: number): number {
  let i = at + 1;
  while (i < text.length && text[i] !== '"') i += text[i] === '\\' ? 2 : 1;
  return i + 1;
}

function skipSpace(text: string, at: number): number {
  let i = at;
  while (i < text.length && SPACE.test(text[i] ?? '')) i++;
  return i;
}

/** Where the member or element `segment` of the value at `at` begins, -1 when there is none. */
function childOf(text: string, at: number, segment: string): number {
  const open = text[at];
  if (open !== '{' && open !== '[') return -1;
  let i = skipSpace(text, at + 1);
  for (let index = 0; i < text.length && text[i] !== '}' && text[i] !== ']'; index++) {
    let name = String(index);
    if (open === '{') {
      const end = endOfString(text, i);
      try {
        name = String(JSON.parse(text.slice(i, end)));
      } catch {
        return -1;
      }
      i = skipSpace(text, end);
      if (text[i] !== ':') return -1;
      i = skipSpace(text, i + 1);
    }
    if (name === segment) return i;
    i = skipSpace(text, endOfValue(text, i));
    if (text[i] === ',') i = skipSpace(text, i + 1);
  }
  return -1;
}

/** The value at `path`, or its nearest ancestor that exists (a missing member has no place of its own). */
export function locate(text: string, path: string): JsonPlace {
  let at = skipSpace(text, 0);
  for (const segment of pathSegments(path)) {
    const child = childOf(text, at, segment);
    if (child < 0) break;
    at = child;
  }
  return placeOf(text, at, Math.max(at, endOfValue(text, at)));
}

/** Where `JSON.parse` stopped, from the engine's message; null when the text is JSON. */
export function syntaxError(text: string): { readonly message: string; readonly place: JsonPlace } | null {
  try {
    JSON.parse(text);
    return null;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const position = /position (\d+)/.exec(message);
    const at = position === null ? text.length : Math.min(text.length, Number(position[1]));
    return { message, place: placeOf(text, at, Math.min(text.length, at + 1)) };
  }
}
