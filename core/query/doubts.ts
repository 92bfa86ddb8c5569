/**
 * What of a filter cannot be found in this capture, whatever is in its packets: a hop that is not there, a port that is none. The
 * filter is right and in force; but that nothing passes it says nothing of packets.
 */
import type { CaptureStore } from '#core/store/capture-store.ts';
import { findField } from './catalogue.ts';
import { compileFilter } from './compile.ts';
import { hopNames } from './fields/names.ts';
import { unknownName, unknownPart, type Unknown } from './hop-doubts.ts';
import { isJourneyField } from './journeys.ts';
import { LATENCY_FIELD } from './latency-field.ts';
import { parseFilter } from './parse.ts';
import { testsOf, type FilterError, type Literal, type Test } from './syntax.ts';
import { parseInteger, splitRange, textMatcher } from './values.ts';

/** As an error, but the filter can be asked. */
export type FilterDoubt = FilterError;

/** The highest of its values, of fields that have one below that of their numbers. */
const HIGHEST: ReadonlyMap<string, { readonly most: bigint; readonly what: string }> = new Map([
  ['port', { most: 0xffffn, what: 'port' }],
  ['port.src', { most: 0xffffn, what: 'port' }],
  ['port.dst', { most: 0xffffn, what: 'port' }],
  ['vlan', { most: 0xfffn, what: 'VLAN id' }],
]);

/** In the order of the text; none of a filter that cannot be asked, and none before the capture has a hop. */
export function filterDoubts(text: string, store: CaptureStore): readonly FilterDoubt[] {
  if (store.hops.hops.length === 0 || !compileFilter(text, store).ok) return [];
  const tree = parseFilter(text);
  return tree === null ? [] : testsOf(tree).flatMap((test) => doubtsOf(test, store));
}

function doubtsOf(test: Test, store: CaptureStore): readonly FilterDoubt[] {
  if (test.operator === 'has') return [];
  const field = findField(store, test.field);
  const of = (literals: readonly Literal[], why: (text: string) => Unknown | null): readonly FilterDoubt[] =>
    literals.flatMap((literal) => {
      const unknown = why(literal.text);
      return unknown === null ? [] : [{ from: literal.from, to: literal.to, ...unknown }];
    });
  if (field === LATENCY_FIELD)
    return of(test.field.of ?? [], (text) => unknownName(store, text, 'hop', hopNames));
  if (isJourneyField(field)) return [];
  const { hopNames: namesOf } = field;
  if (namesOf !== undefined) {
    const kind = namesOf === hopNames ? 'hop' : field.name;
    return of(test.values, (text) =>
      test.operator === '~' || test.operator === '!~'
        ? unknownPart(store, text, kind, namesOf, textMatcher(text))
        : unknownName(store, text, kind, namesOf),
    );
  }
  const highest = HIGHEST.get(field.name);
  if (highest === undefined || test.operator.startsWith('<')) return [];
  return of(test.values, (text) => {
    const lowest = parseInteger(splitRange(text)?.[0] ?? text);
    if (lowest === null || lowest <= highest.most) return null;
    return { cause: `There is no ${highest.what} ${text}.`, remedy: `They end at ${highest.most}.` };
  });
}
