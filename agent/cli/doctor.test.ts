import { chmodSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { HOOKS } from '#core/format/hooks.ts';
import { temporaryDirectory } from '../testing/temporary.ts';
import { doctor, printReport } from './doctor.ts';

function probeThatPrints(text: string, code = 0): string {
  const dir = temporaryDirectory();
  const file = path.join(dir, 'probe');
  writeFileSync(path.join(dir, 'answer'), text);
  writeFileSync(file, `#!/bin/sh\ncat "${dir}/answer"\nexit ${code}\n`);
  chmodSync(file, 0o755);
  return file;
}

const at = (probe: string): Parameters<typeof doctor>[0] => ({
  entry: '',
  packageRoot: '',
  pageDir: '',
  probe,
});

test('without a probe every hook is listed, and how to get one is said', async () => {
  const report = await doctor(at('/nonexistent/whither-probe'));
  expect(report.ok).toBe(false);
  expect(report.hooks.map((hook) => hook.name)).toEqual(HOOKS.map((hook) => hook.name));
  expect(report.missing).toContain('The probe is not built: run npm run build.');
});

test('without a probe people read once what is missing, and no list of hooks', async () => {
  const lines = printReport(await doctor(at('/nonexistent/whither-probe'))).split('\n');
  expect(lines[0]).toBe('The probe is not built: run npm run build.');
  expect(lines.at(-1)).toBe(`Until then, none of the ${HOOKS.length} hooks can be tried.`);
  expect(lines.filter((line) => line.startsWith('no '))).toEqual([]);
});

test('where no hook works, a reason that many have is said once', async () => {
  const reason = 'the kernel refused to load the program: Operation not permitted';
  const hooks = HOOKS.map(({ id, name }) => ({
    id,
    name,
    attached: false,
    how: '',
    reason: id === 2 ? 'none' : reason,
  }));
  const answer = { kernel: '6.1.0', btf: true, hooks, privileges: { uid: 1000, missing: ['CAP_BPF'] } };
  const lines = printReport(await doctor(at(probeThatPrints(JSON.stringify(answer))))).split('\n');
  expect(lines.slice(0, 3)).toEqual([
    'Kernel 6.1.0',
    `no   ${HOOKS.length - 1} hooks           ${reason}`,
    'no   tcx/ingress@first  none',
  ]);
  expect(lines.at(-1)).toBe('The probe lacks CAP_BPF: run as root.');
});

test('a hook that is missing comes with its reason', async () => {
  const hooks = HOOKS.map(({ id, name }) => ({
    id,
    name,
    attached: id !== 2,
    how: id === 2 ? '' : 'tp_btf',
    reason: id === 2 ? 'this kernel has no tcx' : '',
  }));
  const answer = { kernel: '6.1.0', btf: true, hooks, privileges: { uid: 0, missing: [] } };
  const report = await doctor(at(probeThatPrints(JSON.stringify(answer))));
  expect(report).toMatchObject({ ok: true, kernel: '6.1.0' });
  const lines = printReport(report).split('\n');
  expect(lines[0]).toBe('Kernel 6.1.0');
  expect(lines).toContain('yes  netif_receive_skb        tp_btf');
  expect(lines).toContain('no   tcx/ingress@first        this kernel has no tcx');
});

test('an answer that is not understood is no crash', async () => {
  for (const text of ['', '{}', 'null', '{"hooks":5}', 'x'.repeat(100)]) {
    const report = await doctor(at(probeThatPrints(text)));
    expect(report.ok, text).toBe(false);
    expect(report.missing.length, text).toBeGreaterThan(0);
  }
});
