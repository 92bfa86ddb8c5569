/** The machine's own kernel in the matrix: scenarios as `whither lab run` runs them, with all hooks that it has. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { release, tmpdir } from 'node:os';
import path from 'node:path';
import { lineOf } from '#agent/failure.ts';
import { judge } from '#agent/lab/scenario/judge.ts';
import { runScenario } from '#agent/lab/scenario/run.ts';
import type { Scenario } from '#agent/lab/scenario/types.ts';
import { labFiles } from '#agent/lab/root.ts';
import type { KernelReport } from '#agent/lab/vm/report.ts';
import { parseDoctor } from '#agent/lab/vm/results.ts';
import type { ScenarioRun } from '#agent/lab/vm/scenario-results.ts';

export const HERE = 'here';

export async function reportHere(
  scenarios: readonly Scenario[],
  signal: AbortSignal,
): Promise<{ report: KernelReport; scenarios: ScenarioRun[] }> {
  const started = performance.now();
  const directory = mkdtempSync(path.join(tmpdir(), 'whither-here-'));
  const runs: ScenarioRun[] = [];
  try {
    for (const scenario of scenarios) {
      if (signal.aborted) break;
      runs.push(await runOne(scenario, path.join(directory, `${scenario.name}.pcapng`), signal));
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
  const doctor = parseDoctor(execFileSync(labFiles().probe, ['--doctor'], { encoding: 'utf8' }));
  const report = {
    kernel: release(),
    bootSeconds: 0,
    wallSeconds: (performance.now() - started) / 1000,
    hooks: doctor.hooks,
    events: 0,
    eventsByHook: {},
    wrong: runs.flatMap(({ scenario, wrong }) => wrong.map((line) => `${scenario.name}: ${line}`)),
  };
  return { report, scenarios: runs };
}

async function runOne(scenario: Scenario, file: string, signal: AbortSignal): Promise<ScenarioRun> {
  try {
    const result = await runScenario(scenario, file, signal);
    const capture = result.notPossible === null ? readFileSync(file) : new Uint8Array(0);
    return { scenario, result, wrong: judge(scenario, result), capture };
  } catch (thrown) {
    return { scenario, result: null, wrong: [lineOf(thrown)], capture: new Uint8Array(0) };
  }
}
