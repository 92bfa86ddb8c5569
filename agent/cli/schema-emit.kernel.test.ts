/** The emitted C header: compiled, passed by the verifier, and what its accessors read of an area on a real kernel. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { labFiles } from '../lab/root.ts';
import { requireKernel } from '../lab/testing/require-kernel.ts';
import { withVm } from '../lab/vm/machine.ts';
import { requireVm } from '../lab/vm/require-vm.ts';
import { emitSchema } from './schema-emit.ts';
import { checkSchema } from './schema.ts';

const skip = requireKernel();
const TESTING = fileURLToPath(new URL('testing/', import.meta.url));
/** trace_id, verdict, a pad, origin, a pad, tenant. */
const AREA = '01088877665544332211' + '020103' + '00' + '03040a000001' + '00' + '04022a00' + '000000';
const READ = '0 1122334455667788 3 42 10.0.0.1';
/** A struct behind four bytes of something else, in areas that end with these bytes. */
const COUNTED = {
  name: 'counted',
  when: { bytes: { value: 'c0d0', mask: 'fff0', at: -4 } },
  framing: { kind: 'struct', endian: 'big', start: 4 },
  types: [
    { name: 'low', kind: 'uint', size: 2, bits: { from: 0, count: 4 } },
    { name: 'level', kind: 'uint', size: 2, bits: { from: 4, count: 12 } },
    { name: 'size', kind: 'uint', size: 2 },
    { name: 'count', kind: 'uint', size: 4 },
  ],
};
/** `level` is 0x123, `count` 77. */
const COUNTED_AREA = 'ffffffff' + '1234' + '0000' + '0000004d' + 'c0d70000';
const COUNTED_READ = '0 0 291 77 0.0.0.0';
/** bpf_dynptr_from_skb_meta() came with this one. */
const DYNPTR_SINCE = [6, 18] as const;

function hasDynptr(): boolean {
  const [major = 0, minor = 0] = execFileSync('uname', ['-r'], { encoding: 'utf8' }).split('.').map(Number);
  return major > DYNPTR_SINCE[0] || (major === DYNPTR_SINCE[0] && minor >= DYNPTR_SINCE[1]);
}

describe.skipIf(skip !== null)(`the emitted C header${skip === null ? '' : ` (${skip})`}`, () => {
  let folder = '';

  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'whither-emit-'));
    const { schema } = labFiles();
    const edge = JSON.parse(readFileSync(schema, 'utf8')) as object;
    const several = JSON.stringify({ ...edge, also: [COUNTED] });
    writeFileSync(path.join(folder, 'metadata.h'), emitSchema(checkSchema(several, schema), 'c'));
    const runner = [
      path.join(TESTING, 'run-accessors.c'),
      '-lbpf',
      '-lelf',
      '-lz',
      '-o',
      path.join(folder, 'run'),
    ];
    execFileSync('gcc', ['-O2', '-Wall', '-Wextra', '-Werror', ...runner]);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  function compile(flags: readonly string[]): string {
    const multiarch = execFileSync('gcc', ['-print-multiarch'], { encoding: 'utf8' }).trim();
    const object = path.join(folder, 'accessors.o');
    execFileSync('clang', [
      ...['-target', 'bpf', '-mcpu=v3', '-g', '-O2', '-Wall', '-Wextra', '-Werror'],
      ...['-idirafter', `/usr/include/${multiarch}`, `-I${folder}`, ...flags],
      ...['-c', path.join(TESTING, 'accessors.bpf.c'), '-o', object],
    ]);
    return object;
  }

  function run(area: string, flags: readonly string[]): string[] {
    const args = [compile(flags), area];
    const { status, stdout, stderr } = spawnSync(path.join(folder, 'run'), args, { encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
    return stdout.trimEnd().split('\n');
  }

  it('reads in XDP what is in the area', () => {
    expect(run(AREA, [])).toEqual([`xdp 1 ${READ}`]);
  });

  it('tells two schemas apart by the bytes of the area', () => {
    expect(run(COUNTED_AREA, [])).toEqual([`xdp 1 ${COUNTED_READ}`]);
  });

  it('says what is not there, and reads nothing past a value that overruns', () => {
    // verdict is missing, tenant says four bytes of which two are there.
    expect(run('01088877665544332211' + '03040a000001' + '04042a00', [])).toEqual([
      'xdp 1 10 1122334455667788 0 0 10.0.0.1',
    ]);
  });

  it.skipIf(skip !== null || !hasDynptr())(
    'reads the same by a dynptr, of a packet that XDP passed on',
    () => {
      expect(run(AREA, ['-DWITH_DYNPTR'])).toEqual([`xdp 2 ${READ}`, `dynptr 1 ${READ}`]);
      expect(run(COUNTED_AREA, ['-DWITH_DYNPTR'])).toEqual([
        `xdp 2 ${COUNTED_READ}`,
        `dynptr 1 ${COUNTED_READ}`,
      ]);
    },
  );

  const oldest = skip === null ? requireVm('6.1') : skip;
  const skipVm = typeof oldest === 'string' ? oldest : null;

  it.skipIf(skipVm !== null)(
    `passes and reads on the oldest kernel, 6.1${skipVm === null ? '' : ` (${skipVm})`}`,
    async () => {
      if (typeof oldest === 'string') return;
      const files = { '/accessors/run': path.join(folder, 'run'), '/accessors/object': compile([]) };
      const command = '/accessors/run /accessors/object';
      const script = `${command} ${AREA} && exec ${command} ${COUNTED_AREA}\n`;
      const job = { name: 'accessors', script, files };
      await withVm(oldest, [job], ({ directory }) => {
        const result = (name: string): string =>
          readFileSync(path.join(directory, job.name, name), 'utf8').trim();
        const read = `xdp 1 ${READ}\nxdp 1 ${COUNTED_READ}`;
        expect([result('stdout'), result('stderr'), result('exit')]).toEqual([read, '', '0']);
      });
    },
  );
});
