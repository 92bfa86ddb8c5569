/**
 * A filter expression that goes along with a share: addresses in it are those of the share, and what may be a secret keeps it
 * from going at all. As everywhere, what no list names does not go out.
 */
import ipaddr from 'ipaddr.js';
import { formatIpv4, formatIpv6, formatMac, IPV4_BYTES } from '#core/dissect/addresses.ts';
import { ALL_JOURNEY_FIELDS, FIELDS } from '#core/query/catalogue.ts';
import { ADDRESS_FIELDS } from '#core/query/fields/addresses.ts';
import { parseFlow, printFlow, type FlowEnd } from '#core/query/fields/flow-value.ts';
import { HOP_TEXTS } from '#core/query/fields/names.ts';
import { NUMBER_FIELDS } from '#core/query/fields/numbers.ts';
import { TIME_FIELDS } from '#core/query/fields/times.ts';
import { MAX_FILTER_CHARS } from '#core/query/limits.ts';
import { parseFilter, quoteValue } from '#core/query/parse.ts';
import { FilterFault, testsOf, type Expression, type Literal } from '#core/query/syntax.ts';
import { parseDuration, parseInstant, parseInteger } from '#core/query/values.ts';
import { keepsBytes, type Going, type SharePolicy } from './policy.ts';
import type { Pseudonyms } from './pseudonyms.ts';
import type { SharedHops } from './shared-hops.ts';
import type { SharedPrograms } from './shared-programs.ts';
import type { SharedTasks } from './shared-tasks.ts';
import { HOPS, isPublicWord } from './vocabulary.ts';

const KERNEL_ADDRESSES: ReadonlySet<string> = new Set(['skb', 'head', 'hash', 'cookie']);
const MARKS: ReadonlySet<string> = new Set(['mark', 'priority']);
/** With colons, dashes, or as routers print it. */
const MAC = /^(?:[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}|[0-9a-f]{4}(?:\.[0-9a-f]{4}){2})$/i;

/** Any word before an operator is a field to the parser. */
const FIELD_NAMES: ReadonlySet<string> = new Set([
  'journey.has',
  ...[...FIELDS, ...ALL_JOURNEY_FIELDS].map(({ name }) => name),
]);
/** Whose values are numbers and times. Of others a number is a text like any: an address as one, or a name. */
const NUMERIC: ReadonlySet<string> = new Set(
  [
    ...NUMBER_FIELDS,
    ...TIME_FIELDS,
    ...ALL_JOURNEY_FIELDS,
    ...ADDRESS_FIELDS.filter(({ name }) => name.startsWith('port')),
  ].map(({ name }) => name),
);
const PORT = /^\d{1,5}$/;
const TLV = 'tlv.';

export interface ExpressionRules {
  readonly policy: SharePolicy;
  readonly names: Pseudonyms;
  /** TLVs of the capture's schemas by name, and how their values go out (`goingTypes`). */
  readonly going: ReadonlyMap<string, Going>;
  /** A schema reads skb->mark, whose fields go by their own rules. */
  readonly readsMark: boolean;
  /** Names of the reasons of drops that go out with what the capture says of its host. */
  readonly dropReasons: ReadonlySet<string>;
  /** Those that have been met: what they are called by goes out as what they are called by in the share. */
  readonly hops: SharedHops;
  readonly programs: SharedPrograms;
  readonly tasks: SharedTasks;
}

/** What keeps an expression here: the first part of it that may be a secret, as it was written, and what that may be. */
export interface HeldBack {
  readonly part: string;
  readonly because:
    | 'syntax'
    /** With what stands for its names and addresses. */
    | 'long'
    /** Neither of the language, nor a TLV of the capture's schemas. */
    | 'field'
    | 'value'
    | 'address'
    | 'flow'
    | 'name'
    | 'program'
    | 'hop'
    | 'kernelAddress'
    | 'mark'
    | 'word';
}

