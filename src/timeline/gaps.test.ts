import { describe, expect, it } from 'vitest';
import { gapLabels, gapSpans, gapText } from './gaps.ts';

const VIEW = { from: 1000n, to: 1999n };

describe('gaps', () => {
  it('puts a gap where it was, with its number', () => {
    const gaps = [{ hop: 0, cause: 'ring full', count: 312, leftOut: false, fromNs: '1250', toNs: '1500' }];
    expect(gapSpans(gaps, VIEW)).toEqual([
      { key: '0', from: 0.25, to: 0.5, count: 312, causes: ['ring full'], asked: false },
    ]);
  });

  it('marks no place for what sampling left out', () => {
    const left = { hop: null, cause: 'sampling', count: 9, leftOut: true, fromNs: '1000', toNs: '2000' };
    const lost = { hop: null, cause: 'ring full', count: 1, leftOut: false, fromNs: '1500', toNs: '1750' };
    expect(gapSpans([left, lost], VIEW)).toEqual([
      { key: '0', from: 0.5, to: 0.75, count: 1, causes: ['ring full'], asked: false },
    ]);
  });

  it('marks where the probe was started again as asked, and calls nothing of it missed', () => {
    const asked = { hop: null, cause: 'asked', count: null, leftOut: true, fromNs: '1250', toNs: '1500' };
    const lost = { hop: null, cause: 'ring full', count: null, leftOut: false, fromNs: '1400', toNs: '1500' };
    const [mark] = gapSpans([asked], VIEW);
    expect(mark).toEqual({ key: '0', from: 0.25, to: 0.5, count: null, causes: ['asked'], asked: true });
    expect(gapText(mark!)).toBe('restarted');
    expect(gapText(gapSpans([asked, lost], VIEW)[0]!)).toBe('? missed');
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
    expect(gapSpans([gap('1000', '1100', 5), gap('1100', '1200', 7)], VIEW)[0]?.count).toBe(12);
    expect(gapSpans([gap('1000', '1100', 5), gap('1100', '1200', null)], VIEW)[0]?.count).toBeNull();
  });

  it('puts labels beside their gaps, never over each other', () => {
    const span = (from: number, to: number) => ({
      key: String(from),
      from,
      to,
      count: null,
      causes: [],
      asked: false,
    });
    expect(gapLabels([span(0.1, 0.2), span(0.22, 0.23), span(0.9, 1)], 1000, 6)).toEqual([
      { x: 204, anchor: 'start' },
      null,
      { x: 896, anchor: 'end' },
    ]);
  });

  it('is not in a view of another time', () => {
    const gap = { hop: null, cause: 'ring full', count: 3, leftOut: false, fromNs: '100', toNs: '900' };
    expect(gapSpans([gap], VIEW)).toEqual([]);
    expect(gapSpans([{ ...gap, toNs: '1500' }], VIEW)[0]).toMatchObject({ from: 0, to: 0.5 });
  });
});
