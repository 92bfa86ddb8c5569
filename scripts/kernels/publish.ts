/** What was found as the survival table (public/survival, which the page shows, docs/survival.md) and as samples. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import { survivalTable, type SurvivalCell, type SurvivalTable } from '#core/survival/table.ts';
import type { Scenario } from '#agent/lab/scenario/types.ts';
import { formatted } from '../generate/formatted.ts';
import { ROOT } from '../lib/run.mjs';
import { keptFindings, keptKernels } from './findings.ts';
import { survivalMarkdown } from './markdown.ts';
import { publishResults } from './recorded.ts';
import { compareReleases } from './releases.ts';
import { publishSamples } from './samples.ts';

const DIRECTORY = path.join(ROOT, 'public', 'survival');
export const PUBLISHED = path.join(DIRECTORY, 'survival.json');
const PAGE = path.join(ROOT, 'docs', 'survival.md');

/** null = none is published. */
export function publishedTable(): SurvivalTable | null {
  if (!existsSync(PUBLISHED)) return null;
  return v.parse(survivalTable, JSON.parse(readFileSync(PUBLISHED, 'utf8')));
}

/** What was found takes the place of what is published of the same scenario and kernel; all else stays. Returns what it did, one line each. */
export async function publish(scenarios: readonly Scenario[]): Promise<string[]> {
  const found = keptKernels();
  if (found.length === 0) throw new Error('nothing was found yet: npm run kernels -- all here, first');
  const before = publishedTable();
  const stay = (before?.kernels ?? []).filter(({ release }) => found.every((one) => one.release !== release));
  const kernels = [...stay, ...found].sort((a, b) => compareReleases(a.release, b.release));
  const publishedCell = (release: string, operation: string): SurvivalCell | null => {
    const column = before?.kernels.findIndex((one) => one.release === release) ?? -1;
    return before?.rows.find((row) => row.operation === operation)?.cells[column] ?? null;
  };
  const captures = new Set<string>();
  const cell = (release: string, scenario: string, operation: string): SurvivalCell | null => {
    const kept = keptFindings(release, scenario);
    const finding = kept?.findings.get(operation);
    if (kept === null || finding === undefined) {
      const published = publishedCell(release, operation);
      if (published?.capture !== undefined) captures.add(published.capture);
      return published;
    }
    const { outcome, note } = finding;
    const capture = `${release}/${scenario}.pcapng.gz`;
    if (kept.recording !== null && !captures.has(capture)) {
      captures.add(capture);
      const file = path.join(DIRECTORY, capture);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, kept.recording);
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
  for (const file of readdirSync(DIRECTORY, { recursive: true, encoding: 'utf8' }))
    if (file.endsWith('.pcapng.gz') && !captures.has(file)) rmSync(path.join(DIRECTORY, file));
  const bytes = [...captures].reduce((sum, file) => sum + statSync(path.join(DIRECTORY, file)).size, 0);
  writeFileSync(PUBLISHED, `${JSON.stringify(table)}\n`);
  writeFileSync(PAGE, await formatted(PAGE, survivalMarkdown(table)));
  return [
    `${path.relative(ROOT, PUBLISHED)}: ${table.rows.length} operations on ${kernels.length} kernels, ${statSync(PUBLISHED).size} bytes; recordings: ${bytes} bytes`,
    `${path.relative(ROOT, PAGE)}: ${readFileSync(PAGE, 'utf8').split('\n').length} lines`,
    publishResults(scenarios),
    ...publishSamples(),
  ];
}