export type SharedExpression = { readonly text: string } | { readonly held: HeldBack };

/** null = it does not go out: it is no expression, or holds what may be a secret. */
export function shareExpression(text: string, rules: ExpressionRules): string | null {
  const shared = sharedExpression(text, rules);
  return 'text' in shared ? shared.text : null;
}

/** As it goes out, or why it does not. */
export function sharedExpression(text: string, rules: ExpressionRules): SharedExpression {
  let tree: Expression | null;
  try {
    tree = parseFilter(text);
  } catch (thrown) {
    if (thrown instanceof FilterFault) return { held: { part: text, because: 'syntax' } };
    throw thrown;
  }
  if (tree === null) return { text: '' };
  const stranger = testsOf(tree).find(({ field }) => !isField(field.name, rules));
  if (stranger !== undefined) return { held: { part: stranger.field.name, because: 'field' } };
  const changes: { readonly at: Literal; readonly text: string }[] = [];
  for (const asked of literalsOf(tree)) {
    const { literal } = asked;
    const shared = shareLiteral(asked, rules);
    if ('because' in shared) return { held: { part: literal.text, because: shared.because } };
    if (shared.text !== literal.text) changes.push({ at: literal, text: quoteValue(shared.text) });
  }
  changes.sort((a, b) => b.at.from - a.at.from);
  const out = changes.reduce((all, { at, text: to }) => all.slice(0, at.from) + to + all.slice(at.to), text);
  return out.length > MAX_FILTER_CHARS ? { held: { part: text, because: 'long' } } : { text: out };
}

interface Asked {
  readonly field: string;
  readonly literal: Literal;
  /** Of a value, as `~` asks; else it is all of one. */
  readonly part: boolean;
}

function literalsOf(tree: Expression): readonly Asked[] {
  return testsOf(tree).flatMap(({ field: { name, of = [] }, operator, values }) => [
    // What a latency is between.
    ...of.map((literal) => ({ field: 'hop', literal, part: false })),
    ...values.map((literal) => ({ field: name, literal, part: operator === '~' || operator === '!~' })),
  ]);
}

/** One of the language, or a TLV of the capture's schemas. */
export function isField(name: string, { going }: Pick<ExpressionRules, 'going'>): boolean {
  return name.startsWith(TLV) ? going.has(name.slice(TLV.length)) : FIELD_NAMES.has(name);
}

type Held = HeldBack['because'];

function shareLiteral(
  { field, literal, part }: Asked,
  rules: ExpressionRules,
): { readonly text: string } | { readonly because: Held } {
  const { policy, names, going, readsMark, dropReasons, hops, programs, tasks } = rules;
  const { text } = literal;
  const only = (keeps: boolean, because: Held) => (keeps ? { text } : { because });
  const address = shareAddress(text, names);
  const hasNames = policy.names === 'keep';
  if (field.startsWith(TLV)) {
    switch (going.get(field.slice(TLV.length))) {
      case 'kept':
        return only(address === '' || policy.addresses === 'keep', 'address');
      case 'pseudonym':
        // A part of one (`~`) stands for nothing there.
        return address === '' || part ? { because: 'value' } : { text: address };
      case 'otherwise':
      case undefined:
        return { because: 'value' };
    }
  }
  // Anything may be in it, and what of it goes out does so by the rule for texts.
  if (field === 'comment') return only(policy.texts === 'keep' && hidesNobody(policy), 'word');
  const isWord = isPublicWord(field, text, part, dropReasons);
  const asked = { literal, part, isWord };
  if (field === 'task') {
    const shared = hasNames ? text : tasks.shared(asked);
    return shared === null ? { because: 'name' } : { text: shared };
  }
  if (field === 'flow') {
    const shared = part ? null : shareFlow(text, rules);
    return shared === null ? { because: 'flow' } : { text: shared };
  }
  if (field === 'program') {
    // Where it is attached has the name of a device.
    if (hasNames && policy.programs === 'keep') return { text };
    const shared = programs.shared(asked);
    return shared === null ? { because: 'program' } : { text: shared };
  }
  const isText = HOP_TEXTS.has(field);
  if (isText || HOPS.test(field)) {
    if (hasNames && (isText || policy.programs === 'keep')) return { text };
    const shared = hops.shared(field, asked);
    return shared === null ? { because: isText ? 'name' : 'hop' } : { text: shared };
  }
  if (KERNEL_ADDRESSES.has(field) && policy.kernelAddresses !== 'keep') return { because: 'kernelAddress' };
  if (MARKS.has(field) && policy.marks !== 'keep') return { because: 'mark' };
  if (field === 'mark' && readsMark && !keepsBytes(policy)) return { because: 'mark' };
  if (address !== '') return { text: policy.addresses === 'keep' ? text : address };
  return only(isWord || (NUMERIC.has(field) && isNumber(text)) || hidesNobody(policy), 'word');
}

