/**
 * For tests of the judge: a result held against its scenario with one thing changed at a time, which must be noticed. What
 * cannot fail is no check.
 */
import { HOP_STATE_NAMES } from '#core/diagnosis/types.ts';
import { holdsFor, judge, judgedPackets } from './judge.ts';
import type { Expectation, Scenario, ScenarioResult } from './types.ts';

/** An expectation and a ratio of a scenario that hold for the result, by their places in it. */
export interface Judged {
  readonly expect: readonly number[];
  readonly ratios: readonly number[];
}

export function judgedIn({ expect, ratios = [] }: Scenario, result: ScenarioResult): Judged {
  const held = (all: readonly Parameters<typeof holdsFor>[0][]): number[] =>
    [...all.keys()].filter((i) => holdsFor(all[i]!, result));
  return { expect: held(expect), ratios: held(ratios) };
}

/** The changes that the judge does not notice; [] = none. The result must be as expected, and be one at all. */
export function unnoticed(scenario: Scenario, result: ScenarioResult): string[] {
  const passes = (changed: Partial<Scenario>, of: Partial<ScenarioResult> = {}): boolean =>
    judge({ ...scenario, ...changed }, { ...result, ...of }).length === 0;
  return [
    ...expectationChanges(scenario, result),
    ...summaryChanges(scenario, result),
    ...lineChanges(scenario),
    ...resultChanges(scenario, result),
  ]
    .filter(({ scenario: changed, result: of }) => passes(changed ?? {}, of))
    .map(({ what }) => what);
}

interface Change {
  readonly what: string;
  readonly scenario?: Partial<Scenario>;
  readonly result?: Partial<ScenarioResult>;
}

/** The same expectation, each time with one thing that is not so. */
function broken(one: Expectation): [what: string, Expectation][] {
  const other = one.state === 'lost' ? 'suspect' : 'lost';
  // The last digit that something determines.
  const area = (sequence: number): string => {
    const right = one.area(sequence);
    const last = /[0-9a-f](?=\.*$)/.exec(right);
    if (last === null) return '00';
    return right.slice(0, last.index) + (last[0] === '0' ? '1' : '0') + right.slice(last.index + 1);
  };
  return [
    ['hop', { ...one, at: `${one.at}x` }],
    ['state', { ...one, state: other }],
    ['cause', { ...one, cause: one.cause === 'unknown' ? 'copy' : 'unknown' }],
    ['writer', { ...one, writer: `${one.writer ?? ''}x` }],
    ['area', { ...one, area }],
    ['shorter area', { ...one, area: (sequence) => one.area(sequence).slice(2) || '..' }],
    ['drop reason', { ...one, drop: `${one.drop ?? ''}X` }],
    ['program that read', { ...one, truth: 'nowhere' }],
    ['packets', { ...one, packets: [1000, 1001] }],
    ['no packets', { ...one, packets: [2, 1] }],
    ...(one.cause === undefined
      ? []
      : ([['known', { ...one, known: one.known === 'rule' ? 'seen' : 'rule' }]] as [string, Expectation][])),
  ];
}

function expectationChanges(scenario: Scenario, result: ScenarioResult): Change[] {
  const judged = judgedIn(scenario, result);
  const { expect, ratios = [] } = scenario;
  return [
    ...judged.expect.flatMap((i) =>
      broken(expect[i]!).map(([what, wrong]) => ({
        what: `${expect[i]!.at}: ${what}`,
        scenario: { expect: expect.with(i, wrong) },
      })),
    ),
    ...judged.ratios.map((i) => {
      const { upTo } = ratios[i]!;
      const wrong = { ...ratios[i]!, from: upTo + 1, upTo: upTo + 2 };
      return { what: `ratio ${i}`, scenario: { ratios: ratios.with(i, wrong) } };
    }),
  ];
}

/** A row more, a row less, another number. */
function summaryChanges({ losses }: Scenario, { kernel }: ScenarioResult): Change[] {
  const lines = losses(kernel);
  const changed = (what: string, other: readonly string[]): Change => ({
    what: `summary: ${what}`,
    scenario: { losses: () => other },
  });
  return [
    changed('a row more', [...lines, 'lab0:nf/forward lost copy implied * 1']),
    ...lines.flatMap((line, i) => [
      changed(`without ${line}`, lines.toSpliced(i, 1)),
      changed(`other number: ${line}`, lines.with(i, line.replace(/\d+$/, '0'))),
    ]),
  ];
}

/** An application says otherwise, or a TLV is in another place. */
function lineChanges(scenario: Scenario): Change[] {
  return (['said', 'places'] as const).flatMap((what) => {
    const lines = scenario[what] ?? [];
    return lines.flatMap((line, i) => [
      { what: `${what}: without ${line}`, scenario: { [what]: lines.toSpliced(i, 1) } },
      { what: `${what}: another for ${line}`, scenario: { [what]: lines.with(i, 'something else') } },
    ]);
  });
}

/** The capture or a program says otherwise. */
function resultChanges(scenario: Scenario, result: ScenarioResult): Change[] {
  const { sightings, counters } = result;
  const judged = judgedIn(scenario, result);
  return [
    { what: 'lost events', result: { problems: ['7 events were lost'] } },
    ...judged.expect.flatMap((i): Change[] => {
      const one = scenario.expect[i]!;
      const [sequence] = judgedPackets(scenario, one);
      const at = sightings.findIndex((seen) => seen.at === one.at && seen.sequence === sequence);
      const seen = sightings[at]!;
      const state = HOP_STATE_NAMES.find((name) => name !== seen.state)!;
      return [
        { what: `${one.at}: not seen`, result: { sightings: sightings.toSpliced(at, 1) } },
        { what: `${one.at}: seen twice`, result: { sightings: [...sightings, seen] } },
        { what: `${one.at}: seen ${state}`, result: { sightings: sightings.with(at, { ...seen, state }) } },
        ...truthChanges(one, sequence!, result),
      ];
    }),
    // Those that a ratio asks for: where it must be 0, any other number is wrong.
    ...judged.ratios.flatMap((i) => {
      const { of, to } = scenario.ratios![i]!;
      return [of, to].flatMap((quantity): Change[] => {
        if (!('counter' in quantity)) return [];
        const other = counters[quantity.counter] === 0 ? 1000 : 0;
        return [
          {
            what: `counter ${quantity.counter}`,
            result: { counters: counters.with(quantity.counter, other) },
          },
        ];
      });
    }),
  ];
}

function truthChanges(one: Expectation, sequence: number, { truth }: ScenarioResult): Change[] {
  if (one.truth === undefined) return [];
  const read = truth.findIndex((each) => each.point === one.truth && each.sequence === sequence);
  return (['pointer', 'dynptr'] as const)
    .filter((way) => truth[read]![way] !== null)
    .map((way) => ({
      what: `${one.truth} reads otherwise by ${way}`,
      result: { truth: truth.with(read, { ...truth[read]!, [way]: 'ff' }) },
    }));
}
