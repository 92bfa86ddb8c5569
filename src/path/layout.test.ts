import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOOKS } from '#core/format/hooks.ts';
import { fakeHop, edgeHops } from '#src/testing/hops.ts';
import { BAND, edge, lay } from '#src/testing/path.ts';
import { CALLOUT_HEIGHT } from './callouts.ts';
import { kernelOrder } from './lanes.ts';
import { FIRST_LINE, firstRows, LINE_PX, printShare } from './layout.ts';

describe('what is drawn', () => {
  it('makes the band as high as its share of the busiest hop, and the metadata a share of the band', () => {
    const hops = [
      fakeHop({ index: 0, hook: 1, events: 100, withMetadata: 0 }),
      fakeHop({ index: 1, hook: 2, events: 50, withMetadata: 25 }),
      fakeHop({ index: 2, hook: 3, events: 1 }),
    ];
    const stations = lay(hops).rows[0]?.lanes[0]?.stations;
    expect(stations?.flatMap(({ counts }) => counts.map(({ band, meta }) => [band, meta]))).toEqual([
      [BAND, 0],
      [BAND / 2, BAND / 4],
      // Never hides a hop that saw a packet.
      [2, 0],
    ]);
  });

  it('is lower in a low window, where there are several rows, and nothing lies upon the row below', () => {
    const cause = {
      state: 'lost',
      cause: 'expandHead',
      operation: 'x',
      known: 'seen',
      count: 1,
      firstNs: '0',
    } as const;
    const hops = [1, 2].flatMap((netns) =>
      edgeHops('eth0', netns, 10 * (netns - 1)).map((hop) => ({ ...hop, causes: [cause] })),
    );
    const [high, low] = [
      lay(hops, [], [], { bandRoom: 400 }),
      lay(hops, [], [], { bandRoom: 400, dense: true }),
    ];
    expect(low.rows.length).toBeGreaterThan(1);
    expect(low.height).toBeLessThan(high.height - 30);
    for (const { y, height, foot } of low.rows) {
      const own = low.callouts.filter((one) => one.y >= y && one.y < y + height);
      expect(own.length).toBeGreaterThan(0);
      for (const one of own) expect(one.y + CALLOUT_HEIGHT).toBeLessThan(y + height);
      expect(foot + FIRST_LINE + LINE_PX).toBeLessThan(own[0]!.y);
    }
    const one = [fakeHop({ index: 0, hook: 1, events: 10 })];
    expect(lay(one, [], [], { dense: true })).toEqual(lay(one));
  });

  it('grows row by row to the whole, in its final places', () => {
    const layout = lay([...edgeHops('eth0', 1), ...edgeHops('eth1', 2, 10)], [edge(0, 8, 5)]);
    expect([1, 2, 4].map((rows) => firstRows(layout, rows).rows.length)).toEqual([1, 2, 4]);
    expect(firstRows(layout, 1).bends).toEqual([]);
    expect(firstRows(layout, 4)).toEqual(layout);
  });

  it('tells damage and its cause below the hop, none over another and all within the drawing', () => {
    const cause = {
      state: 'lost',
      cause: 'expandHead',
      operation: 'pskb_expand_head',
      known: 'rule',
      firstNs: '0',
    } as const;
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 4 }), fc.nat(3)), { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 500, max: 2500 }),
        (list, width) => {
          const hops = list.map(([hook, causes], index) =>
            fakeHop({
              index,
              hook,
              device: `eth${index % 3}`,
              events: 10,
              causes: Array.from({ length: causes }, (_, i) => ({ ...cause, count: i + 1 })),
            }),
          );
          const { callouts, rows, width: whole } = lay(hops, [], [], { width });
          expect(callouts).toHaveLength(list.reduce((sum, [, causes]) => sum + causes, 0));
          const bottom = Math.max(...rows.map(({ y, height }) => y + height));
          for (const one of callouts) {
            expect(one.x).toBeGreaterThanOrEqual(0);
            expect(one.x + one.width).toBeLessThanOrEqual(whole);
            expect(one.y).toBeLessThan(bottom);
            const over = callouts.filter(
              (other) =>
                other !== one &&
                other.y === one.y &&
                other.x < one.x + one.width &&
                one.x < other.x + other.width,
            );
            expect(over).toEqual([]);
          }
        },
      ),
    );
  });

  it('has every label before the next lane and the end of the drawing, and none over another', () => {
    const CHAR_PX = 6.4;
    const hooks = HOOKS.filter(({ lane }) => lane === 'rx' || lane === 'tx').map(({ id }) => id);
    const seen = fc.uniqueArray(fc.constantFrom(...hooks), { minLength: 1 });
    const next = fc.uniqueArray(fc.constantFrom(...hooks));
    fc.assert(
      fc.property(
        seen,
        next,
        fc.nat(10),
        fc.integer({ min: 320, max: 2500 }),
        (first, second, quiet, width) => {
          const at = (device: string, list: readonly number[], from: number) =>
            list.map((hook, i) => fakeHop({ index: from + i, hook, device, events: i < quiet ? 0 : 10 }));
          const hops = [...at('in0', first, 0), ...at('out0', second, first.length)];
          // So that lanes share a row where they can.
          const edges = hops.flatMap((_, i) => (i === 0 ? [] : [edge(i - 1, i, 10)]));
          const layout = lay(hops, edges, [], { width });
          for (const { lanes } of layout.rows) {
            const ends = new Map<number, number>();
            lanes.forEach(({ stations }, i) => {
              for (const { label, labelX, labelY, quiet: isQuiet } of stations) {
                const half = (label.length * CHAR_PX) / 2;
                expect(labelX + half).toBeLessThanOrEqual((lanes[i + 1]?.x ?? layout.width) + 1e-6);
                expect(labelX - half).toBeGreaterThanOrEqual((isQuiet ? 0 : (ends.get(labelY) ?? 0)) - 1e-6);
                if (!isQuiet) ends.set(labelY, labelX + half);
              }
            });
          }
        },
      ),
    );
  });

  it('keeps every mark inside the drawing and hops in order, for any counts', () => {
    const count = fc.nat(1_000_000);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 10 }), fc.nat(2), count, count), { maxLength: 30 }),
        fc.integer({ min: 200, max: 4000 }),
        (rows, width) => {
          const hops = rows.map(([hook, device, a, b], index) =>
            fakeHop({
              index,
              hook,
              device: `eth${device}`,
              events: Math.max(a, b),
              withMetadata: Math.min(a, b),
            }),
          );
          const layout = lay(hops, [], [], { width, all: true });
          let drawn = layout.ends.length;
          for (const end of layout.ends) expect(end.x).toBeLessThan(layout.width);
          for (const row of layout.rows) {
            expect(row.y + row.height).toBeLessThanOrEqual(layout.height + 1e-6);
            let x = 0;
            for (const station of row.lanes.flatMap((lane) => lane.stations)) {
              drawn++;
              expect(station.x).toBeGreaterThan(x);
              expect(station.x).toBeLessThan(layout.width);
              for (const { band, meta } of station.counts) {
                expect(band).toBeLessThanOrEqual(BAND);
                expect(meta).toBeLessThanOrEqual(band);
              }
              x = station.x;
            }
          }
          expect(drawn).toBe(hops.length);
          expect(kernelOrder(hops).length).toBe(hops.length);
        },
      ),
    );
  });

  it.each([
    [0, 0, '–'],
    [0, 10, '0 %'],
    [1, 1000, '<1 %'],
    [999, 1000, '>99 %'],
    [10, 10, '100 %'],
    [87, 100, '87 %'],
  ])('prints %i of %i as %s', (part, whole, text) => expect(printShare(part, whole)).toBe(text));
});
