/**
 * Addresses, bytes and numbers of the kernel in what people wrote, in every form in which they are printed or pasted. One pass, so that
 * what stands for something is not taken for something itself.
 */
import { formatHex, IPV4_BYTES, IPV6_BYTES, MAC_BYTES } from '#core/dissect/addresses.ts';
import { shareAddress, type ExpressionRules } from './expression.ts';
import { UNNAMED_KINDS, type NumberKind } from './numbers.ts';
import { keepsBytes } from './policy.ts';
import {
  BEFORE,
  BEHIND,
  bytesOf,
  DECIMAL,
  HEX_DUMP,
  HEX_RUN,
  inItsForm,
  readHexRun,
} from './text-numbers.ts';

const HEX = '[0-9a-fA-F]{1,4}';
const OCTET = String.raw`(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)`;
const DOTTED = String.raw`${OCTET}(?:\.${OCTET}){3}`;
const IPV4 = String.raw`(?<!\d)${DOTTED}(?!\d)`;
const IPV4_PREFIX = String.raw`(?:/(?:[12]?\d|3[0-2])(?!\d))?`;
/** All eight groups, or fewer and `::`, or with an IPv4 address as its end. */
const IPV6 =
  `(?:(?:(?:${HEX}:){6}|(?:${HEX}(?::${HEX}){0,5})?::(?:${HEX}:){0,5})${DOTTED}` +
  `|(?:${HEX}:){7}${HEX}|(?:${HEX}(?::${HEX}){0,6})?::(?:${HEX}(?::${HEX}){0,6})?)`;
const IPV6_PREFIX = String.raw`(?:/(?:1[01]\d|12[0-8]|[1-9]?\d)(?!\d))?`;
/** With colons, dashes, or as routers print it. */
const MAC = String.raw`[0-9a-fA-F]{2}(?:[:-][0-9a-fA-F]{2}){5}|[0-9a-fA-F]{4}(?:\.[0-9a-fA-F]{4}){2}`;
const PRINTED = `${BEFORE}${IPV6}${BEHIND}${IPV6_PREFIX}|${BEFORE}(?:${MAC})${BEHIND}|${IPV4}${IPV4_PREFIX}`;
/** As some print it: without leading zeros. */
const SHORT_MAC = `(?<![0-9a-zA-Z:])[0-9a-fA-F]{1,2}(?::[0-9a-fA-F]{1,2}){5}(?![0-9a-zA-Z:])`;

/** Longer ones nobody writes. */
const PADDED = `0{0,8}${OCTET}`;
/** As people write a dot that nobody is to click on, or that Markdown is to leave alone. */
const DOT = String.raw`(?:\.|\[\.\]|\(\.\)|\\\.| ?[(\[]dot[)\]] ?|%2[eE])`;
/** Nor does one of IPv6 begin with its end. */
const NO_MORE = String.raw`(?![0-9a-zA-Z]|\.\d|:[0-9a-fA-F]{0,4}:)`;
const SPELLED_IPV4 = String.raw`(?<![\d.])${PADDED}(?:${DOT}${PADDED}){3}${NO_MORE}`;
/** `10.71.0.x`, `10.71.*`; the beginning of one, as in `10.71.0.{1,2}`, `10.71.0` or `10.71/16`. */
const IPV4_BEGINNING = String.raw`(?<![\d.])${PADDED}(?:\.${PADDED}){1,2}${NO_MORE}(?=(?<wild>(?:\.[x*X])+(?![\w.]))?(?<bits>/\d)?)`;
/** A port may be next to it, in the same form. */
const APART_IPV4 = String.raw`(?<!\d|\d\.)${OCTET}(?:[-_:,/ ] ?${OCTET}){3}(?!\d)`;

const FORMS = new RegExp(
  `(?<dump>${HEX_DUMP})|(?<printed>${PRINTED})|(?<hex>${HEX_RUN})|(?<mac>${SHORT_MAC})|(?<spelled>${SPELLED_IPV4})` +
    `|(?<beginning>${IPV4_BEGINNING})|(?<apart>${APART_IPV4})|(?<decimal>${DECIMAL})`,
  'g',
);
const WHOLE = new RegExp(`^(?:${PRINTED})$`);
const ANY_PRINTED = new RegExp(PRINTED, 'g');
const ANY_IPV4 = new RegExp(IPV4, 'g');
const ANY_APART = new RegExp(APART_IPV4, 'g');

