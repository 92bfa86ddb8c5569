import { describe, expect, it } from 'vitest';
import { OffsetMap } from './offset-map.ts';

describe('OffsetMap', () => {
  it('is the identity until a beginning is known', () => {
    expect(new OffsetMap().toSource(7)).toBe(7);
  });

  it('follows every jump, and the last of several at one place', () => {
    const map = new OffsetMap();
    map.add(0, 1000);
    map.add(50, 1050);
    map.add(100, 5000);
    map.add(100, 6000);
    map.add(200, 9000);
    expect([0, 99, 100, 199, 200, 300].map((offset) => map.toSource(offset))).toEqual([
      1000, 1099, 6000, 6099, 9000, 9100,
    ]);
  });
});
