/**
 * Results that come with the tests (agent/lab/scenario/recorded): of each scenario as few as have every expectation, so
 * that the judge is tried with all of them where there is no kernel.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { judgedIn } from '#agent/lab/scenario/broken.ts';
import { judge } from '#agent/lab/scenario/judge.ts';
import { readResult } from '#agent/lab/scenario/result-file.ts';
import type { Scenario } from '#agent/lab/scenario/types.ts';
import { ROOT } from '../lib/run.mjs';
import { keptKernels, keptResult } from './findings.ts';
import { compareReleases } from './releases.ts';

const DIRECTORY = path.join(ROOT, 'agent/lab/scenario/recorded');

/** Chooses among what was found, and of what was not found anew among those that are there. Returns what it did, one line. */
export function publishResults(scenarios: readonly Scenario[]): string {
  const before = new Map(
    (existsSync(DIRECTORY) ? readdirSync(DIRECTORY, { recursive: true, encoding: 'utf8' }) : [])
      .filter((file) => file.endsWith('.json.gz'))
      .map((file) => [file, readFileSync(path.join(DIRECTORY, file))]),
  );
  rmSync(DIRECTORY, { recursive: true, force: true });
  // The newest first: it has most of what there is.
  const releases = [
    ...new Set([
      ...keptKernels().map(({ release }) => release),
      ...[...before.keys()].map((file) => path.dirname(file)),
    ]),
  ].sort((a, b) => compareReleases(b, a));
  let files = 0;
  let bytes = 0;
  for (const scenario of scenarios) {
    const seen = new Set<string>();
    for (const release of releases) {
      const kept =
        keptResult(release, scenario.name) ??
        before.get(path.join(release, `${scenario.name}.json.gz`)) ??
        null;
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
