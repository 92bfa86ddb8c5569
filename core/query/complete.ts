/** What can stand at a place of an expression: names of fields, operators, values that the capture has. */
import { HOP_STATE_NAMES } from '#core/diagnosis/types.ts';
import { quoted, tlvFieldText } from '#core/query/quote.ts';
import type { CaptureStore } from '#core/store/capture-store.ts';
import { ALL_JOURNEY_FIELDS, FIELDS, findField } from './catalogue.ts';
import { compileFilter } from './compile.ts';
import { TLV_PREFIX, tlvField } from './fields/metadata.ts';
import { HOP_FIELD, STATE_FIELD } from './fields/names.ts';
import { isJourneyField } from './journeys.ts';
import { LATENCY_FIELD } from './latency-field.ts';
import { MAX_FILTER_CHARS } from './limits.ts';
import { quoteValue } from './parse.ts';
import { seenHops, seenValues, type SeenValue } from './seen-values.ts';
import { FilterFault, type Operator, type Span } from './syntax.ts';

const MAX_OPTIONS = 50;

export interface CompletionOption {
  /** What is put in. */
  readonly text: string;
  readonly kind: 'field' | 'operator' | 'value';
  /** One line about it; of a value how often it was seen. */
  readonly detail: string;
}

/** Replaces the text from `from` to `to`. */
export interface Completion extends Span {
  readonly options: readonly CompletionOption[];
}

interface Token extends Span {
  readonly text: string;
}

/** Options at character `at` of `text`, the likeliest first. */
export function completeFilter(text: string, at: number, store: CaptureStore): Completion {
  if (text.length > MAX_FILTER_CHARS) return { from: at, to: at, options: [] };
  const before = tokensBefore(text, at);
  const last = before.at(-1);
  const typing = last !== undefined && last.to === at && isWord(last) ? last : null;
  const done = typing === null ? before : before.slice(0, -1);
  // An editor closes what it sees opened: that goes with what is replaced.
  const end = typing?.text.startsWith('"') === true && text[at] === '"' ? at + 1 : at;
  const span = typing === null ? { from: at, to: at } : { from: typing.from, to: end };
  const typed = typing === null ? '' : unquoted(text.slice(typing.from, at));
  if (namesHopOfLatency(done)) return { ...span, options: hopOptions(store, typed) };
  if (callsHas(done)) return { ...span, options: stateOptions(store, typed) };
  const field = fieldOfValue(done);
  if (field !== null) return { ...span, options: valueOptions(store, field, typed) };
  if (endsInField(done)) return { ...span, options: operatorOptions(store, done.at(-1)!, typed) };
  return { ...span, options: fieldOptions(store, typed) };
}

