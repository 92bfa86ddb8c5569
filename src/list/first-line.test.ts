import { describe, expect, it } from 'vitest';
import { firstLine } from './first-line.ts';

describe('the first line of a note', () => {
  it.each([
    ['**Look** here\nand there', 'Look here'],
    ['\n\n# The *third* packet', 'The third packet'],
    ['- see [the patch](https://example.org/p) first', 'see the patch first'],
    ['```c\nint x;\n```', 'int x;'],
    ['`pskb_expand_head` loses trace_id and skb_ext', 'pskb_expand_head loses trace_id and skb_ext'],
    ['2 * 3 * 4 == 24', '2 * 3 * 4 == 24'],
    ['  \n', ''],
  ])('of %j is %j', (note, line) => {
    expect(firstLine(note)).toBe(line);
  });
});
