/** A filter goes along when all of its words are Whither's or the kernel's, and what may be somebody's name never does. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOOKS } from '#core/format/hooks.ts';
import { BLOCK_SUBTYPE } from '#core/format/structs.ts';
import { CaptureWriter } from '#core/pcapng/writer.ts';
import { ALL_JOURNEY_FIELDS, FIELDS } from '#core/query/catalogue.ts';
import { quoted } from '#core/query/quote.ts';
import { shareExpression, sharedExpression } from './expression.ts';
import { CAREFUL, type SharePolicy } from './policy.ts';
import { KEEP_ALL } from './testing/keep-all.ts';
import { rulesWith } from './testing/rules.ts';
import { snapshotOf } from './testing/snapshots.ts';

const rules = rulesWith({ dropReasons: new Set(['NO_SOCKET', 'TC_INGRESS']) });
const shared = (text: string): string | null => shareExpression(text, rules);

describe('goes as it is:', () => {
  it.each([
    'proto == UDP',
    'proto == udp and proto != icmpv6',
    'proto == TCP && drop',
    'lost_at ~ tcx',
    'lost_at == "tcx ingress"',
    'lost_at == "TCX Ingress, first"',
    'clobbered_at !~ egress',
    'hop ~ "tcx*first"',
    'hop ~ "*tcx*first*"',
    'drop ~ "no*"',
    'written_at in {xdp_redirect, "generic XDP out"}',
    'latency("xdp", "tcx ingress") > 10us',
    'drop == NO_SOCKET',
    'drop == no_socket or drop ~ ingress',
    'drop == "reason 71"',
    'cause ~ "pskb"',
    'cause == neighbourHeader or cause == neigh_hh_output',
    'cause ~ "coalesced"',
    'known == seen or known == Implied',
    'lane == rx and layer == tc',
    'state == Clobbered and journey.has("LOST")',
    'time in 14s..15s and len in 0x10..64 or port == 53',
    'time in 2026-11-26T12:00:00Z..2026-11-26T12:00:01.5Z',
    'latency("xdp", "tcx ingress") in 10us..1ms',
  ])('%s', (text) => expect(shared(text)).toBe(text));
});

describe('stays, for it is a word of another field, or of nobody’s:', () => {
  it.each([
    'lost_at ~ eth0',
    'lost_at ~ "eth0:tcx"',
    'hop ~ "*eth0*"',
    'lost_at == tcx/ing',
    'hop == "tcx/ingress@after:edge_tcx#42"',
    'hop ~ edge_tcx',
    'latency("tc", "tcx ingress") > 10us',
    'drop == ALICE',
    'drop ~ alice',
    // Picked from `NO_SOCKET` and `tcx ingress` by letter, or with one piece long enough to look like a word.
    'drop ~ "n*o*s*e"',
    'drop ~ "soc*et"',
    'hop ~ "*t*ingress"',
    'drop == "reason alice"',
    'cause == alice',
    'cause == lost',
    'lane == tc',
    'layer == rx',
    'proto == lost',
    'known == udp',
    'len == tcp',
    'device ~ tcx',
    'device == tcp',
    'task == udp',
    'host ~ rx',
    'program == TCP',
    'program ~ tcx',
    // Numbers where there are none: an address as one, or in parts, and names.
    'ip.src == 3221225991',
    'ip.addr == 0xc0000207',
    'ip.dst ~ 192',
    'eth.src ~ 2233',
    'flow ~ 192',
    'lane == 2001',
    'drop ~ 4026531840',
    'cause == 100',
    // Nor is what only begins as one.
    'time in "2026-11-26T12:00:00Z..2026-11-26T12:00:01Z..alice"',
    'len == "1..2..alice"',
  ])('%s', (text) => expect(shared(text)).toBeNull());
});

it('a part of a hop goes exactly when a hook is called so', () => {
  const words = HOOKS.flatMap(({ name, label }) => [name, label].map((word) => word.toLowerCase()));
  const part = fc
    .tuple(fc.constantFrom(...words), fc.nat(30), fc.integer({ min: 1, max: 30 }))
    .map(([word, from, length]) => word.slice(from, from + length));
  const some = fc.oneof(
    part,
    fc.string({ maxLength: 12 }),
    part.map((text) => `${text}0`),
  );
  fc.assert(
    fc.property(some, fc.constantFrom('hop', 'lost_at', 'moved_at'), (text, field) => {
      fc.pre(!text.includes('*'));
      const asked = `${field} ~ ${quoted(text)}`;
      const isPart = words.some((word) => word.includes(text.toLowerCase()));
      expect(shared(asked)).toBe(isPart ? asked : null);
    }),
  );
});

it('what would be longer than a filter may be stays', () => {
  const text = (count: number) => `ip.src in {${new Array(count).fill('2::1').join()}}`;
  expect(shared(text(20))).toMatch(/^ip\.src in \{[0-9a-f:]{20,}/);
  expect(sharedExpression(text(200), rules)).toMatchObject({ held: { because: 'long' } });
});

it('a mark whose fields go by their own rules stays, whatever is said of marks', () => {
  const mark = (policy: SharePolicy) =>
    shareExpression('mark == 0xdead', { ...rules, readsMark: true, policy });
  expect(shared('mark == 0xdead')).toBe('mark == 0xdead');
  expect(mark(CAREFUL)).toBeNull();
  expect(mark(KEEP_ALL)).toBe('mark == 0xdead');
});

/** Of letters that no word of any vocabulary has in a row, in the forms that names have. */
const SECRET = fc
  .tuple(
    fc.constantFrom('', 'eth', 'tcx', 'TCP', 'xdp_', 'NO_', 'neigh_'),
    fc.stringMatching(/^[qxzj]{4,10}$/),
    fc.constantFrom('', '0', '.100', '-a', ':tcx/ingress@first', '#42', '*', '_hh_output', ' ingress'),
  )
  .map((parts) => parts.join(''));

it('a name does not go, of whichever field and in whichever way it is asked for', () => {
  const fields = [...FIELDS, ...ALL_JOURNEY_FIELDS].map(({ name }) => name);
  fc.assert(
    fc.property(
      fc.constantFrom(...fields, 'journey.has'),
      fc.constantFrom('==', '!=', '~', '!~', '<', 'in'),
      SECRET,
      (field, operator, secret) => {
        const text = quoted(secret);
        const asked =
          field === 'journey.has'
            ? `journey.has(${text})`
            : `${field === 'latency' ? `latency(${text}, ${text})` : field} ${operator} ${operator === 'in' ? `{${text}}` : text}`;
        expect(shared(`proto == TCP and ${asked}`)).toBeNull();
      },
    ),
  );
});

it('reasons of drops are those that the share tells of, and no others', () => {
  const writer = new CaptureWriter();
  writer.sectionHeader();
  writer.json(BLOCK_SUBTYPE.host, { kernel: '', dropReasons: { '3': 'NO_SOCKET', '4': 'alice at home' } });
  const snapshot = snapshotOf(writer.take());
  const view = [
    ['where', 'drop == NO_SOCKET'],
    ['a', 'drop == "alice at home"'],
    ['b', 'drop ~ alice'],
  ] as [string, string][];
  expect(snapshot.notes({ notes: 1, report: '', items: [], view }).notes.view).toEqual([view[0]]);
});
