import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  between,
  dragged,
  gripAt,
  lengthOf,
  nearestWithEvents,
  panned,
  viewAround,
  within,
  zoomed,
  type Span,
} from './view.ts';

const START = 1_795_392_000_000_000_000n;
const WHOLE: Span = { from: START, to: START + 10_000_000_000n - 1n };

const times = fc.bigInt(START - 1_000_000n, WHOLE.to + 1_000_000n);
const views = fc.tuple(times, times).map(([a, b]) => between(a, b, WHOLE));
const inside = ({ from, to }: Span): void => {
  expect(from).toBeGreaterThanOrEqual(WHOLE.from);
  expect(to).toBeLessThanOrEqual(WHOLE.to);
  expect(from).toBeLessThanOrEqual(to);
};

describe('a view of the timeline', () => {
  it('stays within the capture, however it is zoomed and moved', () => {
    fc.assert(
      fc.property(
        views,
        fc.array(
          fc.tuple(fc.double({ min: 0.1, max: 4, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true })),
        ),
        fc.double({ min: -3, max: 3, noNaN: true }),
        (first, steps, by) => {
          let view: Span = first;
          for (const [factor, share] of steps) {
            view = zoomed(view, WHOLE, factor, share) ?? WHOLE;
            inside(view);
          }
          const moved = panned(view, WHOLE, by);
          inside(moved);
          expect(lengthOf(moved)).toBe(lengthOf(view));
        },
      ),
    );
  });

  it('keeps the time under the pointer when it is zoomed, to the nanosecond', () => {
    const view = zoomed(WHOLE, WHOLE, 0.5, 0.5)!;
    expect(view).toEqual({ from: START + 2_500_000_000n, to: START + 7_500_000_000n - 1n });
    expect(zoomed(view, WHOLE, 2, 0.5)).toBeNull();
    expect(lengthOf(zoomed(view, WHOLE, 1e-12, 0.5)!)).toBe(100n);
  });

  it('shows a chosen time with air around it, or all', () => {
    const brush = { from: START + 800n, to: START + 1599n };
    expect(viewAround(brush, WHOLE)).toEqual({ from: START + 700n, to: START + 1699n });
    expect(viewAround(WHOLE, WHOLE)).toBeNull();
  });
});

describe('the brush', () => {
  it('is taken by its edges, its middle, or begun anew', () => {
    const brush = { from: 100, to: 200 };
    expect([50, 97, 104, 150, 199, 206].map((x) => gripAt(x, brush, 5))).toEqual([
      'new',
      'from',
      'from',
      'move',
      'to',
      'new',
    ]);
    expect(gripAt(150, null, 5)).toBe('new');
  });

  it('never leaves the capture, and keeps its length when it is moved', () => {
    const brush = { from: START + 100n, to: START + 299n };
    fc.assert(
      fc.property(fc.constantFrom('new', 'move', 'from', 'to'), times, times, (grip, at, now) => {
        const next = dragged(grip, brush, at, now, WHOLE);
        inside(next);
        if (grip === 'move') expect(lengthOf(next)).toBe(200n);
      }),
    );
    expect(dragged('from', brush, brush.from, START + 400n, WHOLE)).toEqual({
      from: START + 299n,
      to: START + 400n,
    });
    expect(within({ from: START - 50n, to: START + 49n }, WHOLE)).toEqual({ from: START, to: START + 99n });
  });

  it('hovers a bar from nearby, and nothing where none is near', () => {
    const events = [0, 4, 0, 0, 0, 0, 7, 0];
    expect([0, 1, 2, 3, 4, 5, 7].map((bin) => nearestWithEvents(events, bin, 2))).toEqual([
      1, 1, 1, 1, 6, 6, 6,
    ]);
    expect(nearestWithEvents(events, 3, 1)).toBe(3);
    expect(nearestWithEvents([], 0, 9)).toBe(0);
  });
});
