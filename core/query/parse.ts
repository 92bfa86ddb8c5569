/** Text → tree, by the grammar of filter.grammar, which the page's editor uses as well. */
import { quoted } from '#core/query/quote.ts';
import type { SyntaxNode, Tree } from '@lezer/common';
import { parser } from './filter-parser.gen.ts';
import { MAX_DEPTH, MAX_FILTER_CHARS, MAX_SET_VALUES, MAX_TESTS } from './limits.ts';
import { FilterFault, type Expression, type FieldName, type Literal, type Operator } from './syntax.ts';

/** Wireshark's words for the operators. */
const WORD_OPERATORS: Readonly<Record<string, Operator>> = {
  eq: '==',
  ne: '!=',
  lt: '<',
  le: '<=',
  gt: '>',
  ge: '>=',
  contains: '~',
};

/**
 * The tree of `text`; null for one without any test (everything passes). Throws a FilterFault with the place of
 * the first thing that is not as it should be.
 */
export function parseFilter(text: string): Expression | null {
  if (text.length > MAX_FILTER_CHARS) {
    throw new FilterFault(
      { from: MAX_FILTER_CHARS, to: text.length },
      `A filter has at most ${MAX_FILTER_CHARS} characters.`,
      'Shorten it: a range (1..9) or a set ({1, 2}) says much in few.',
    );
  }
  const tree = parser.parse(text);
  refuseErrors(tree, text);
  const top = tree.topNode.firstChild;
  return top === null ? null : new TreeReader(text).expression(top, 0);
}

/** The parser mends what it cannot read, so that an editor can colour it; here that is an error. */
function refuseErrors(tree: Tree, text: string): void {
  tree.iterate({
    enter: (node) => {
      if (!node.type.isError) return;
      const { from } = node;
      const rest = text.slice(from);
      if (/^\s*$/.test(rest)) {
        throw new FilterFault(
          { from: Math.max(0, text.trimEnd().length - 1), to: text.length },
          'The filter ends in the middle.',
          missing(text),
        );
      }
      const word = /^\s*(\S{1,24})/.exec(rest)!;
      const start = from + word[0].length - word[1]!.length;
      throw new FilterFault(
        { from: start, to: start + word[1]!.length },
        `“${word[1]!}” cannot stand here.`,
        between(text.slice(0, start), word[1]!) ?? hint(word[1]!),
      );
    },
  });
}

function missing(text: string): string {
  const opened = text.replace(/"(?:[^"\\]|\\.)*"?/g, '').replace(/[^()]/g, '');
  const depth = opened.split('(').length - opened.split(')').length;
  if (depth > 0) return 'Close the parenthesis with “)”.';
  if ((text.replace(/\\./g, '').split('"').length - 1) % 2 === 1)
    return 'Close the text with a quotation mark.';
  return 'Add what comes next: a field, or a value behind the operator.';
}

