import { describe, expect, it } from 'vitest';
import { findingOf } from './finding.ts';
import { SCENARIOS } from './list.ts';
import { stamp } from './network.ts';
import { notPossible, type Scenario, type ScenarioResult, type Sighting, type SurvivalRow } from './types.ts';

const AT = 'out0:tcx/egress@first';
const ROW: SurvivalRow = { operation: 'forwarded', at: AT };
const SCENARIO = { ...SCENARIOS[0]!, packets: 2, survival: [ROW] } satisfies Scenario;

function sighting(sequence: number, changed: Partial<Sighting>): Sighting {
  return {
    sequence,
    journey: sequence,
    at: AT,
    state: 'present',
    cause: 'none',
    known: 'unknown',
    writer: '',
    area: stamp(sequence),
    drop: '',
    ...changed,
  };
}

const of = (sightings: readonly Sighting[], row: SurvivalRow = ROW, counters: readonly number[] = []) => {
  const result: ScenarioResult = { ...notPossible(''), notPossible: null, sightings, counters };
  return findingOf(SCENARIO, row, result);
};
const both = (changed: (sequence: number) => Partial<Sighting>): Sighting[] =>
  [1, 2].map((sequence) => sighting(sequence, changed(sequence)));

describe('the finding of a row', () => {
  it('is the kernel’s own word where it is not possible', () => {
    expect(findingOf(SCENARIO, ROW, notPossible('Unknown device type'))).toEqual({
      outcome: 'not possible',
      note: 'Unknown device type',
    });
    const refused = { counter: 1, reason: 'refused' };
    expect(
      of(
        both(() => ({ area: '' })),
        { ...ROW, refused },
        [0, 2],
      ),
    ).toEqual({
      outcome: 'not possible',
      note: 'refused',
    });
  });

  it('survives with the same bytes, is moved when they were, lost without', () => {
    expect(of(both(() => ({})))).toEqual({ outcome: 'survives' });
    expect(of(both(() => ({ state: 'moved', cause: 'helperMoved' })))).toEqual({
      outcome: 'moved',
      note: 'helperMoved',
    });
    expect(of(both(() => ({ state: 'lost', cause: 'copy', area: '' })))).toEqual({
      outcome: 'lost',
      note: 'copy',
    });
  });

  it('names the bytes that were overwritten, of all packets together', () => {
    const area = (sequence: number): string =>
      `${sequence === 1 ? 'ff' : '01'}${stamp(sequence).slice(2, -4)}0000`;
    const found = of(both((n) => ({ state: 'clobbered', cause: 'neighbourHeader', area: area(n) })));
    expect(found).toEqual({ outcome: 'clobbered', note: 'bytes 0 and 14–15 of 16; neighbourHeader' });
  });

  it('is stale where a length points to something else, or is of an earlier hop', () => {
    const elsewhere = of(both(() => ({ state: 'suspect', cause: 'macForward', area: '00'.repeat(16) })));
    expect(elsewhere).toEqual({ outcome: 'stale', note: 'macForward' });
    expect(of(both(() => ({ cause: 'staleLength' })))).toEqual({ outcome: 'stale', note: 'staleLength' });
  });

  it('goes by what happened last on the way, in the same journey', () => {
    const way = both(() => ({ at: 'in0:nf/forward', state: 'clobbered', cause: 'headerPushed', area: '00' }));
    const end = both(() => ({ state: 'suspect', cause: 'macBackward', area: '00'.repeat(16) }));
    expect(of([...way, ...end])).toEqual({ outcome: 'stale', note: 'macBackward' });
  });

  it('fails where packets fared differently, or one was not seen', () => {
    const differently = both((n) => (n === 1 ? {} : { state: 'lost', area: '' }));
    expect(() => of(differently)).toThrow('survives and lost at once');
    expect(() => of([sighting(1, {})])).toThrow('has not seen packet 2');
  });
});

it('operations are named once', () => {
  const operations = SCENARIOS.flatMap(({ survival }) => survival.map(({ operation }) => operation));
  expect(operations.length).toBeGreaterThan(SCENARIOS.length - 1);
  expect(new Set(operations).size).toBe(operations.length);
});