/** A run of more bytes is a dump of something. */
const MAX_VALUE_BYTES = 7;
const MAX_NUMBER_DIGITS = 16;
/** Shorter runs of hexadecimal digits are not asked about. */
const MIN_DOUBT_DIGITS = 8;
/** Numbers that the kernel gives to namespaces. */
const FIRST_NETNS = 4_026_531_836n;
const MAX_NETNS = 4_027_000_000n;

/** Whether `text` is an address as it is printed, and nothing else. */
export function isPrintedAddress(text: string): boolean {
  return WHOLE.test(text);
}

/** `doubts` takes what looks like one of them and goes as it was written. */
export function shareForms(text: string, rules: ExpressionRules, doubts: Set<string>): string {
  const forms = new TextForms(rules, doubts);
  return replaced(text, FORMS, (form, groups) => forms.shared(form, groups));
}

type Groups = Readonly<Record<string, string | undefined>>;

/** `text` with what `as` says in place of what `form` finds; where it says null another one may begin within. */
function replaced(text: string, form: RegExp, as: (found: string, groups: Groups) => string | null): string {
  let out = '';
  let done = 0;
  form.lastIndex = 0;
  for (let found = form.exec(text); found !== null; found = form.exec(text)) {
    const end = form.lastIndex;
    const shared = as(found[0], found.groups ?? {});
    if (shared === null) {
      form.lastIndex = found.index + 1;
      continue;
    }
    out += text.slice(done, found.index) + shared;
    done = end;
    form.lastIndex = end;
  }
  return out + text.slice(done);
}

class TextForms {
  readonly #rules: ExpressionRules;
  readonly #doubts: Set<string>;
  readonly #kinds: readonly NumberKind[];

  constructor(rules: ExpressionRules, doubts: Set<string>) {
    this.#rules = rules;
    this.#doubts = doubts;
    const { names, kernelAddresses } = rules.policy;
    this.#kinds = UNNAMED_KINDS.filter((kind) => (kind === 'netns' ? names : kernelAddresses) !== 'keep');
  }

  /** null = it is none of what has this form. */
  shared(text: string, form: Groups): string | null {
    const is = (name: string): boolean => form[name] !== undefined;
    if (is('dump') || is('hex')) return this.#hex(text);
    if (is('decimal')) return this.#decimal(text);
    if (this.#rules.policy.addresses === 'keep') return null;
    if (is('printed')) return this.#printed(text);
    if (is('mac')) return this.#shortMac(text);
    if (is('spelled')) return this.#spelled(text);
    return is('beginning') ? this.#beginning(text, is('wild'), is('bits')) : this.#apart(text);
  }

  #printed(text: string): string {
    const { names } = this.#rules;
    // What only looks like one of IPv6 may end with one of IPv4.
    return (
      shareAddress(text, names) ||
      text.replace(ANY_IPV4, (address) => shareAddress(address, names) || address)
    );
  }

