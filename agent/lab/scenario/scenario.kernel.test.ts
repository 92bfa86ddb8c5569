/** Every scenario on this kernel; and every expectation of it broken once, for a check that cannot fail is none. */
import { beforeAll, describe, expect, it } from 'vitest';
import { HOP_STATE_NAMES } from '#core/diagnosis/types.ts';
import { labNamespaces, until } from '../testing/host-state.ts';
import { requireKernel } from '../testing/require-kernel.ts';
import { holdsFor, judge, judgedPackets } from './judge.ts';
import { SCENARIOS } from './list.ts';
import { runScenario } from './run.ts';
import type { Expectation, Ratio, Scenario, ScenarioResult } from './types.ts';

const skip = requireKernel();

/**
 * One of each kind of topology, operation and expectation: the test run has ten minutes for everything. All of them:
 * `WHITHER_SCENARIOS=all npx vitest run --project kernel agent/lab/scenario`.
 */
const NAMES: ReadonlySet<string> = new Set([
  'socket-tcp6',
  'area-216',
  'area-217',
  'overrun',
  'two-writers',
  'drop',
  'clone-write',
  'adjust-room',
  'change-head',
  'vlan-push',
  'forward',
  'vxlan',
  'veth-xdp',
  'veth-xdp-rebuild',
  'redirect-peer',
  'gro-alike',
  'gro-unique',
  'shuffle',
]);
const chosen =
  process.env['WHITHER_SCENARIOS'] === 'all' ? SCENARIOS : SCENARIOS.filter(({ name }) => NAMES.has(name));

/** The same expectation, each time with one thing that is not so. */
function broken(one: Expectation): [what: string, Expectation][] {
  const other = one.state === 'lost' ? 'suspect' : 'lost';
  const area = (sequence: number): string => {
    const right = one.area(sequence);
    const last = right.at(-1) === '0' ? '1' : '0';
    return right === '' ? '00' : right.slice(0, -1) + last;
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

describe.skipIf(skip !== null)(`scenarios${skip === null ? '' : ` (${skip})`}`, () => {
  /** On this kernel, and so judged at all. */
  const ratiosOf = ({ ratios = [] }: Scenario, result: ScenarioResult): [number, Ratio][] =>
    [...ratios.entries()].filter(([, ratio]) => holdsFor(ratio, result));

  it('have names of their own', () => {
    expect(new Set(SCENARIOS.map(({ name }) => name)).size).toBe(SCENARIOS.length);
  });

  describe.each(chosen.map((scenario) => [scenario.name, scenario] as const))('%s', (_, scenario) => {
    let result: ScenarioResult;
    const judged = (changed: Partial<Scenario>, of: Partial<ScenarioResult> = {}): string[] =>
      judge({ ...scenario, ...changed }, { ...result, ...of });

    beforeAll(async () => {
      result = await runScenario(scenario, null);
    });

    it('shows what it must', () => {
      expect(judge(scenario, result)).toEqual([]);
      expect(scenario.expect.length + (scenario.ratios ?? []).length).toBeGreaterThan(0);
      if (result.notPossible !== null) expect(result.notPossible).toMatch(/\S/);
    });

    it('fails when any one expectation is another', () => {
      if (result.notPossible !== null) return;
      const kept: string[] = [];
      for (const [i, one] of scenario.expect.entries()) {
        if (!holdsFor(one, result)) continue;
        for (const [what, wrong] of broken(one)) {
          if (judged({ expect: scenario.expect.with(i, wrong) }).length === 0)
            kept.push(`${one.at}: ${what}`);
        }
      }
      for (const [i, ratio] of ratiosOf(scenario, result)) {
        const wrong = { ...ratio, from: ratio.upTo + 1, upTo: ratio.upTo + 2 };
        if (judged({ ratios: scenario.ratios!.with(i, wrong) }).length === 0) kept.push(`ratio ${i}`);
      }
      expect(kept).toEqual([]);
    });

    it('fails when the summary has a row more, a row less or another number', () => {
      if (result.notPossible !== null) return;
      const losses = scenario.losses(result.kernel);
      expect(judged({ losses: () => [...losses, 'lab0:nf/forward lost copy implied * 1'] })).not.toEqual([]);
      for (const [i, line] of losses.entries()) {
        expect(judged({ losses: () => losses.toSpliced(i, 1) })).not.toEqual([]);
        expect(judged({ losses: () => losses.with(i, line.replace(/\d+$/, '0')) })).not.toEqual([]);
      }
    });

    it('fails when an application says otherwise, or a TLV is in another place', () => {
      for (const what of ['said', 'places'] as const) {
        for (const i of (scenario[what] ?? []).keys()) {
          expect(judged({ [what]: scenario[what]!.toSpliced(i, 1) })).not.toEqual([]);
          expect(judged({ [what]: scenario[what]!.with(i, 'something else') })).not.toEqual([]);
        }
      }
    });

    it('fails when the capture or a program says otherwise', () => {
      if (result.notPossible !== null) return;
      expect(judged({}, { problems: ['7 events were lost'] })).not.toEqual([]);
      for (const one of scenario.expect) {
        if (!holdsFor(one, result)) continue;
        const [sequence] = judgedPackets(scenario, one);
        const at = result.sightings.findIndex((seen) => seen.at === one.at && seen.sequence === sequence);
        const seen = result.sightings[at]!;
        const state = HOP_STATE_NAMES.find((name) => name !== seen.state)!;
        expect(judged({}, { sightings: result.sightings.toSpliced(at, 1) })).not.toEqual([]);
        expect(judged({}, { sightings: [...result.sightings, seen] })).not.toEqual([]);
        expect(judged({}, { sightings: result.sightings.with(at, { ...seen, state }) })).not.toEqual([]);
        if (one.truth === undefined) continue;
        const read = result.truth.findIndex((each) => each.point === one.truth && each.sequence === sequence);
        for (const way of ['pointer', 'dynptr'] as const) {
          const truth = result.truth.with(read, { ...result.truth[read]!, [way]: 'ff' });
          if (result.truth[read]![way] !== null) expect(judged({}, { truth })).not.toEqual([]);
        }
      }
      // Those that a ratio asks for: where it must be 0, any other number is wrong.
      for (const [, { of, to }] of ratiosOf(scenario, result)) {
        for (const quantity of [of, to]) {
          if (!('counter' in quantity)) continue;
          const other = result.counters[quantity.counter] === 0 ? 1000 : 0;
          expect(judged({}, { counters: result.counters.with(quantity.counter, other) })).not.toEqual([]);
        }
      }
    });
  });

  it('leave no namespace behind', async () => {
    const own = `-${process.pid}`;
    await until('the namespaces are gone', () => !labNamespaces().some((name) => name.endsWith(own)));
  });
});
