/**
 * What a trigger waits for, as people write it: terms joined by ` and `, all of which a journey must meet, not
 * necessarily at one event. Several conditions: any of them.
 *
 *   lost | clobbered | suspect | unreadable | changed     a state (docs/states.md) …
 *   lost@HOOK, lost@DEVICE:HOOK                           … and where; a hook without its `@first`, `@last`: all of them
 *   drop, drop=REASON                                     the kernel dropped it, with a reason by name or number
 *   tlv:NAME, tlv:NAME=VALUE                              a TLV by name or number, with a value as it is printed, or a number
 */
import { HOOKS } from '#core/format/hooks.ts';
import type { HopState } from '#core/diagnosis/types.ts';

export const TRIGGER_STATES = ['lost', 'clobbered', 'suspect', 'unreadable', 'changed'] as const;
export type TriggerState = (typeof TRIGGER_STATES)[number] & HopState;

export type Term =
  | {
      readonly kind: 'state';
      readonly state: TriggerState;
      /** '' = any. */
      readonly device: string;
      /** null = any. */
      readonly hooks: ReadonlySet<number> | null;
    }
  /** `reason` null = any. */
  | { readonly kind: 'drop'; readonly reason: string | null }
  /** `value` null = any. */
  | { readonly kind: 'tlv'; readonly name: string; readonly value: string | null };

export interface Condition {
  /** For people: `metadata lost at tcx/ingress@last and TLV tenant = 7, or a drop`. */
  readonly text: string;
  readonly terms: readonly Term[];
  /** Of each condition the terms it needs, as bits by index into `terms`. */
  readonly alternatives: readonly number[];
}

export type ParsedCondition =
  | { readonly ok: true; readonly condition: Condition }
  /** Two sentences without a final full stop: what is wrong, and what to do about it. */
  | { readonly ok: false; readonly cause: string; readonly remedy: string };

/** Bits of a journey's word. */
export const MAX_TERMS = 31;
/** As much as a filter block is read for. */
const MAX_TEXT_CHARS = 400;

const FORMS = `it is ${TRIGGER_STATES.join(', ')} (each with @HOOK), drop[=REASON] or tlv:NAME[=VALUE], joined by " and "`;

class BadTerm extends Error {
  readonly remedy: string;
  constructor(cause: string, remedy: string) {
    super(cause);
    this.remedy = remedy;
  }
}

/** `texts`: one or more conditions, any of which is enough. Never throws. */
export function parseCondition(texts: readonly string[]): ParsedCondition {
  const terms: Term[] = [];
  try {
    const alternatives = texts.map((text) =>
      text.split(/\s+and\s+/).reduce((bits, part) => {
        if (terms.length === MAX_TERMS)
          throw new BadTerm(`more than ${MAX_TERMS} conditions`, 'ask for fewer');
        return bits | (1 << (terms.push(parseTerm(part.trim())) - 1));
      }, 0),
    );
    const text = alternatives.map((bits) => textOf(terms, bits)).join(', or ');
    if (text.length > MAX_TEXT_CHARS)
      throw new BadTerm('the conditions are too long', `shorten them to ${MAX_TEXT_CHARS} characters in all`);
    return { ok: true, condition: { text, terms, alternatives } };
  } catch (thrown) {
    if (!(thrown instanceof BadTerm)) throw thrown;
    return { ok: false, cause: thrown.message, remedy: thrown.remedy };
  }
}

function parseTerm(text: string): Term {
  const drop = /^drop(?:=(.*))?$/is.exec(text);
  if (drop !== null) return dropTerm(text, drop[1]);
  const tlv = /^tlv:([^=]*)(?:=(.*))?$/is.exec(text);
  if (tlv !== null) {
    const name = tlv[1]!.trim();
    if (name === '') throw new BadTerm(`"${text}" names no TLV`, 'give tlv:NAME or tlv:NAME=VALUE');
    return { kind: 'tlv', name, value: tlv[2] ?? null };
  }
  const at = text.indexOf('@');
  const word = (at < 0 ? text : text.slice(0, at)).toLowerCase();
  const state = TRIGGER_STATES.find((one) => one === word);
  if (state === undefined) throw new BadTerm(`"${text}" is no condition of a trigger`, FORMS);
  if (at < 0) return { kind: 'state', state, device: '', hooks: null };
  const place = text.slice(at + 1);
  const colon = place.indexOf(':');
  return {
    kind: 'state',
    state,
    device: colon < 0 ? '' : place.slice(0, colon),
    hooks: hooksNamed(place.slice(colon + 1)),
  };
}

function dropTerm(text: string, reason: string | undefined): Term {
  if (reason !== undefined && !/^\w+$/.test(reason))
    throw new BadTerm(
      `"${text}" names no drop reason`,
      'give one as the kernel has it, as in drop=NO_SOCKET',
    );
  const bare = reason?.toUpperCase().replace(/^SKB_DROP_REASON_/, '');
  return { kind: 'drop', reason: bare ?? null };
}

function hooksNamed(name: string): ReadonlySet<number> {
  const exact = HOOKS.filter((hook) => hook.name === name);
  const found = exact.length > 0 ? exact : HOOKS.filter((hook) => hook.name.split('@')[0] === name);
  if (found.length === 0)
    throw new BadTerm(`there is no hook "${name}"`, 'whither doctor lists them, as in lost@tcx/ingress@last');
  return new Set(found.map(({ id }) => id));
}

/** The terms of one condition as people read them. */
export function textOf(terms: readonly Term[], bits: number): string {
  return terms
    .filter((_, i) => (bits & (1 << i)) !== 0)
    .map(termText)
    .join(' and ');
}

/** What was met and at which hop, as a triggered block says it. */
export function firedText(terms: readonly Term[], bits: number, hop: string): string {
  const [only, ...more] = terms.filter((_, i) => (bits & (1 << i)) !== 0);
  if (only === undefined || more.length > 0) return `${textOf(terms, bits)}, the last of it at ${hop}`;
  return `${only.kind === 'state' ? `metadata ${only.state}` : termText(only)} at ${hop}`;
}

function termText(term: Term): string {
  switch (term.kind) {
    case 'state': {
      const hooks = HOOKS.filter(({ id }) => term.hooks?.has(id) === true).map(({ name }) => name);
      const names = hooks.length > 1 ? hooks[0]!.split('@')[0]! : (hooks[0] ?? '');
      const place = [term.device, names].filter((part) => part !== '').join(':');
      return `metadata ${term.state}${place === '' ? '' : ` at ${place}`}`;
    }
    case 'drop':
      return term.reason === null ? 'a drop' : `a drop with reason ${term.reason}`;
    case 'tlv':
      return `TLV ${term.name}${term.value === null ? '' : ` = ${term.value}`}`;
  }
}
