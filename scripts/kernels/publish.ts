/** What was found as the survival table (public/survival, which the page shows, docs/survival.md) and as samples. */
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import { survivalTable, type SurvivalCell, type SurvivalTable } from '#core/survival/table.ts';
import type { Scenario } from '#agent/lab/scenario/types.ts';
import { formatted } from '../generate/formatted.ts';
import { ROOT } from '../lib/run.mjs';
import { keptFindings, keptKernels } from './findings.ts';
import { survivalMarkdown } from './markdown.ts';
import { publishResults } from './recorded.ts';
import { publishSamples } from './samples.ts';

const DIRECTORY = path.join(ROOT, 'public', 'survival');
export const PUBLISHED = path.join(DIRECTORY, 'survival.json');
const PAGE = path.join(ROOT, 'docs', 'survival.md');

/** Replaces what is published. Returns what it did, one line each. */
export async function publish(scenarios: readonly Scenario[]): Promise<string[]> {
  const kernels = keptKernels();
  if (kernels.length === 0) throw new Error('nothing was found yet: npm run kernels -- all here, first');
  rmSync(DIRECTORY, { recursive: true, force: true });
  let bytes = 0;
  const cell = (release: string, scenario: string, operation: string): SurvivalCell | null => {
    const kept = keptFindings(release, scenario);
    const found = kept?.findings.get(operation);
    if (kept === null || found === undefined) return null;
    const { outcome, note } = found;
    const capture = `${release}/${scenario}.pcapng.gz`;
    const file = path.join(DIRECTORY, capture);
    if (kept.recording !== null && !existsSync(file)) {
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, kept.recording);
      bytes += kept.recording.length;
    }
    return {
      outcome,
      ...(note !== undefined && { note }),
      ...(kept.recording !== null && { capture }),
    };
  };
  const table: SurvivalTable = v.parse(survivalTable, {
    whither: 1,
    kernels: kernels.map(({ release, where, hooksAttached, hooksKnown }) => ({
      release,
      where,
      hooksAttached,
      hooksKnown,
    })),
    rows: scenarios.flatMap(({ name, summary, survival }) =>
      survival.map(({ operation }) => ({
        operation,
        scenario: name,
        summary,
        cells: kernels.map(({ release }) => cell(release, name, operation)),
      })),
    ),
  });
  mkdirSync(DIRECTORY, { recursive: true });
  writeFileSync(PUBLISHED, `${JSON.stringify(table)}\n`);
  writeFileSync(PAGE, await formatted(PAGE, survivalMarkdown(table)));
  return [
    `${path.relative(ROOT, PUBLISHED)}: ${table.rows.length} operations on ${kernels.length} kernels, ${statSync(PUBLISHED).size} bytes; recordings: ${bytes} bytes`,
    `${path.relative(ROOT, PAGE)}: ${readFileSync(PAGE, 'utf8').split('\n').length} lines`,
    publishResults(scenarios),
    ...publishSamples(),
  ];
}
