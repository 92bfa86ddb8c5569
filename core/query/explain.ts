/** A filter in words: what is asked of any hop, of one and the same, of every one. */
import { JOURNEY_FIELDS } from './journeys.ts';
import { parseFilter, quoteValue } from './parse.ts';
import { FilterFault, type Expression, type FieldName, type Operator, type Test } from './syntax.ts';

const OF_JOURNEYS: ReadonlySet<string> = new Set([...JOURNEY_FIELDS.map(({ name }) => name), 'latency']);

/** `at some hop tlv.verdict is drop, and at no hop meta is there`; null: nothing is asked, or it cannot be read. */
export function explainFilter(text: string): string | null {
  try {
    const tree = parseFilter(text);
    if (tree === null) return null;
    const apart = tests(tree) > 1 ? '; each may be at a hop of its own' : '';
    return `${ofJourney(tree)}${apart}`;
  } catch (thrown) {
    if (thrown instanceof FilterFault) return null;
    throw thrown;
  }
}

/** Tests that ask for some hop and must hold together: those may be taken for one hop. */
function tests(node: Expression): number {
  switch (node.kind) {
    case 'and':
      return tests(node.left) + tests(node.right);
    case 'test':
      return OF_JOURNEYS.has(node.field.name) ? 0 : 1;
    case 'or':
    case 'not':
    case 'any':
    case 'every':
      return 0;
  }
}

function ofJourney(node: Expression): string {
  switch (node.kind) {
    case 'and':
      return `${grouped(node.left, 'or', ofJourney)}, and ${grouped(node.right, 'or', ofJourney)}`;
    case 'or':
      return `${grouped(node.left, 'and', ofJourney)}, or ${grouped(node.right, 'and', ofJourney)}`;
    case 'not':
      return negated(node.operand);
    case 'any':
      return `at one hop ${ofHop(node.operand)}`;
    case 'every':
      return `at every hop ${ofHop(node.operand)}`;
    case 'test':
      if (OF_JOURNEYS.has(node.field.name)) return words(node);
      if (node.operator === '!=' || node.operator === '!~') {
        const name = nameOf(node.field);
        return `${name} is there, and at no hop ${words({ ...node, operator: positive(node.operator) })}`;
      }
      return `at some hop ${words(node)}`;
  }
}

function negated(node: Expression): string {
  switch (node.kind) {
    case 'any':
      return `at no hop ${ofHop(node.operand)}`;
    case 'every':
      return `not at every hop ${ofHop(node.operand)}`;
    case 'test':
      if (!OF_JOURNEYS.has(node.field.name) && node.operator !== '!=' && node.operator !== '!~')
        return `at no hop ${words(node)}`;
      return `not (${ofJourney(node)})`;
    case 'not':
    case 'and':
    case 'or':
      return `not (${ofJourney(node)})`;
  }
}

/** What holds at one hop. */
function ofHop(node: Expression): string {
  switch (node.kind) {
    case 'and':
      return `${grouped(node.left, 'or', ofHop)} and ${grouped(node.right, 'or', ofHop)}`;
    case 'or':
      return `${grouped(node.left, 'and', ofHop)} or ${grouped(node.right, 'and', ofHop)}`;
    case 'not':
      return `not (${ofHop(node.operand)})`;
    case 'any':
    case 'every':
      return ofHop(node.operand);
    case 'test':
      return words(node);
  }
}

function grouped(node: Expression, kind: Expression['kind'], say: (node: Expression) => string): string {
  return node.kind === kind ? `(${say(node)})` : say(node);
}

function positive(operator: Operator): Operator {
  return operator === '!=' ? '==' : '~';
}

/** `latency from xdp to "tcx ingress"`; at a hop the field of that name is what it is called. */
function nameOf({ name, of = [] }: FieldName): string {
  const [from, to] = of;
  if (from !== undefined && to !== undefined)
    return `${name} from ${quoteValue(from.text)} to ${quoteValue(to.text)}`;
  return name === 'hop' ? 'its name' : name;
}

function words({ field, operator, values }: Test): string {
  const name = nameOf(field);
  const all = values.map(({ text }) => quoteValue(text));
  switch (operator) {
    case 'exists':
      return `${name} is there`;
    case '==':
      return `${name} is ${all[0]!}`;
    case '!=':
      return `${name} is not ${all[0]!}`;
    case '<':
      return `${name} is less than ${all[0]!}`;
    case '<=':
      return `${name} is at most ${all[0]!}`;
    case '>':
      return `${name} is more than ${all[0]!}`;
    case '>=':
      return `${name} is at least ${all[0]!}`;
    case '~':
      return `${name} contains ${all[0]!}`;
    case '!~':
      return `${name} does not contain ${all[0]!}`;
    case 'in':
      return values.length === 1 ? `${name} is in ${values[0]!.text}` : `${name} is one of ${all.join(', ')}`;
    case 'has':
      return `state is ${all[0]!}`;
  }
}
