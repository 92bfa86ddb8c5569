/**
 * The judge on recorded results of all scenarios (scripts/kernels/recorded.ts): each is as expected, each expectation that
 * any of them is held against is noticed when it is broken, and each is what the survival table says.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { SurvivalTable } from '#core/survival/table.ts';
import { judgedIn, unnoticed } from './broken.ts';
import { findingOf } from './finding.ts';
import { judge } from './judge.ts';
import { SCENARIOS } from './list.ts';
import { readResult } from './result-file.ts';
import type { Scenario, ScenarioResult } from './types.ts';

const at = (place: string): string => fileURLToPath(new URL(place, import.meta.url));
const DIRECTORY = at('recorded');
const TABLE = JSON.parse(readFileSync(at('../../../public/survival/survival.json'), 'utf8')) as SurvivalTable;

const recorded: readonly { release: string; scenario: Scenario; result: ScenarioResult }[] = readdirSync(
  DIRECTORY,
).flatMap((release) =>
  readdirSync(path.join(DIRECTORY, release)).map((file) => ({
    release,
    scenario: SCENARIOS.find(({ name }) => `${name}.json.gz` === file)!,
    result: readResult(readFileSync(path.join(DIRECTORY, release, file))),
  })),
);
const of = (name: string) => recorded.filter(({ scenario }) => scenario.name === name);

describe.each(SCENARIOS.map((scenario) => [scenario.name, scenario] as const))('%s', (name, scenario) => {
  it('is as expected where it was recorded, and anything else is noticed', () => {
    for (const { release, result } of of(name)) {
      expect([release, judge(scenario, result)]).toEqual([release, []]);
      expect([release, unnoticed(scenario, result)]).toEqual([release, []]);
    }
  });

  it('is what the survival table says', () => {
    for (const { release, result } of of(name)) {
      const column = TABLE.kernels.findIndex((kernel) => kernel.release === release);
      for (const row of scenario.survival) {
        const { outcome, note } = TABLE.rows.find(({ operation }) => operation === row.operation)!.cells[
          column
        ]!;
        const found = findingOf(scenario, row, result);
        expect([row.operation, { outcome, note }]).toEqual([
          row.operation,
          { outcome: found.outcome, note: found.note },
        ]);
      }
    }
  });

  it('has no expectation that nothing is held against', () => {
    const judged = of(name).map(({ result }) => judgedIn(scenario, result));
    const never = [
      ...[...scenario.expect.entries()]
        // No recording has these: here fentry is refused, and in a virtual machine nobody asks for it.
        .filter(([, { traced, since }]) => traced !== true && since !== Infinity)
        .filter(([i]) => !judged.some((one) => one.expect.includes(i)))
        .map(([i, one]) => `${one.at} (${i})`),
      ...[...(scenario.ratios ?? []).entries()]
        .filter(([i, { since }]) => since !== Infinity && !judged.some((one) => one.ratios.includes(i)))
        .map(([i]) => `ratio ${i}`),
    ];
    expect(never).toEqual([]);
  });
});
