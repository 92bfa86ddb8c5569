/** Where in JSON text the value is that a path names: an error of a schema points at what it is about. */
import { positionIn, type JsonPosition } from './json-position.ts';

/**
 * The characters [from, to) of the value at `path` (as SchemaError prints it: `types[2].names["7"]`), or of the nearest
 * around it that is there: a key that is missing has no place of its own. `text` must be JSON; in other text it is some
 * place.
 */
export function spanInJson(text: string, path: string): { readonly from: number; readonly to: number } {
  let from = skipSpace(text, 0);
  for (const step of stepsOf(path)) {
    const child = childOf(text, from, step);
    if (child < 0) break;
    from = child;
  }
  return { from, to: Math.max(from, Math.min(text.length, endOfValue(text, from))) };
}

/** Line and column where `spanInJson` begins. */
export function locateJson(text: string, path: string): JsonPosition {
  return positionIn(text, spanInJson(text, path).from);
}

const STEP = /\.?([A-Za-z_$][A-Za-z0-9_$]*)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]/y;

/** `types[2].names["7"]` as its steps: keys and indices. */
export function stepsOf(path: string): (string | number)[] {
  const steps: (string | number)[] = [];
  STEP.lastIndex = 0;
  for (let match = STEP.exec(path); match !== null; match = STEP.exec(path)) {
    const [, name, index, quoted] = match;
    if (index !== undefined) steps.push(Number(index));
    else steps.push(name ?? unquoted(quoted ?? '""'));
  }
  return steps;
}

/** Where the element or member `step` of the value at `at` begins, -1 when there is none. */
function childOf(text: string, at: number, step: string | number): number {
  const open = text[at];
  if (open !== (typeof step === 'number' ? '[' : '{')) return -1;
  let found = -1;
  let i = skipSpace(text, at + 1);
  for (let index = 0; i < text.length && text[i] !== '}' && text[i] !== ']'; index++) {
    let key: string | number = index;
    if (open === '{') {
      const end = endOfString(text, i);
      key = unquoted(text.slice(i, end));
      // Behind the colon.
      i = skipSpace(text, skipSpace(text, end) + 1);
    }
    // Of a key that is there twice JSON.parse takes the last.
    if (key === step) found = i;
    i = skipSpace(text, endOfValue(text, i));
    if (text[i] === ',') i = skipSpace(text, i + 1);
  }
  return found;
}

/** Always behind `at`. */
function endOfValue(text: string, at: number): number {
  let depth = 0;
  let i = at;
  do {
    const char = text[i];
    if (char === '"') i = endOfString(text, i);
    else {
      if (char === '{' || char === '[') depth++;
      if (char === '}' || char === ']') depth--;
      i++;
    }
  } while (i < text.length && (depth > 0 || !/[\s,}\]]/.test(text[i]!)));
  return i;
}

function endOfString(text: string, at: number): number {
  let i = at + 1;
  while (i < text.length && text[i] !== '"') i += text[i] === '\\' ? 2 : 1;
  return i + 1;
}

function skipSpace(text: string, at: number): number {
  let i = at;
  while (i < text.length && /[\s\ufeff]/.test(text[i]!)) i++;
  return i;
}

function unquoted(json: string): string {
  try {
    return String(JSON.parse(json));
  } catch {
    return json;
  }
}
