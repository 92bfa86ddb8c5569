import { describe, expect, it } from 'vitest';
import { middleInView } from './draw-heads.ts';
import { GUTTER } from './layout.ts';

describe('the name of a layer', () => {
  const layer = { name: 'netfilter', from: 200, to: 1000 };

  it('is in the middle of what is seen of the layer, right of the names of rows', () => {
    expect(middleInView(layer, { left: 0, width: 1200 })).toBe(600);
    expect(middleInView(layer, { left: 400, width: 400 })).toBe((400 + GUTTER + 800) / 2);
  });

  it('stays within the layer when that is nearly, or all, out of sight', () => {
    const inside = (left: number) => middleInView(layer, { left, width: 300 });
    expect(1000 - inside(930)).toBeCloseTo(4.5 * 6.4);
    expect(inside(930)).toBe(inside(5000));
    expect(middleInView(layer, { left: 0, width: 100 }) - 200).toBeCloseTo(4.5 * 6.4);
    expect(middleInView({ name: 'XDP', from: 10, to: 12 }, { left: 0, width: 100 })).toBe(11);
  });
});
