import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STRUCTS } from '#core/format/structs.ts';
import { cHeader } from './c-header.ts';
import { DOC_FILES, generatedFiles } from './files.ts';
import { replaceSections, SECTIONS } from './markdown.ts';
import { constantName } from './names.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');

/** Uses every hook row and a struct, so that the X-macro is expanded too. */
const PROGRAM = `
#define ROW(id, ident, name, link, dir) { name, id, link, dir, 0 },
struct row { const char *name; int id, link, dir, even; };
const struct row rows[] = { WH_HOOKS(ROW) };
int size(void);
int size(void) { return (int)sizeof(struct wh_event) + rows[0].id; }
`;
const TYPES =
  'typedef unsigned char __u8; typedef unsigned short __u16; typedef unsigned int __u32; typedef unsigned long long __u64;\n';

const has = (tool: string): boolean => spawnSync(tool, ['--version']).status === 0;
const required = process.env['WHITHER_REQUIRE_KERNEL'] === '1';

describe('generated files', () => {
  it('are up to date with the field table', async () => {
    for (const { file, text } of await generatedFiles(read)) expect(text, file).toBe(read(file));
  });

  it('turns names into constants the same way for C and TypeScript', () => {
    expect(constantName('tcx/ingress@first')).toBe('TCX_INGRESS_FIRST');
    expect(constantName('packetTypeShift')).toBe('PACKET_TYPE_SHIFT');
    expect(constantName('ext_task')).toBe('EXT_TASK');
  });

  it('asserts the size of every struct and the offset of every field in C', () => {
    const header = cHeader();
    for (const struct of STRUCTS) {
      expect(header).toContain(`sizeof(struct wh_${struct.name}) == ${struct.size}`);
      for (const f of struct.fields) {
        expect(header).toContain(`__builtin_offsetof(struct wh_${struct.name}, ${f.name}) == ${f.offset}`);
      }
    }
  });

  it('keeps the prose of the document and replaces what is between the markers', () => {
    const filled = replaceSections('a\n<!-- generated:gap-cause -->\nold\n<!-- /generated -->\nb\n');
    expect(filled.startsWith('a\n<!-- generated:gap-cause -->\n\n| Value | Name |')).toBe(true);
    expect(filled.endsWith('<!-- /generated -->\nb\n')).toBe(true);
    expect(filled).not.toContain('old');
    expect(replaceSections(filled)).toBe(filled);
  });

  it('refuses a marker that nothing generates', () => {
    expect(() => replaceSections('<!-- generated:nonsense -->\n<!-- /generated -->')).toThrow('nonsense');
  });

  it('shows every table somewhere in the documents', () => {
    const docs = DOC_FILES.map(read).join('\n');
    for (const name of SECTIONS.keys()) expect(docs).toContain(`<!-- generated:${name} -->`);
  });
});

describe('the C header compiles without a warning', () => {
  let dir = '';
  beforeAll(() => {
    dir = mkdtempSync(path.join(tmpdir(), 'whither-header-'));
    writeFileSync(path.join(dir, 'whither-format.gen.h'), cHeader());
    writeFileSync(path.join(dir, 'plain.c'), `${TYPES}#include "whither-format.gen.h"\n${PROGRAM}`);
    writeFileSync(
      path.join(dir, 'linux.c'),
      `#include <linux/types.h>\n#include "whither-format.gen.h"\n${PROGRAM}`,
    );
  });
  afterAll(() => rmSync(dir, { recursive: true }));

  const STRICT = ['-Wall', '-Wextra', '-Werror', '-Wpadded', '-c', '-o', '/dev/null'];
  function compile(tool: string, args: readonly string[]): string {
    return execFileSync(tool, args, { cwd: dir, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  }

  it.skipIf(!required && !has('gcc'))('with gcc -Wall -Wextra -Werror -Wpadded, on linux/types.h', () => {
    expect(compile('gcc', [...STRICT, 'linux.c'])).toBe('');
  });

  it.skipIf(!required && !has('clang'))('with clang -target bpf, on types declared by hand', () => {
    expect(compile('clang', ['-target', 'bpf', '-O2', ...STRICT, 'plain.c'])).toBe('');
  });
});
