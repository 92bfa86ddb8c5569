/** Errors of a schema at their place in the text, each with what to do about it. Pure. */
import { distance } from 'fastest-levenshtein';
import { stepsOf } from '#core/metadata/json-path.ts';
import type { SchemaResult } from '#workers/api.ts';
import type { JsonGuide } from './json-guide.ts';
import { locate, placeAt, type JsonPlace } from './locate.ts';

export interface Finding {
  readonly place: JsonPlace;
  /** What is wrong, with the path. */
  readonly cause: string;
  /** What to do, or what the key means; '' = the cause says it. */
  readonly remedy: string;
}

/** A key further away than this is another word. */
const MAX_DISTANCE = 3;
const UNKNOWN_KEY = /^is not a key that is known here; known are: (.*)$/;
const POSITION = /^line (\d+), column (\d+)$/;

/** `guide` null = the published schema has not come (yet): then without what keys mean. */
export function findingsOf(
  text: string,
  errors: SchemaResult['errors'],
  guide: JsonGuide | null,
): readonly Finding[] {
  const document = parsed(text);
  return errors.map(({ path, message }) => {
    const position = POSITION.exec(path);
    if (position !== null) {
      const place = placeAt(text, Number(position[1]), Number(position[2]));
      return { place, cause: message, remedy: '' };
    }
    const steps = path.startsWith('(') ? [] : stepsOf(path);
    const unknown = UNKNOWN_KEY.exec(message);
    const remedy =
      unknown === null
        ? remedyOf(message, steps, guide?.describe(document, steps) ?? '')
        : nearest(String(steps.at(-1)), unknown[1]!.split(', '));
    const cause = `${steps.length === 0 ? 'the schema' : path} ${message}`;
    return { place: markOf(text, path, unknown !== null), cause, remedy };
  });
}

function remedyOf(message: string, steps: readonly (string | number)[], meaning: string): string {
  const key = steps.at(-1);
  if (message === 'is required') return `Add "${String(key)}"${meaning === '' ? '.' : `: ${meaning}`}`;
  return meaning === '' ? '' : `${String(key)}: ${meaning}`;
}

function nearest(key: string, known: readonly string[]): string {
  const [best] = known
    .map((one) => ({ one, far: distance(one.toLowerCase(), key.toLowerCase()) }))
    .sort((a, b) => a.far - b.far);
  return best !== undefined && best.far <= MAX_DISTANCE
    ? `Did you mean “${best.one}”?`
    : 'Remove it, or complete one with Ctrl-Space.';
}

/** Of an object or a list its first character: all of it underlined says less. Of a key that is too many, the key. */
function markOf(text: string, path: string, isKey: boolean): JsonPlace {
  const place = locate(text, path);
  const first = text[place.from];
  if (isKey) {
    const key = /"(?:[^"\\]|\\.)*"\s*:\s*$/.exec(text.slice(0, place.from));
    if (key !== null) return placeOfKey(text, key.index, place.from);
  }
  return first === '{' || first === '[' ? { ...place, to: place.from + 1 } : place;
}

function placeOfKey(text: string, from: number, before: number): JsonPlace {
  const end = text.slice(from, before).lastIndexOf('"') + 1;
  const line = text.slice(0, from).split('\n').length;
  return { from, to: from + end, line, column: from - text.lastIndexOf('\n', from - 1) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
