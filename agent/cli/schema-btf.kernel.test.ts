/** A struct's schema from an object and from the loaded program, on what the program wrote. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeArea } from '#core/metadata/decode.ts';
import { compileSchema } from '#core/metadata/scan.ts';
import { labFiles } from '../lab/root.ts';
import { requireKernel } from '../lab/testing/require-kernel.ts';
import { schemaFromBtf } from './schema-btf.ts';
import { checkSchema } from './schema.ts';

const skip = requireKernel();
const TESTING = fileURLToPath(new URL('testing/', import.meta.url));

describe.skipIf(skip !== null)(`types of a program${skip === null ? '' : ` (${skip})`}`, () => {
  let folder = '';
  let object = '';
  let written = Buffer.alloc(0);
  let ofProgram = Buffer.alloc(0);

  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'whither-btf-'));
    object = path.join(folder, 'object.o');
    const runner = path.join(folder, 'run');
    const multiarch = execFileSync('gcc', ['-print-multiarch'], { encoding: 'utf8' }).trim();
    execFileSync('clang', [
      ...['-target', 'bpf', '-mcpu=v3', '-g', '-O2', '-Wall', '-Wextra', '-Werror'],
      ...['-idirafter', `/usr/include/${multiarch}`],
      ...['-c', path.join(TESTING, 'write-struct.bpf.c'), '-o', object],
    ]);
    const source = path.join(TESTING, 'run-writer.c');
    execFileSync('gcc', [
      '-O2',
      '-Wall',
      '-Wextra',
      '-Werror',
      source,
      '-lbpf',
      '-lelf',
      '-lz',
      '-o',
      runner,
    ]);
    const output = execFileSync(runner, [object, labFiles().probe]);
    const line = output.indexOf('\n');
    written = Buffer.from(output.subarray(0, line).toString(), 'hex');
    ofProgram = output.subarray(line + 1);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  function decode(btf: Uint8Array): Record<string, string> {
    const schema = checkSchema(schemaFromBtf(btf, 'object', { struct: 'meta' }), 'of the struct');
    const { tlvs, fault } = decodeArea(compileSchema(schema), written);
    expect(fault).toBeNull();
    return Object.fromEntries(tlvs.map(({ name, value }) => [name, value]));
  }

  const WRITTEN = {
    count: '1500 B',
    low: '9',
    middle: String(0x1abc),
    high: String(0x5555),
    level: '-3',
    verdict: 'DROP',
    version: 'major=6 minor=18',
    tag: String(0x0102),
    parts: '0201',
    marks: '443, 8080',
  };

  it('read from the object, decode to what the program wrote', () => {
    expect(decode(readFileSync(object))).toEqual(WRITTEN);
  });

  it('read from the kernel by the id of the loaded program, decode to the same', () => {
    expect(decode(ofProgram)).toEqual(WRITTEN);
  });

  it('are listed, and a name that is not there is said with those that are near', () => {
    const btf = readFileSync(object);
    expect(schemaFromBtf(btf, 'object', {})).toMatch(/^struct meta {2}\d+ B, \d+ members$/m);
    expect(() => schemaFromBtf(btf, 'object', { struct: 'met' })).toThrow('object has no type called met');
    expect(() => schemaFromBtf(btf.subarray(0, 100), 'object', {})).toThrow(/^object at byte \d+: /);
  });
});
