/** A filter expression as a tree, with the place of every part in the text: what `parse.ts` makes of it. */

/** Characters `from` to `to` of the text. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export type Operator = '==' | '!=' | '<' | '<=' | '>' | '>=' | '~' | '!~' | 'in' | 'exists' | 'has';

/** `tlv.trace_id`, or with a key `tlv["a name with spaces"]`, or of two things: `latency("a", "b")`. */
export interface FieldName extends Span {
  readonly name: string;
  /** What is in the parentheses: two or nothing. */
  readonly of?: readonly Literal[];
}

export interface Literal extends Span {
  /** Without quotes and escapes. */
  readonly text: string;
  readonly quoted: boolean;
}

export interface Test extends Span {
  readonly kind: 'test';
  readonly field: FieldName;
  readonly operator: Operator;
  /** One; of `in` any number, of `exists` none. */
  readonly values: readonly Literal[];
}

export type Expression =
  | Test
  | (Span & { readonly kind: 'and' | 'or'; readonly left: Expression; readonly right: Expression })
  | (Span & { readonly kind: 'not'; readonly operand: Expression })
  /** All of it at one and the same hop. */
  | (Span & { readonly kind: 'any' | 'every'; readonly operand: Expression });

/** The tests of a filter, from left to right. */
export function testsOf(node: Expression): readonly Test[] {
  switch (node.kind) {
    case 'test':
      return [node];
    case 'and':
    case 'or':
      return [...testsOf(node.left), ...testsOf(node.right)];
    case 'not':
    case 'any':
    case 'every':
      return testsOf(node.operand);
  }
}

/** Why a filter cannot be, where in its text, and what to do about it. */
export interface FilterError extends Span {
  readonly cause: string;
  readonly remedy: string;
}

/** Thrown within this folder only; `compileFilter` gives it back as a value. */
export class FilterFault extends Error {
  readonly error: FilterError;

  constructor(span: Span, cause: string, remedy: string) {
    super(cause);
    this.error = { from: span.from, to: span.to, cause, remedy };
  }
}
