/** Where in a JSON text an error of a schema is: the dialog selects the characters it is about. Pure. */
import { spanInJson } from '#core/metadata/json-path.ts';

export interface JsonPlace {
  readonly from: number;
  readonly to: number;
  /** From 1. */
  readonly line: number;
  readonly column: number;
}

function placeOf(text: string, from: number, to: number): JsonPlace {
  const before = text.slice(0, from);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { from, to, line: before.split('\n').length, column: from - lineStart + 1 };
}

/** The value at `path`, or its nearest ancestor that exists (a missing member has no place of its own). */
export function locate(text: string, path: string): JsonPlace {
  const { from, to } = spanInJson(text, path);
  return placeOf(text, from, to);
}

/** The character at a line and column, both from 1, as `findJsonFault` counts. */
export function placeAt(text: string, line: number, column: number): JsonPlace {
  let from = 0;
  for (let n = 1; n < line && from >= 0; n++) from = text.indexOf('\n', from) + 1;
  from = Math.min(text.length, from + column - 1);
  return { from, to: Math.min(text.length, from + 1), line, column };
}
