/** A filter with one more expression. Pure. */

/** How it joins what is there: alone, negated, and the same beside what is there. */
export type Joint = 'only' | 'not' | 'and' | 'and-not' | 'or';

export function joined(where: string, expression: string, how: Joint): string {
  const negated = `!(${expression})`;
  switch (how) {
    case 'only':
      return expression;
    case 'not':
      return negated;
    case 'and':
      return where === '' ? expression : `${asPart(where)} && ${asPart(expression)}`;
    case 'and-not':
      return where === '' ? negated : `${asPart(where)} && ${negated}`;
    case 'or':
      return where === '' ? expression : `${where} || ${expression}`;
  }
}

/** `&&` binds stronger than `||`. What is in quotation marks may look like one: parentheses too many do no harm. */
function asPart(expression: string): string {
  return /\|\||\bor\b/i.test(expression) ? `(${expression})` : expression;
}
