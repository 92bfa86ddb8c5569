/** BTF, raw and in an object: every type that it has is listed, resolved, and made into a schema. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { readBtf, type Btf } from '#core/btf/btf.ts';
import { findType, searchTypes } from '#core/btf/search.ts';
import { schemaText } from '#core/btf/schema-text.ts';
import { schemaFromEnum, schemaFromStruct } from '#core/btf/struct-schema.ts';
import { rawBtf, RAW_U32 } from '#core/btf/testing/raw-btf.ts';
import { BtfFault, KIND } from '#core/btf/types.ts';
import { compileSchema } from '#core/metadata/scan.ts';
import { parseSchema } from '#core/metadata/schema.ts';
import { holds, type Target } from '../target.ts';

const BTF_BYTES = 16 * 1024;
const WEIGHED_BYTES = 4 * 1024 * 1024;
const MAX_LISTED = 32;

const object = Buffer.from(
  readFileSync(path.join(import.meta.dirname, '../corpus/btf-object.hex'), 'utf8').trim(),
  'hex',
);

/** Every kind of type, by hand; names of members are cut out of the names of others. */
const RAW = rawBtf([
  RAW_U32,
  { kind: KIND.struct, name: 'meta', word: 16, vlen: 3, flag: true, tail: ['low', 1, 0x04000000, 'high', 1, 0x1c000004, 'list', 3, 64] },
  { kind: KIND.array, word: 0, tail: [1, 1, 2] },
  { kind: KIND.enum, name: 'verdict', word: 4, vlen: 2, tail: ['PASS', 0, 'DROP', 7] },
  { kind: KIND.enum64, name: 'wide', word: 8, vlen: 1, tail: ['BIG', 1, 2] },
  { kind: KIND.typedef, name: 'meta_t', word: 2 },
  { kind: KIND.union, name: 'either', word: 8, vlen: 2, tail: ['a', 4, 0, 'b', 5, 0] },
  { kind: KIND.struct, name: 'outer', word: 24, vlen: 3, tail: ['meta', 6, 0, '', 7, 128, 'loop', 8, 0] },
  { kind: KIND.const, word: 9 },
  { kind: KIND.declTag, name: 'unit:ns', word: 2, tail: [0] },
  { kind: KIND.float, name: 'double', word: 8 },
  { kind: KIND.ptr, word: 2 },
]).bytes; // oxfmt-ignore

function everything(btf: Btf): unknown {
  const listed = searchTypes(btf, '', MAX_LISTED);
  for (const { id, kind, name } of listed) {
    attempt(() => {
      const schema = kind === 'enum' ? schemaFromEnum(btf, id) : schemaFromStruct(btf, id);
      const parsed = parseSchema(schemaText(schema));
      // What the language does not allow is told by it, with its place; what it takes is read.
      if (parsed.ok) compileSchema(parsed.schema);
      else holds(parsed.errors.length > 0, 'no schema, and no error');
    });
    attempt(() => findType(btf, name));
  }
  return [btf, listed];
}

/** Runs `what`; the one thing that may be thrown is a BtfFault. */
function attempt(what: () => unknown): unknown {
  try {
    return what();
  } catch (thrown) {
    if (thrown instanceof BtfFault) {
      holds(thrown.offset >= 0 && thrown.message !== '', 'a fault without a place');
      return null;
    }
    throw thrown;
  }
}

const base = readBtf(RAW);

const whole: Target = {
  name: 'btf',
  seeds: [RAW, object],
  maxBytes: BTF_BYTES,
  weighBytes: WEIGHED_BYTES,
  run: (input) => attempt(() => everything(readBtf(input))),
};

const split: Target = {
  name: 'btf-split',
  seeds: [rawBtf([{ kind: KIND.struct, name: 'mod', word: 8, vlen: 1, tail: ['m', 2, 0] }], 1).bytes, RAW],
  maxBytes: BTF_BYTES,
  run: (input) => attempt(() => everything(readBtf(input, base))),
};

export const TYPE_TARGETS: readonly Target[] = [whole, split];
