/** Every scenario on this kernel; and every expectation of it broken once, for a check that cannot fail is none. */
import { beforeAll, describe, expect, it } from 'vitest';
import { labNamespaces, until } from '../testing/host-state.ts';
import { requireKernel } from '../testing/require-kernel.ts';
import { unnoticed } from './broken.ts';
import { judge } from './judge.ts';
import { SCENARIOS } from './list.ts';
import { runScenario } from './run.ts';
import type { ScenarioResult } from './types.ts';

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
  'sniffed-flow',
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
  'coalesce-ofo',
  'shuffle',
]);
const chosen =
  process.env['WHITHER_SCENARIOS'] === 'all' ? SCENARIOS : SCENARIOS.filter(({ name }) => NAMES.has(name));

describe.skipIf(skip !== null)(`scenarios${skip === null ? '' : ` (${skip})`}`, () => {
  it('have names of their own', () => {
    expect(new Set(SCENARIOS.map(({ name }) => name)).size).toBe(SCENARIOS.length);
  });

  describe.each(chosen.map((scenario) => [scenario.name, scenario] as const))('%s', (_, scenario) => {
    let result: ScenarioResult;
    beforeAll(async () => {
      result = await runScenario(scenario, null);
    });

    it('shows what it must', () => {
      expect(judge(scenario, result)).toEqual([]);
      expect(scenario.expect.length + (scenario.ratios ?? []).length).toBeGreaterThan(0);
      if (result.notPossible !== null) expect(result.notPossible).toMatch(/\S/);
    });

    it('fails when any one expectation is another, or the kernel says otherwise', () => {
      if (result.notPossible !== null) return;
      expect(unnoticed(scenario, result)).toEqual([]);
    });
  });

  it('leave no namespace behind', async () => {
    const own = `-${process.pid}`;
    await until('the namespaces are gone', () => !labNamespaces().some((name) => name.endsWith(own)));
  });
});