  #shortMac(text: string): string {
    return this.#printed(
      text
        .split(':')
        .map((part) => part.padStart(2, '0'))
        .join(':'),
    );
  }

  #spelled(text: string): string {
    return this.#printed((text.match(/\d+/g) ?? []).map(Number).join('.'));
  }

  /** Numbers of versions look like it: what is no address by its form has to be the beginning of one that was met. */
  #beginning(text: string, isWild: boolean, hasBits: boolean): string | null {
    const bytes = text.split('.').map(Number);
    const isWhole = bytes.length === 3 && isWild;
    const isMet = this.#rules.names.addresses.hasMet(bytes) && (bytes.length === 3 || isWild || hasBits);
    if (!isWhole && !isMet) return null;
    const zeros = new Array<number>(IPV4_BYTES - bytes.length).fill(0);
    const shared = this.#rules.names.addresses.ip(Uint8Array.from([...bytes, ...zeros]));
    return [...shared.subarray(0, bytes.length)].join('.');
  }

  #apart(text: string): string | null {
    const bytes = Uint8Array.from(text.match(/\d+/g) ?? [], Number);
    const shared = this.#rules.names.addresses.met(bytes);
    if (shared === null) {
      if (/^\d+([-_])\d+\1\d+\1\d+$/.test(text)) this.#doubts.add(text);
      return null;
    }
    let at = 0;
    return text.replace(/\d+/g, () => String(shared[at++]));
  }

  #decimal(text: string): string {
    const value = BigInt(text);
    const told = this.#rules.names.numbers.told(value, this.#kinds) ?? this.#ipv4(value);
    if (told !== null) return told.toString();
    if (value >= FIRST_NETNS && value < MAX_NETNS && this.#kinds.includes('netns')) this.#doubts.add(text);
    return text;
  }

  #hex(text: string): string {
    const { policy } = this.#rules;
    const run = readHexRun(text);
    const { digits, isGrouped, isNumber, isHex, isListed } = run;
    const hidesAddresses = policy.addresses !== 'keep';
    if (hidesAddresses && WHOLE.test(text)) return this.#printed(text);
    if (!isGrouped && !isNumber && this.#rules.programs.tags.has(digits)) return text;
    if (!isGrouped && digits.length <= MAX_NUMBER_DIGITS) {
      const told = this.#rules.names.numbers.told(BigInt(`0x${digits}`), this.#kinds);
      if (told !== null) return inItsForm(text, told.toString(16).padStart(digits.length, '0'));
    }
    const bytes = bytesOf(digits);
    const shared = hidesAddresses ? this.#address(isNumber ? padded(bytes) : bytes) : null;
    if (shared !== null) return inItsForm(text, formatHex(shared, 0, shared.length));
    const isLong = bytes.length > MAX_VALUE_BYTES;
    const isDump = isLong && (isHex || isListed) && !(isNumber && digits.length <= MAX_NUMBER_DIGITS);
    if ((hidesAddresses && this.#holdsAddress(bytes)) || (isDump && !keepsBytes(policy))) {
      return `[${bytes.length} bytes]`;
    }
    if (isGrouped && !isHex && hidesAddresses) {
      const apart = replaced(text, ANY_APART, (one) => this.#apart(one));
      if (apart !== text) return apart;
    }
    if (!isGrouped && !isNumber && !isHex && digits.length >= 7) {
      const shared = this.#decimal(text);
      if (shared !== text) return shared;
    }
    // A time in one piece is as long.
    const isText = isLong && (isGrouped || (digits.length % 2 === 0 && bytes.every(isPrintable)));
    const isDoubtful = (isHex && /\d/.test(digits)) || isNumber || isText;
    if (isDoubtful && digits.length >= MIN_DOUBT_DIGITS && (hidesAddresses || !keepsBytes(policy))) {
      this.#doubts.add(text);
    }
    return hidesAddresses ? text.replace(ANY_PRINTED, (one) => this.#printed(one)) : text;
  }

  /** What stands for bytes that are an address that was met; null = they are none. */
  #address(bytes: Uint8Array): Uint8Array | null {
    const { addresses } = this.#rules.names;
    if (bytes.length !== IPV4_BYTES && bytes.length !== MAC_BYTES && bytes.length !== IPV6_BYTES) return null;
    return addresses.met(bytes) ?? addresses.met(bytes.slice().reverse())?.slice().reverse() ?? null;
  }

  #holdsAddress(bytes: Uint8Array): boolean {
    return [IPV4_BYTES, MAC_BYTES, IPV6_BYTES].some((size) => {
      for (let at = 0; at + size <= bytes.length; at++) {
        if (this.#address(bytes.subarray(at, at + size)) !== null) return true;
      }
      return false;
    });
  }

  /** The address as one number, in either order of its bytes. */
  #ipv4(value: bigint): bigint | null {
    if (this.#rules.policy.addresses === 'keep' || value > 0xffff_ffffn) return null;
    const shared = this.#address(bytesOf(value.toString(16).padStart(2 * IPV4_BYTES, '0')));
    return shared === null ? null : BigInt(`0x${formatHex(shared, 0, IPV4_BYTES)}`);
  }
}

function isPrintable(byte: number): boolean {
  return byte >= 0x20 && byte < 0x7f;
}

function padded(bytes: Uint8Array): Uint8Array {
  if (bytes.length >= IPV4_BYTES) return bytes;
  const out = new Uint8Array(IPV4_BYTES);
  out.set(bytes, IPV4_BYTES - bytes.length);
  return out;
}
