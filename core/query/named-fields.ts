/** Which fields an expression names, whether a capture has them or not. */
import { parseFilter } from './parse.ts';
import { FilterFault, type Expression } from './syntax.ts';

/** As the list names them (`tlv.a name` for `tlv["a name"]`), each once; of one that cannot be read none. */
export function namedFields(text: string): ReadonlySet<string> {
  const names = new Set<string>();
  const visit = (node: Expression): void => {
    switch (node.kind) {
      case 'test':
        names.add(node.field.name);
        break;
      case 'and':
      case 'or':
        visit(node.left);
        visit(node.right);
        break;
      case 'not':
      case 'any':
      case 'every':
        visit(node.operand);
    }
  };
  try {
    const top = parseFilter(text);
    if (top !== null) visit(top);
  } catch (error) {
    if (!(error instanceof FilterFault)) throw error;
  }
  return names;
}