function isWord(token: Token): boolean {
  return /^[\w":-]/.test(token.text);
}

function unquoted(text: string): string {
  return text.replace(/^"|"$/g, '').replace(/\\(["\\])/g, '$1');
}

/** As the tokens of filter.grammar, with keywords as words: what is being typed need not be a filter yet. */
const TOKEN = /"(?:[^"\\]|\\.)*"?|==|!=|<=|>=|!~|&&|\|\||[<>~!(){}[\],]|[\w:-][\w.:/@#+-]*/g;

function tokensBefore(text: string, at: number): Token[] {
  return [...text.slice(0, at).matchAll(TOKEN)].map((match) => ({
    text: match[0],
    from: match.index,
    to: match.index + match[0].length,
  }));
}

const COMPARISONS: ReadonlySet<string> = new Set([
  '==',
  '!=',
  '<',
  '<=',
  '>',
  '>=',
  '~',
  '!~',
  'eq',
  'ne',
  'lt',
  'le',
  'gt',
  'ge',
  'contains',
  'in',
]);
const OPENERS: ReadonlySet<string> = new Set(['(', '!', '&&', '||', 'and', 'or', 'not']);

/** The field whose value comes next: behind its operator, in its set, or null. */
function fieldOfValue(tokens: readonly Token[]): Token | null {
  let i = tokens.length - 1;
  if (i >= 0 && (tokens[i]!.text === '{' || tokens[i]!.text === ',')) {
    while (i >= 0 && tokens[i]!.text !== '{') i--;
    i--;
  }
  if (i < 1 || !COMPARISONS.has(tokens[i]!.text)) return null;
  return tokens[i - 1]!;
}

/** Within the parentheses of `journey.has(`. */
function callsHas(tokens: readonly Token[]): boolean {
  return tokens.at(-1)?.text === '(' && tokens.at(-2)?.text === 'journey.has';
}

/** Within the parentheses of `latency(`, in the place of the first or the second of its hops. */
function namesHopOfLatency(tokens: readonly Token[]): boolean {
  const last = tokens.at(-1)?.text;
  if (last === '(') return tokens.at(-2)?.text === LATENCY_FIELD.name;
  return last === ',' && tokens.at(-3)?.text === '(' && tokens.at(-4)?.text === LATENCY_FIELD.name;
}

/** The last token is a field without an operator yet. */
function endsInField(tokens: readonly Token[]): boolean {
  const last = tokens.at(-1);
  if (last === undefined || !isWord(last) || OPENERS.has(last.text) || COMPARISONS.has(last.text))
    return false;
  const before = tokens.at(-2);
  return before === undefined || OPENERS.has(before.text);
}

function fieldOptions(store: CaptureStore, typed: string): CompletionOption[] {
  const tlvs = store.tlvs.names.map((_, column) => tlvField(store, column));
  const wanted = typed.toLowerCase();
  return [...tlvs, ...FIELDS, ...ALL_JOURNEY_FIELDS]
    .filter(({ name }) => name.toLowerCase().includes(wanted))
    .sort(
      (a, b) =>
        Number(b.name.toLowerCase().startsWith(wanted)) - Number(a.name.toLowerCase().startsWith(wanted)),
    )
    .slice(0, MAX_OPTIONS)
    .map((field) => ({
      text: ('template' in field ? field.template : undefined) ?? fieldText(field.name),
      kind: 'field',
      detail: field.text,
    }));
}

/** The name as the language has it: `tlv["a name"]` where it is no word. */
export function fieldText(name: string): string {
  if (!name.startsWith(TLV_PREFIX)) return name;
  return tlvFieldText(name.slice(TLV_PREFIX.length));
}

/**
 * The expression that passes journeys with a value as it is shown: where that is no value of the language (it has a unit, or is of
 * several parts), that the field is there at all.
 */
export function valueFilter(store: CaptureStore, name: string, shown: string): string {
  const filter = `${fieldText(name)} == ${quoteValue(shown)}`;
  return compileFilter(filter, store).ok ? filter : fieldText(name);
}

const OPERATOR_TEXTS: Readonly<Record<Operator, string>> = {
  '==': 'is, at some hop',
  '!=': 'is there, and at no hop this',
  '<': 'less than',
  '<=': 'at most',
  '>': 'more than',
  '>=': 'at least',
  '~': 'contains',
  '!~': 'is there, and at no hop contains',
  in: 'one of a set, a range or a network',
  exists: 'is there',
  has: '',
};

function operatorOptions(store: CaptureStore, token: Token, typed: string): CompletionOption[] {
  const field = fieldAt(store, token);
  if (field === null) return [];
  const all: Operator[] = [...field.operators, 'exists'];
  if (all.includes('==')) all.splice(1, 0, '!=');
  return all
    .filter((operator) => operator.startsWith(typed))
    .map((operator) => ({ text: operator, kind: 'operator', detail: OPERATOR_TEXTS[operator] }));
}

/** All there are, also those that the capture has not: that none is found is an answer. */
function stateOptions(store: CaptureStore, typed: string): CompletionOption[] {
  const seen = new Map(
    seenValues(store, STATE_FIELD, '', HOP_STATE_NAMES.length).map(({ value, count }) => [value, count]),
  );
  return HOP_STATE_NAMES.filter((name) => name.includes(typed.toLowerCase()))
    .map((name) => ({ name, count: seen.get(name) ?? 0 }))
    .sort((a, b) => b.count - a.count)
    .map(({ name, count }) => ({ text: quoted(name), kind: 'value', detail: eventsText(count) }));
}

function valueOptions(store: CaptureStore, token: Token, typed: string): CompletionOption[] {
  const field = fieldAt(store, token);
  if (field === null || isJourneyField(field)) return [];
  const askable = ({ value }: SeenValue): boolean =>
    compileFilter(`${fieldText(field.name)} == ${quoteValue(value)}`, store).ok;
  const values =
    field.hopNames === undefined
      ? seenValues(store, field, typed, MAX_OPTIONS)
      : seenHops(store, field, typed, MAX_OPTIONS);
  return values.filter(askable).map(({ value, count }) => ({
    text: quoteValue(value),
    kind: 'value',
    detail: eventsText(count),
  }));
}

/** Quoted, as in the template that the parentheses come with. */
function hopOptions(store: CaptureStore, typed: string): CompletionOption[] {
  return seenHops(store, HOP_FIELD, typed, MAX_OPTIONS).map(({ value, count }) => ({
    text: quoted(value),
    kind: 'value',
    detail: eventsText(count),
  }));
}

function eventsText(count: number): string {
  return `${count} ${count === 1 ? 'event' : 'events'}`;
}

function fieldAt(store: CaptureStore, token: Token) {
  try {
    return findField(store, { name: token.text, from: token.from, to: token.to });
  } catch (thrown) {
    if (thrown instanceof FilterFault) return null;
    throw thrown;
  }
}