/** `port 443`, as tcpdump has it: a word in front of which a field, and no operator, stands. */
function between(before: string, word: string): string | null {
  const field = /(?:^|[(!]|&&|\|\||\b(?:and|or|not)\s)\s*([a-zA-Z][\w.]*)\s+$/.exec(before)?.[1];
  if (field === undefined || RESERVED.has(field) || !/^[\w":-]/.test(word) || RESERVED.has(word)) return null;
  return `Between a field and its value stands an operator: ${field} == ${word}.`;
}

function hint(word: string): string {
  if (word.startsWith('=') && !word.startsWith('==')) return 'Equality is “==”.';
  if (word.startsWith('&')) return 'Both: “&&” or “and”.';
  if (word.startsWith('|')) return 'Either: “||” or “or”.';
  if (word.startsWith("'")) return 'Texts stand in double quotation marks.';
  return 'Between two tests stands “&&” or “||”; a value with spaces or signs in it stands in quotation marks.';
}

class TreeReader {
  private readonly text: string;
  private tests = 0;

  constructor(text: string) {
    this.text = text;
  }

  expression(node: SyntaxNode, depth: number): Expression {
    const { from, to } = node;
    if (depth > MAX_DEPTH) {
      throw new FilterFault(
        node,
        `More than ${MAX_DEPTH} levels of operators in one another.`,
        'Write it flatter: a set (field in {a, b}) says much in few.',
      );
    }
    switch (node.name) {
      case 'And':
      case 'Or': {
        const kind = node.name === 'And' ? 'and' : 'or';
        const left = this.expression(node.firstChild!, depth + 1);
        return { kind, left, right: this.expression(node.lastChild!, depth + 1), from, to };
      }
      case 'Not':
        return { kind: 'not', operand: this.expression(node.lastChild!, depth + 1), from, to };
      case 'Group':
        return this.expression(node.firstChild!.nextSibling!, depth + 1);
      case 'Quantified': {
        const quantifier = node.getChild('Quantifier')!;
        const kind = this.slice(quantifier) === 'any' ? 'any' : 'every';
        const operand = quantifier.nextSibling!.nextSibling!;
        return { kind, operand: this.expression(operand, depth + 1), from, to };
      }
      default:
        return this.test(node);
    }
  }

  private test(node: SyntaxNode): Expression {
    const { from, to } = node;
    if (++this.tests > MAX_TESTS) {
      throw new FilterFault(
        node,
        `More than ${MAX_TESTS} tests.`,
        'Use a set (field in {a, b}) or a range (1..9).',
      );
    }
    const call = node.getChild('Call');
    if (call !== null) {
      const { firstChild } = call;
      const name = { name: this.slice(firstChild!), from: firstChild!.from, to: firstChild!.to };
      const values = call.getChildren('Value').map((value) => this.literal(value));
      return { kind: 'test', field: name, operator: 'has', values, from, to };
    }
    const field = this.field(node.getChild('Field')!);
    const comparison = node.getChild('Comparison');
    const set = node.getChild('Set');
    const values = (set ?? node).getChildren('Value').map((value) => this.literal(value));
    if (values.length > MAX_SET_VALUES) {
      throw new FilterFault(set!, `More than ${MAX_SET_VALUES} values.`, 'Use a range (1..9).');
    }
    if (set !== null && values.length === 0) {
      throw new FilterFault(set, 'The set is empty: nothing is in it.', 'Put a value in: {1, 2}.');
    }
    let operator: Operator = values.length === 0 ? 'exists' : 'in';
    if (comparison !== null) {
      const written = this.slice(comparison);
      operator = WORD_OPERATORS[written] ?? (written as Operator);
    }
    return { kind: 'test', field, operator, values, from, to };
  }

  private field(node: SyntaxNode): FieldName {
    const key = node.getChild('String');
    const name = this.slice(node.firstChild!);
    return {
      name: key === null ? name : `${name}.${unquote(this.slice(key))}`,
      of: node.getChildren('Value').map((value) => this.literal(value)),
      from: node.from,
      to: node.to,
    };
  }

  private literal(node: SyntaxNode): Literal {
    const text = this.slice(node);
    const quoted = text.startsWith('"');
    return { text: quoted ? unquote(text) : text, quoted, from: node.from, to: node.to };
  }

  private slice(node: { readonly from: number; readonly to: number }): string {
    return this.text.slice(node.from, node.to);
  }
}

/** `\"` is a quotation mark and `\\` a backslash; before anything else a backslash is itself. */
function unquote(text: string): string {
  return text.slice(1, -1).replace(/\\(["\\])/g, '$1');
}

/** Text as a value of the language: bare where that reads the same, else in quotation marks. */
export function quoteValue(text: string): string {
  if (/^[a-zA-Z0-9_:-][a-zA-Z0-9_.:/@#+-]*$/.test(text) && !RESERVED.has(text) && !text.includes('..'))
    return text;
  return quoted(text);
}

const RESERVED: ReadonlySet<string> = new Set([
  ...Object.keys(WORD_OPERATORS),
  'and',
  'or',
  'not',
  'in',
  'exists',
  'any',
  'every',
]);
