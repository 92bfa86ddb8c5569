/** docs/survival.md: the survival table for people, and where it is not what was written before it was measured. */
import { parseKernelVersion } from '#core/diagnosis/kernel-version.ts';
import type { SurvivalCell, SurvivalTable } from '#core/survival/table.ts';
import { CLAIMS, type Claim } from './claims.ts';

const INTRODUCTION = `# Where metadata survives

What becomes of the metadata that an XDP program wrote, by operation and kernel. Measured, never typed: each cell is
the end of a recording of a scenario of the lab, which [the page](../README.md) opens (Start screen, "Where metadata survives")
and \`npx whither lab run SCENARIO\` makes again. The whole table comes from \`npm run kernels -- all here\`, then
\`npm run kernels -- --publish\`; do not edit it.

| outcome      | means                                                                                          |
| ------------ | ---------------------------------------------------------------------------------------------- |
| survives     | the same bytes in the same place                                                               |
| moved        | the same bytes, moved along with the packet                                                    |
| lost         | there is no metadata any more                                                                  |
| stale        | there is a length, and what it points to is something else, or was written for an earlier hop  |
| clobbered    | bytes of it were overwritten by the kernel                                                     |
| changed      | bytes of it were overwritten by a program that did not write it                                |
| not possible | the kernel refuses, or lacks what it takes                                                     |
| –            | not run there                                                                                  |

Causes are those of [states.md](states.md).
`;

export function survivalMarkdown(table: SurvivalTable): string {
  return [INTRODUCTION, kernelsText(table), matrixText(table), notesText(table), claimsText(table)].join(
    '\n',
  );
}

const shortOf = (release: string): string => release.replace(/\+.*|-cloud.*|-amd64.*|-fc.*/, '');

function kernelsText({ kernels }: SurvivalTable): string {
  const rows = kernels.map(
    ({ release, where, hooksAttached, hooksKnown }) =>
      `| ${shortOf(release)} | \`${release}\` | ${where === 'qemu' ? 'Debian, in QEMU' : 'the machine itself'} | ${hooksAttached} of ${hooksKnown} |`,
  );
  return [
    '## Kernels',
    '',
    '| kernel | release | where | hooks of Whither |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}

function matrixText({ kernels, rows }: SurvivalTable): string {
  const head = kernels.map(({ release }) => shortOf(release));
  return [
    '## Table',
    '',
    `| operation | ${head.join(' | ')} |`,
    `| --- |${' --- |'.repeat(head.length)}`,
    ...rows.map(({ operation, cells }) => `| ${operation} | ${cells.map(cellText).join(' | ')} |`),
    '',
  ].join('\n');
}

const cellText = (cell: SurvivalCell | null): string => cell?.outcome ?? '–';

/** What more there is to say of cells, kernels with the same together. */
function notesText({ kernels, rows }: SurvivalTable): string {
  const lines = rows.flatMap(({ operation, scenario, cells }) => {
    const byNote = new Map<string, string[]>();
    cells.forEach((cell, i) => {
      if (cell?.note === undefined) return;
      const text = `${cell.outcome}: ${cell.note}`;
      byNote.set(text, [...(byNote.get(text) ?? []), shortOf(kernels[i]!.release)]);
    });
    const notes = [...byNote].map(([text, releases]) => `${text} (${releases.join(', ')})`);
    return [`- ${operation} (\`${scenario}\`)${notes.length === 0 ? '' : `: ${notes.join('; ')}`}`];
  });
  return ['## Scenarios, and which bytes, which cause, why not', '', ...lines, ''].join('\n');
}

/** Against what was known from sources before. */
function claimsText(table: SurvivalTable): string {
  const lines = CLAIMS.flatMap((claim) => {
    const found = contradictions(table, claim);
    if (found === null) return [];
    const verdict = found.length === 0 ? 'confirmed' : `**not so**: ${found.join(', ')}`;
    return [`- ${claim.text}: ${verdict}.`];
  });
  return [
    '## What sources say, and what was measured',
    '',
    'Statements from kernel sources, patches and mailing lists, each held against the cells it is about. The measurement stands.',
    '',
    ...lines,
    '',
  ].join('\n');
}

/** Cells that are other than claimed; null = none of them was measured. */
function contradictions({ kernels, rows }: SurvivalTable, claim: Claim): string[] | null {
  const { operations, since = 0, below = Infinity, outcomes } = claim;
  const measured = rows
    .filter(({ operation }) => operations.includes(operation))
    .flatMap(({ operation, cells }) =>
      cells.flatMap((cell, i) => (cell === null ? [] : [{ operation, cell, release: kernels[i]!.release }])),
    )
    .filter(({ cell, release }) => {
      const kernel = parseKernelVersion(release);
      return cell.outcome !== 'not possible' && kernel >= since && kernel < below;
    });
  if (measured.length === 0) return null;
  return measured
    .filter(({ cell }) => !outcomes.includes(cell.outcome))
    .map(({ operation, cell, release }) => `${operation} on ${shortOf(release)} is ${cell.outcome}`);
}
