/** What `npm run kernels` prints: a table for people, a line of JSON for programs. */
import type { KernelReport } from '#agent/lab/vm/report.ts';

const HEAD = ['kernel', 'boot s', 'wall s', 'hooks', 'events', 'result'];

function attached({ hooks }: KernelReport): number {
  return hooks.filter((hook) => hook.attached).length;
}

/** A line per kernel; below it, why hooks are missing and what is wrong. */
export function formatTable(reports: readonly KernelReport[]): string {
  const rows = reports.map((report) => [
    report.kernel,
    report.bootSeconds.toFixed(1),
    report.wallSeconds.toFixed(1),
    `${attached(report)}/${report.hooks.length}`,
    String(report.events),
    report.wrong.length === 0 ? 'passed' : 'FAILED',
  ]);
  const widths = HEAD.map((head, column) => Math.max(head.length, ...rows.map((row) => row[column]!.length)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, i) =>
        i === 0 || i === row.length - 1 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!),
      )
      .join('  ')
      .trimEnd();
  const lines = [line(HEAD)];
  reports.forEach((report, i) => {
    lines.push(line(rows[i]!));
    for (const { name, attached: there, reason } of report.hooks) {
      if (!there) lines.push(`  no ${name}: ${reason}`);
    }
    for (const wrong of report.wrong) lines.push(`  wrong: ${wrong}`);
  });
  return lines.join('\n');
}

/** `leftOut`: versions that were asked for with `all` and cannot be had; `other`: what the published table has otherwise. */
export function formatJson(
  reports: readonly KernelReport[],
  leftOut: readonly string[],
  other: readonly string[],
): string {
  return JSON.stringify({
    kernels: reports.map((report) => ({
      kernel: report.kernel,
      boot_seconds: Number(report.bootSeconds.toFixed(2)),
      wall_seconds: Number(report.wallSeconds.toFixed(2)),
      hooks_attached: attached(report),
      hooks_known: report.hooks.length,
      how: Object.fromEntries(
        report.hooks.map(({ name, attached: there, how, reason }) => [name, there ? how : `no: ${reason}`]),
      ),
      events: report.events,
      events_by_hook: report.eventsByHook,
      result: report.wrong.length === 0 ? 'passed' : 'failed',
      wrong: report.wrong,
    })),
    left_out: leftOut,
    other_than_published: other,
    ok: reports.every(({ wrong }) => wrong.length === 0),
  });
}
