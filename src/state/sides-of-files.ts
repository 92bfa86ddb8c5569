/** On which side of a comparison files are: that whose expression names them. Loaded with the first comparison of several captures. */
import { parseFilter } from '#core/query/parse.ts';
import { FilterFault, type Expression } from '#core/query/syntax.ts';
import type { Comparison } from './link-state.ts';

/** Side 1 or 2 of a file by its name; none for one that neither side names, or both do. */
export function sidesOfFiles({ a, b }: Comparison): (name: string) => { readonly side?: number } {
  const [first, second] = [filesIn(a), filesIn(b)];
  return (name) => {
    const key = name.toLowerCase();
    if (first.has(key) === second.has(key)) return {};
    return { side: first.has(key) ? 1 : 2 };
  };
}

/** Names, as filters compare them. */
function filesIn(text: string | null): ReadonlySet<string> {
  try {
    const tree = text === null ? null : parseFilter(text);
    return new Set(tree === null ? [] : namesIn(tree));
  } catch (thrown) {
    // One that is none selects nothing either.
    if (thrown instanceof FilterFault) return new Set();
    throw thrown;
  }
}

function namesIn(tree: Expression): readonly string[] {
  switch (tree.kind) {
    case 'test':
      return tree.field.name === 'file' && (tree.operator === '==' || tree.operator === 'in')
        ? tree.values.map(({ text }) => text.toLowerCase())
        : [];
    case 'and':
    case 'or':
      return [...namesIn(tree.left), ...namesIn(tree.right)];
    case 'not':
    case 'any':
    case 'every':
      return namesIn(tree.operand);
  }
}
