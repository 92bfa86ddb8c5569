/** What people wrote, with the names and addresses of the share in place of those of the capture. */
import { BYTES_SAID, RELEASE_SAID } from '#core/diagnosis/evidence.ts';
import { shareAddress, type ExpressionRules } from './expression.ts';
import { keepsBytes } from './policy.ts';

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
/** Neither is within a word; `_`, a port, or whatever else people write next to it, is none. */
const BEFORE = '(?<![0-9a-zA-Z])';
const BEHIND = '(?![0-9a-zA-Z])';
const ADDRESSES = new RegExp(
  `${BEFORE}${IPV6}${BEHIND}${IPV6_PREFIX}|${BEFORE}(?:${MAC})${BEHIND}|${IPV4}${IPV4_PREFIX}`,
  'g',
);
const ANY_IPV4 = new RegExp(IPV4, 'g');
/** Shorter names of processes are words of every sentence. */
const MIN_PROCESS_CHARS = 4;

/** Names are those that the capture has said so far; what somebody wrote of others goes as it is written. */
export function shareProse(text: string, { policy, names }: ExpressionRules): string {
  let out = keepsBytes(policy) ? text : text.replace(BYTES_SAID, ' changed');
  if (policy.names !== 'keep') out = out.replace(RELEASE_SAID, '');
  if (policy.addresses !== 'keep') {
    const share = (address: string): string => shareAddress(address, names) || address;
    // What only looks like one of IPv6 may end with one of IPv4.
    out = out.replace(ADDRESSES, (found) => shareAddress(found, names) || found.replace(ANY_IPV4, share));
  }
  // Kinds that the policy keeps have no names here.
  const processes = [...names.known(['process'])].filter(([name]) => name.length >= MIN_PROCESS_CHARS);
  const known = new Map([
    ...processes,
    ...names.known(['program', 'map', 'host', 'file', 'device', 'netns']),
  ]);
  if (known.size === 0) return out;
  const any = [...known.keys()]
    .sort((a, b) => b.length - a.length)
    .map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('|');
  // At the beginning of a sentence people write a name with a capital letter. As the expression folds case, so does this.
  const folded = new Map([...known].map(([name, stands]) => [name.toUpperCase(), stands]));
  const standsFor = (name: string): string => known.get(name) ?? folded.get(name.toUpperCase()) ?? name;
  return out.replace(new RegExp(`${BEFORE}(?:${any})${BEHIND}`, 'gi'), standsFor);
}
