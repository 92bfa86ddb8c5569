/** Where in a JSON text an error of a schema is: the dialog selects the characters it is about. Pure. */
import { spanInJson } from '#core/metadata/json-path.ts';

export interface JsonPlace {
  readonly from: number;
  readonly to: number;
  /** From 1. */
  readonly line: number;
  readonly column: number;
}

export function placeOf(text: string, from: number, to: number): JsonPlace {
  const before = text.slice(0, from);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { from, to, line: before.split('\n').length, column: from - lineStart + 1 };
}

/** The value at `path`, or its nearest ancestor that exists (a missing member has no place of its own). */
export function locate(text: string, path: string): JsonPlace {
  const { from, to } = spanInJson(text, path);
  return placeOf(text, from, to);
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
