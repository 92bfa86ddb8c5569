/** Tests of one event combined: a tree of atoms, evaluated 32 rows at a time. */
import type { EventChunk } from '#core/store/event-columns.ts';
import { PASS_WORDS, type Atom } from './atom.ts';

export type EventTest =
  | { readonly kind: 'atom'; readonly atom: Atom }
  | { readonly kind: 'and' | 'or'; readonly left: EventTest; readonly right: EventTest }
  | { readonly kind: 'not'; readonly operand: EventTest };

export function atomTest(atom: Atom): EventTest {
  return { kind: 'atom', atom };
}

export function bothTests(left: EventTest, right: EventTest): EventTest {
  return { kind: 'and', left, right };
}

export function eitherTest(tests: readonly EventTest[]): EventTest {
  return tests.reduce((left, right) => ({ kind: 'or', left, right }));
}

export function notTest(operand: EventTest): EventTest {
  return { kind: 'not', operand };
}

export function refreshTest(test: EventTest): void {
  switch (test.kind) {
    case 'atom':
      test.atom.refresh();
      return;
    case 'not':
      refreshTest(test.operand);
      return;
    case 'and':
    case 'or':
      refreshTest(test.left);
      refreshTest(test.right);
  }
}

/** Buffers of passes under way, one a level of the tree: no pass allocates. */
const scratch: Uint32Array[] = [];

/** As `Atom.pass`, for the tree. */
export function passTest(
  test: EventTest,
  chunk: EventChunk,
  from: number,
  to: number,
  out: Uint32Array,
  depth = 0,
): void {
  switch (test.kind) {
    case 'atom':
      test.atom.pass(chunk, from, to, out);
      return;
    case 'not': {
      passTest(test.operand, chunk, from, to, out, depth);
      const end = (to + 31) >>> 5;
      for (let word = from >>> 5; word < end; word++) out[word] = ~out[word]!;
      return;
    }
    case 'and':
    case 'or': {
      passTest(test.left, chunk, from, to, out, depth);
      const other = (scratch[depth] ??= new Uint32Array(PASS_WORDS));
      passTest(test.right, chunk, from, to, other, depth + 1);
      const end = (to + 31) >>> 5;
      if (test.kind === 'and') for (let word = from >>> 5; word < end; word++) out[word]! &= other[word]!;
      else for (let word = from >>> 5; word < end; word++) out[word]! |= other[word]!;
    }
  }
}
