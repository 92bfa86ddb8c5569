/** What a filter asks of a share in place of what it asks of the capture: a name of the share, at the same things. */
import { nameTest } from '#core/query/fields/names.ts';
import type { Literal } from '#core/query/syntax.ts';

/** Whatever a thing may be asked for by, in the capture and in the share. */
export interface Renamed {
  readonly before: readonly string[];
  readonly after: readonly string[];
}

export interface AskedName {
  readonly literal: Literal;
  /** Of a name, as `~` asks; else it is all of one. */
  readonly part: boolean;
  /** It is nobody's name, whatever the capture has. */
  readonly isWord: boolean;
}

/**
 * A public word as it is, else one of the share's names, that passes the same of the `things` in the share as of the capture. null = there is
 * none: it is no name of the capture, a part of one, or of several that the share tells apart.
 */
export function sharedName({ literal, part, isWord }: AskedName, things: readonly Renamed[]): string | null {
  const test = (text: string) => nameTest({ operator: part ? '~' : '==', values: [{ ...literal, text }] });
  const passes = test(literal.text);
  const asked = things.map(({ before }) => passes(before));
  const isSame = (text: string): boolean => {
    const passesThere = test(text);
    return things.every(({ after }, i) => passesThere(after) === asked[i]);
  };
  if (isWord && isSame(literal.text)) return literal.text;
  const one = part ? undefined : things[asked.indexOf(true)];
  return one?.after.find(isSame) ?? null;
}
