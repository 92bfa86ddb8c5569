import { expect, it } from 'vitest';
import { sidesOfFiles } from './sides-of-files.ts';

it.each<[string | null, string | null, readonly (number | undefined)[]]>([
  ['file == "a.pcapng"', 'file == "b.pcapng"', [1, 2, undefined]],
  ['file in {"B.pcapng", "c"}', 'file == "A.PCAPNG"', [2, 1, 1]],
  ['len > 40 and (file == "a.pcapng" or any(file == c))', 'not (file == "b.pcapng")', [1, 2, 1]],
  ['file == "a.pcapng"', null, [1, undefined, undefined]],
  // By no name, or by those of both.
  ['file ~ "a.pcapng"', 'file != "b.pcapng"', [undefined, undefined, undefined]],
  ['host == "a.pcapng"', 'tlv.verdict == c', [undefined, undefined, undefined]],
  ['file == c', 'file in {c, "b.pcapng"}', [undefined, 2, undefined]],
  // None that can be read, and none at all.
  ['file == (', '', [undefined, undefined, undefined]],
])('files are on the side that names them: %s and %s', (a, b, sides) => {
  const sideOf = sidesOfFiles({ a, b });
  expect(['a.pcapng', 'b.pcapng', 'c'].map((name) => sideOf(name).side)).toEqual(sides);
});