/** Of a flow with addresses at both ends; null for what is none. */
function shareFlow(text: string, { policy, names, dropReasons }: ExpressionRules): string | null {
  const flow = parseFlow(text);
  if (flow === null) return null;
  const { protocol } = flow;
  if (protocol !== null && !isPublicWord('proto', protocol, false, dropReasons)) return null;
  const ends = [flow.source, flow.destination].map((end): FlowEnd | null => {
    const address = shareAddress(end.address, names);
    if (address === '' || (end.port !== null && !PORT.test(end.port))) return null;
    return policy.addresses === 'keep' ? end : { ...end, address };
  });
  const [source, destination] = ends;
  return source == null || destination == null ? null : printFlow({ protocol, source, destination });
}

/** One, or a range of two. */
function isNumber(text: string): boolean {
  const parts = text.split('..');
  const parsers = [parseInteger, parseDuration, parseInstant];
  return parts.length <= 2 && parts.every((part) => parsers.some((parse) => parse(part) !== null));
}

/** Any text may be what somebody is called by. */
function hidesNobody({ addresses, names, programs, kernelAddresses }: SharePolicy): boolean {
  return [addresses, names, programs, kernelAddresses].every((rule) => rule === 'keep');
}

interface Network {
  readonly bytes: Uint8Array;
  /** null = one address. */
  readonly bits: number | null;
}

/** Of an address or network, '' for what is none. */
export function shareAddress(text: string, names: Pseudonyms): string {
  if (MAC.test(text)) return shareMac(text, names);
  const network = networkOf(text);
  return network === null ? '' : shareNetwork(network, names);
}

function shareMac(text: string, names: Pseudonyms): string {
  const pairs = text.replace(/[^0-9a-f]/gi, '').match(/../g) ?? [];
  return formatMac(names.addresses.mac(Uint8Array.from(pairs, (pair) => Number.parseInt(pair, 16))), 0);
}

function networkOf(text: string): Network | null {
  const [address = '', bits, ...more] = text.split('/');
  if (more.length > 0 || !(ipaddr.IPv4.isValidFourPartDecimal(address) || ipaddr.IPv6.isValid(address)))
    return null;
  if (bits !== undefined && !/^\d{1,3}$/.test(bits)) return null;
  const bytes = Uint8Array.from(ipaddr.parse(address).toByteArray());
  const count = bits === undefined ? null : Number(bits);
  return count !== null && count > 8 * bytes.length ? null : { bytes, bits: count };
}

/** Addresses of a network have the first bits of their pseudonyms in common. */
function shareNetwork({ bytes, bits }: Network, names: Pseudonyms): string {
  const out = names.addresses.ip(bytes).slice();
  if (bits !== null) for (let i = bits; i < 8 * out.length; i++) out[i >> 3]! &= ~(0x80 >> (i & 7));
  const printed = out.length === IPV4_BYTES ? formatIpv4(out, 0) : formatIpv6(out, 0);
  return bits === null ? printed : `${printed}/${bits}`;
}
