/**
 * A filter's tree → what is asked of journeys. A test of a field asks for *any* hop of a journey, and each test for a
 * hop of its own; `any(…)` and `every(…)` hold all of what is in them against one hop at a time. `!=` is never the
 * question whether some hop differs, which is nearly always so: the field is there, and at no hop is it that value.
 */
import type { CaptureStore } from '#core/store/capture-store.ts';
import { EVENT_BIT } from '#core/store/event-columns.ts';
import { findField } from './catalogue.ts';
import { rangeAtom } from './atom.ts';
import { atomTest, bothTests, eitherTest, notTest, type EventTest } from './events.ts';
import type { Field } from './field.ts';
import { STATE_FIELD } from './fields/names.ts';
import { isJourneyField, type JourneyField, type JourneyTest } from './journeys.ts';
import { LATENCY_FIELD } from './latency-field.ts';
import { parseFilter } from './parse.ts';
import { FilterFault, type Expression, type FilterError, type Test } from './syntax.ts';

export type Question =
  | { readonly kind: 'and' | 'or'; readonly left: Question; readonly right: Question }
  | { readonly kind: 'not'; readonly operand: Question }
  /** Some event of the journey passes. */
  | { readonly kind: 'any'; readonly test: EventTest }
  | { readonly kind: 'journey'; readonly test: JourneyTest };

export type Compiled =
  | { readonly ok: true; readonly question: Question | null }
  | { readonly ok: false; readonly error: FilterError };

const IS_LOST = atomTest(rangeAtom((c) => c.flags, EVENT_BIT.lost, null));

/** The question of `text` for this store; null = everything passes. */
export function compileFilter(text: string, store: CaptureStore): Compiled {
  try {
    const tree = parseFilter(text);
    return { ok: true, question: tree === null ? null : ofJourneys(store, tree) };
  } catch (thrown) {
    if (thrown instanceof FilterFault) return { ok: false, error: thrown.error };
    throw thrown;
  }
}

function ofJourneys(store: CaptureStore, node: Expression): Question {
  switch (node.kind) {
    case 'and':
    case 'or':
      return { kind: node.kind, left: ofJourneys(store, node.left), right: ofJourneys(store, node.right) };
    case 'not':
      return { kind: 'not', operand: ofJourneys(store, node.operand) };
    case 'any':
      return { kind: 'any', test: ofEvents(store, node.operand) };
    case 'every':
      return { kind: 'not', operand: { kind: 'any', test: notTest(ofEvents(store, node.operand)) } };
    case 'test':
      return ofTest(store, node);
  }
}

function ofTest(store: CaptureStore, test: Test): Question {
  if (test.operator === 'has') return { kind: 'any', test: has(store, test) };
  const field = findField(store, test.field);
  const [positive, negated] = withoutNot(test);
  withoutParentheses(test, field);
  if (isJourneyField(field)) {
    permit(field, positive);
    const asked = field.journey(positive);
    if (!negated) return { kind: 'journey', test: asked };
    const there = field.journey({ ...positive, operator: 'exists', values: [] });
    return { kind: 'journey', test: (s, journey) => there(s, journey) && !asked(s, journey) };
  }
  const holds: Question = { kind: 'any', test: holdsAt(store, field, positive) };
  if (!negated) return holds;
  return {
    kind: 'and',
    left: { kind: 'any', test: field.exists(store) },
    right: { kind: 'not', operand: holds },
  };
}

function ofEvents(store: CaptureStore, node: Expression): EventTest {
  switch (node.kind) {
    case 'and':
      return bothTests(ofEvents(store, node.left), ofEvents(store, node.right));
    case 'or':
      return eitherTest([ofEvents(store, node.left), ofEvents(store, node.right)]);
    case 'not':
      return notTest(ofEvents(store, node.operand));
    case 'any':
    case 'every':
      throw new FilterFault(
        node,
        `“${node.kind}” stands inside of another one.`,
        'Write them side by side: any(…) && every(…).',
      );
    case 'test': {
      if (node.operator === 'has') return has(store, node);
      const field = findField(store, node.field);
      if (isJourneyField(field)) {
        throw new FilterFault(
          node.field,
          `${field.name} belongs to the journey, not to a hop.`,
          'Write it beside any(…), not in it.',
        );
      }
      withoutParentheses(node, field);
      const [positive, negated] = withoutNot(node);
      const holds = holdsAt(store, field, positive);
      return negated ? bothTests(field.exists(store), notTest(holds)) : holds;
    }
  }
}

/** Only a latency is of two hops. */
function withoutParentheses({ field: { of = [], from, to } }: Test, field: Field | JourneyField): void {
  if (of.length === 0 || field === LATENCY_FIELD) return;
  throw new FilterFault({ from, to }, `“${field.name}” is not of two things.`, 'Only latency("A", "B") is.');
}

function withoutNot(test: Test): readonly [Test, boolean] {
  if (test.operator === '!=') return [{ ...test, operator: '==' }, true];
  if (test.operator === '!~') return [{ ...test, operator: '~' }, true];
  return [test, false];
}

function holdsAt(store: CaptureStore, field: Field, test: Test): EventTest {
  if (test.operator === 'exists') return field.exists(store);
  permit(field, test);
  return field.holds(store, test);
}

function permit(
  field: { readonly name: string; readonly values: string; readonly operators: Field['operators'] },
  test: Test,
): void {
  if (test.operator === 'exists' || field.operators.length === 0 || field.operators.includes(test.operator))
    return;
  const known = [...field.operators, ...(field.operators.includes('==') ? ['!='] : []), 'exists'];
  throw new FilterFault(
    test,
    `“${test.operator}” cannot be asked of ${field.name}.`,
    `Its operators are ${known.join('  ')}; it is ${field.values}.`,
  );
}

/** `journey.has("clobbered")`: some hop has this state; `lost` also where no hook shows it. */
function has(store: CaptureStore, test: Test): EventTest {
  if (test.field.name !== 'journey.has') {
    throw new FilterFault(
      test.field,
      `“${test.field.name}” cannot be called.`,
      'Only journey.has("STATE") can.',
    );
  }
  const holds = STATE_FIELD.holds(store, { ...test, operator: '==' });
  // What TCP left behind is lost where no hook shows its packet.
  return test.values.some(({ text }) => text.toLowerCase() === 'lost') ? eitherTest([holds, IS_LOST]) : holds;
}
