import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Timeline } from '#workers/api.ts';
import { barPath, barsOf, gapLabels, gapSpans } from './bars.ts';

const timeline = (events: number[], withMetadata = events.map(() => 0)): Timeline => ({
  startNs: '1000',
  endNs: '2000',
  events: Uint32Array.from(events),
  withMetadata: Uint32Array.from(withMetadata),
  lost: new Uint32Array(events.length),
  drops: new Uint32Array(events.length),
});

describe('the timeline', () => {
  it('keeps every event when buckets are merged', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(1000), { maxLength: 512 }),
        fc.integer({ min: 1, max: 600 }),
        (events, most) => {
          const bars = barsOf(timeline(events), most);
          expect(bars.length).toBeLessThanOrEqual(most);
          expect(bars.reduce((sum, bar) => sum + bar.events, 0)).toBe(events.reduce((a, b) => a + b, 0));
        },
      ),
    );
  });

  it('puts a gap where it was, with its number', () => {
    const gaps = [{ hop: 0, cause: 'ring full', count: 312, leftOut: false, fromNs: '1250', toNs: '1500' }];
    expect(gapSpans(gaps, timeline([1]))).toEqual([
      { key: '0', from: 0.25, to: 0.5, count: 312, causes: ['ring full'] },
    ]);
  });

  it('marks no place for what sampling left out', () => {
    const left = { hop: null, cause: 'sampling', count: 9, leftOut: true, fromNs: '1000', toNs: '2000' };
    const lost = { hop: null, cause: 'ring full', count: 1, leftOut: false, fromNs: '1500', toNs: '1750' };
    expect(gapSpans([left, lost], timeline([1]))).toEqual([
      { key: '0', from: 0.5, to: 0.75, count: 1, causes: ['ring full'] },
    ]);
  });

  it('adds up gaps that touch, and does not invent a number for an unknown one', () => {
    const gap = (fromNs: string, toNs: string, count: number | null) => ({
      hop: null,
      cause: 'x',
      count,
      leftOut: false,
      fromNs,
      toNs,
    });
    expect(gapSpans([gap('1000', '1100', 5), gap('1100', '1200', 7)], timeline([1]))[0]?.count).toBe(12);
    expect(gapSpans([gap('1000', '1100', 5), gap('1100', '1200', null)], timeline([1]))[0]?.count).toBeNull();
  });

  it('puts labels beside their gaps, never over each other', () => {
    const span = (from: number, to: number) => ({ key: String(from), from, to, count: null, causes: [] });
    expect(gapLabels([span(0.1, 0.2), span(0.22, 0.23), span(0.9, 1)], 1000, 6)).toEqual([
      { x: 204, anchor: 'start' },
      null,
      { x: 896, anchor: 'end' },
    ]);
  });

  it('draws nothing for nothing, and at least a pixel for one event', () => {
    expect(barPath([], 1, 100, 20, 0)).toBe('');
    expect(barPath([0, 0], 1, 100, 20, 0)).toBe('');
    expect(barPath([1], 1_000_000, 10, 20, 0)).toBe('M0.0,20v-1.0h9.0V20z');
  });
});
