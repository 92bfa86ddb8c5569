import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  clampTop,
  heldExtent,
  keepInView,
  maxTop,
  reveal,
  scrollOfTop,
  topOfScroll,
  trackHeight,
  wheelPixels,
  windowAt,
  type Extent,
} from './window.ts';

const extent: fc.Arbitrary<Extent> = fc.record({
  rows: fc.integer({ min: 0, max: 50_000_000 }),
  rowHeight: fc.constant(22),
  viewport: fc.integer({ min: 22, max: 2000 }),
});

describe('the list window', () => {
  it('never asks for a track that a browser would cut', () => {
    fc.assert(
      fc.property(extent, (list) => {
        expect(trackHeight(list)).toBeLessThanOrEqual(12_000_000);
      }),
    );
  });

  it('reaches the first and the last row of any list', () => {
    fc.assert(
      fc.property(extent, (list) => {
        expect(topOfScroll(0, list)).toBe(0);
        const end = topOfScroll(trackHeight(list), list);
        const { from, count } = windowAt(end, list, 0);
        expect(from + count).toBe(list.rows);
      }),
    );
  });

  it('keeps a position through the scrollbar and back, to less than a row', () => {
    fc.assert(
      fc.property(extent, fc.double({ min: 0, max: 1, noNaN: true }), (list, part) => {
        const top = part * maxTop(list);
        expect(Math.abs(topOfScroll(scrollOfTop(top, list), list) - top)).toBeLessThan(1);
      }),
    );
  });

  it('has every visible row in the window', () => {
    fc.assert(
      fc.property(extent, fc.nat(1_100_000_000), (list, wanted) => {
        const top = clampTop(wanted, list);
        const { from, count } = windowAt(top, list, 8);
        expect(from * list.rowHeight).toBeLessThanOrEqual(top);
        const bottom = Math.min(list.rows * list.rowHeight, top + list.viewport);
        expect((from + count) * list.rowHeight).toBeGreaterThanOrEqual(bottom);
        expect(from + count).toBeLessThanOrEqual(list.rows);
      }),
    );
  });

  it('turns the wheel as far in lines and pages as in pixels', () => {
    const list = { rows: 100, rowHeight: 20, viewport: 200 };
    expect([wheelPixels(60, 0, list), wheelPixels(3, 1, list), wheelPixels(-1, 2, list)]).toEqual([
      60, 60, -200,
    ]);
  });

  it('is held within an eighth of its length, and seldom gets another while it grows', () => {
    fc.assert(
      fc.property(extent, (list) => {
        const { rows } = heldExtent(list);
        expect(rows).toBeLessThanOrEqual(list.rows);
        expect(list.rows - rows).toBeLessThanOrEqual(list.rows / 8);
      }),
    );
    const lengths = new Set<number>();
    for (let rows = 100_000; rows < 200_000; rows += 100) {
      lengths.add(heldExtent({ rows, rowHeight: 20, viewport: 200 }).rows);
    }
    expect(lengths.size).toBeLessThanOrEqual(10);
  });

  it('moves as little as needed to show a row', () => {
    const list = { rows: 100, rowHeight: 20, viewport: 200 };
    expect(reveal(5, 0, list)).toBe(0);
    expect(reveal(10, 0, list)).toBe(20);
    expect(reveal(3, 400, list)).toBe(60);
    expect(reveal(99, 0, list)).toBe(1800);
  });

  it('keeps a row in view when what shows rows changes its height, and stays where it was for one that was not', () => {
    const high = { rows: 100, rowHeight: 20, viewport: 200 };
    const low = { ...high, viewport: 90 };
    expect(keepInView(9, 0, 200, low)).toBe(110);
    expect(keepInView(2, 0, 200, low)).toBe(0);
    expect(keepInView(50, 0, 200, low)).toBe(0);
    expect(keepInView(99, 1800, 200, low)).toBe(1910);
    fc.assert(
      fc.property(extent, fc.nat(), fc.nat(), fc.nat({ max: 2000 }), (list, row, top, viewport) => {
        const at = keepInView(row % Math.max(1, list.rows), top, viewport, list);
        expect(at).toBe(clampTop(at, list));
      }),
    );
  });
});
