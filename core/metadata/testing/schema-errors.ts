/** What is wrong with a schema, for its tests. */
import { parseSchema } from '../schema.ts';
import { EDGE } from './schemas.ts';

/** `path: message` of each error of a text, [] = it is a schema. */
export function errorsOf(text: string): string[] {
  const parsed = parseSchema(text);
  return parsed.ok ? [] : parsed.errors.map(({ path, message }) => `${path}: ${message}`);
}

/** The same of a schema that is EDGE with these keys replaced. */
export function errorsWith(changes: Record<string, unknown>): string[] {
  return errorsOf(JSON.stringify({ ...EDGE, ...changes }));
}

/** A type with these keys replaced. */
export const typeWith = (changes: Record<string, unknown>): unknown => ({
  type: 9,
  name: 'x',
  kind: 'uint',
  ...changes,
});

/** For `errorsWith`: the framing of EDGE with these keys replaced. */
export const framingWith = (changes: Record<string, unknown>): Record<string, unknown> => ({
  framing: { ...EDGE.framing, ...changes },
});
