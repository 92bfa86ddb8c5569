/**
 * Results that come with the tests (agent/lab/scenario/recorded): of each scenario as few as have every expectation, so
 * that the judge is tried with all of them where there is no kernel.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { judgedIn } from '#agent/lab/scenario/broken.ts';
import { judge } from '#agent/lab/scenario/judge.ts';
import { readResult } from '#agent/lab/scenario/result-file.ts';
import type { Scenario } from '#agent/lab/scenario/types.ts';
import { ROOT } from '../lib/run.mjs';
import { keptKernels, keptResult } from './findings.ts';

const DIRECTORY = path.join(ROOT, 'agent/lab/scenario/recorded');

/** Replaces them. Returns what it did, one line. */
export function publishResults(scenarios: readonly Scenario[]): string {
  rmSync(DIRECTORY, { recursive: true, force: true });
  // The newest first: it has most of what there is.
  const releases = keptKernels()
    .map(({ release }) => release)
    .reverse();
  let files = 0;
  let bytes = 0;
  for (const scenario of scenarios) {
    const seen = new Set<string>();
    for (const release of releases) {
      const kept = keptResult(release, scenario.name);
      if (kept === null) continue;
      const result = readResult(kept);
      if (judge(scenario, result).length > 0) continue;
      const { expect, ratios } = judgedIn(scenario, result);
      const judged = [
        ...expect.map((i) => `expectation ${i}`),
        ...ratios.map((i) => `ratio ${i}`),
        `summary ${scenario.losses(result.kernel).join()}`,
      ];
      if (judged.every((one) => seen.has(one))) continue;
      for (const one of judged) seen.add(one);
      const directory = path.join(DIRECTORY, release);
      mkdirSync(directory, { recursive: true });
      writeFileSync(path.join(directory, `${scenario.name}.json.gz`), kept);
      files++;
      bytes += kept.length;
    }
  }
  return `${path.relative(ROOT, DIRECTORY)}: ${files} results, ${bytes} bytes`;
}
