/**
 * What scenarios found on kernels, kept from run to run in build/survival: a directory per kernel with kernel.json and,
 * per scenario, NAME.json, its recording, cut down and compressed, and the whole result, for the test of the judge.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import * as v from 'valibot';
import { OUTCOMES } from '#core/survival/table.ts';
import { findingOf } from '#agent/lab/scenario/finding.ts';
import { writeResult } from '#agent/lab/scenario/result-file.ts';
import { trimCapture } from '#agent/lab/scenario/trim.ts';
import type { ScenarioRun } from '#agent/lab/vm/scenario-results.ts';
import { ROOT } from '../lib/run.mjs';
import { compareReleases } from './releases.ts';

const DIRECTORY = path.join(ROOT, 'build', 'survival');
const KERNEL = 'kernel.json';
const RESULT = '.result.json.gz';
/** The best there is: it is done once, and fetched often. */
const LEVEL = 9;

const finding = v.object({
  operation: v.string(),
  outcome: v.picklist(OUTCOMES),
  note: v.exactOptional(v.string()),
});
export type KeptFinding = v.InferOutput<typeof finding>;
const kernelShape = v.object({
  release: v.string(),
  /** How it was run: in QEMU, or on the machine itself. */
  where: v.picklist(['qemu', 'here']),
  hooksAttached: v.number(),
  hooksKnown: v.number(),
});
export type KeptKernel = v.InferOutput<typeof kernelShape>;

/** Keeps what a run on a kernel found. Returns what is wrong with it for the table, one line each. */
export function keepFindings(kernel: KeptKernel, runs: readonly ScenarioRun[]): string[] {
  const directory = path.join(DIRECTORY, kernel.release);
  mkdirSync(directory, { recursive: true });
  writeFileSync(path.join(directory, KERNEL), JSON.stringify(kernel));
  const wrong: string[] = [];
  for (const { scenario, result, capture } of runs) {
    const file = path.join(directory, scenario.name);
    for (const old of [`${file}.json`, `${file}.pcapng.gz`, `${file}${RESULT}`]) rmSync(old, { force: true });
    if (result === null) continue;
    try {
      const findings = scenario.survival.map((row) => ({
        operation: row.operation,
        ...findingOf(scenario, row, result),
      }));
      writeFileSync(`${file}.json`, JSON.stringify(findings));
    } catch (thrown) {
      wrong.push(`${scenario.name}: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
      continue;
    }
    if (result.notPossible === null) writeFileSync(`${file}${RESULT}`, writeResult(result));
    if (capture.length > 0)
      writeFileSync(`${file}.pcapng.gz`, gzipSync(trimCapture(capture, scenario), { level: LEVEL }));
  }
  return wrong;
}

/** All kernels of which something is kept, oldest first, the machine's own behind its version. */
export function keptKernels(): KeptKernel[] {
  if (!existsSync(DIRECTORY)) return [];
  return readdirSync(DIRECTORY)
    .map((release) => path.join(DIRECTORY, release, KERNEL))
    .filter((file) => existsSync(file))
    .map((file) => v.parse(kernelShape, JSON.parse(readFileSync(file, 'utf8'))))
    .sort((a, b) => compareReleases(a.release, b.release));
}

/** By operation; and the recording, compressed, where there is one. null = the scenario was not run there. */
export function keptFindings(
  release: string,
  scenario: string,
): { findings: Map<string, KeptFinding>; recording: Buffer | null } | null {
  const file = path.join(DIRECTORY, release, scenario);
  if (!existsSync(`${file}.json`)) return null;
  const findings = v.parse(v.array(finding), JSON.parse(readFileSync(`${file}.json`, 'utf8')));
  const recording = existsSync(`${file}.pcapng.gz`) ? readFileSync(`${file}.pcapng.gz`) : null;
  return { findings: new Map(findings.map((one) => [one.operation, one])), recording };
}

/** The whole result, as agent/lab/scenario/result-file.ts writes it; null = there is none. */
export function keptResult(release: string, scenario: string): Buffer | null {
  const file = path.join(DIRECTORY, release, `${scenario}${RESULT}`);
  return existsSync(file) ? readFileSync(file) : null;
}
