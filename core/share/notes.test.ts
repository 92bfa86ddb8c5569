/** What people wrote travels in a share, and points at the same things there; what would give somebody away does not. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BLOCK_SUBTYPE } from '#core/format/structs.ts';
import { parseNotes, type CaptureNotes } from '#core/notes/notes.ts';
import { CaptureWriter } from '#core/pcapng/writer.ts';
import { encodeUtf8 } from '#core/pcapng/text.ts';
import type { CaptureStore } from '#core/store/capture-store.ts';
import { storeOf } from '#core/store/testing/scenario.ts';
import { journeyId, journeyRun } from '#core/store/event-text.ts';
import { shareAddress, shareExpression, sharedExpression } from './expression.ts';
import { CAREFUL, type Going, type SharePolicy } from './policy.ts';
import { Pseudonyms } from './pseudonyms.ts';
import { EVERYTHING } from './selection.ts';
import { KEEP_ALL } from './testing/keep-all.ts';
import { rulesWith } from './testing/rules.ts';
import { snapshotOf } from './testing/snapshots.ts';
import { seededCapture } from './testing/secrets.ts';

const KEY = new Uint8Array(32).fill(42);

function idOf(store: CaptureStore, journey: number): string {
  const { hi, lo } = journeyId(store, journey);
  return ((BigInt(hi >>> 0) << 32n) | BigInt(lo >>> 0)).toString();
}

function share(bytes: Uint8Array, notes: CaptureNotes, selection = EVERYTHING): CaptureStore {
  const snapshot = snapshotOf(bytes, { selection, notes });
  snapshot.end();
  return storeOf(snapshot.take());
}

function notesOf(store: CaptureStore): CaptureNotes {
  const block = store.facts.told.find(({ subtype }) => subtype === BLOCK_SUBTYPE.notes);
  const parsed = parseNotes(block!.body);
  if ('fault' in parsed) throw new Error(parsed.fault);
  return parsed.value;
}

it('notes point at the same journeys and hops of the share, and the view shows them', () => {
  const { capture } = seededCapture();
  const before = storeOf(capture);
  const hop = before.hops.hops[1]!;
  const [id, run] = [idOf(before, 3), journeyRun(before, 3)];
  const written: CaptureNotes = {
    notes: 1,
    view: [
      ['source', 'live'],
      ['journey', `${id}@${run}`],
      ['hop', hop.name],
      ['where', 'journey.has("lost")'],
      ['col', 'tlv.verdict'],
      ['col', 'latency("eth0:a", "eth0:b")'],
      ['col', 'path'],
      ['col', 'ip.src~24'],
      ['sort', '-time'],
      ['open', 'losses,matrix'],
      ['values', 'verdict'],
      // Of another capture: the page holds on to what a link said.
      ['col', 'tlv.customer_alice~9'],
      ['col', 'alice'],
      ['sort', '-tlv.customer_alice'],
      ['group', 'customer'],
      ['values', 'customer_alice'],
    ],
    report: '## What\n\nlost',
    items: [
      { pin: { on: 'journey', id, run }, text: 'here' },
      { pin: { on: 'hop', hop: `${hop.name}~${hop.netns}` }, text: 'there' },
      { pin: { on: 'hop', hop: 'secret0:nowhere' }, text: 'of another capture' },
      { pin: { on: 'cause', cause: 'tcx-redirect' }, text: 'why' },
    ],
  };
  const after = share(capture, written);
  const shared = notesOf(after);
  const there = after.hops.hops[1]!;
  expect(idOf(after, 3)).toBe(id);
  expect(journeyRun(after, 3)).toBe(run);
  expect(there.name).not.toBe(hop.name);
  expect(shared.report).toBe(written.report);
  expect(shared.items.map(({ pin }) => pin)).toEqual([
    { on: 'journey', id, run },
    { on: 'hop', hop: `${there.name}~${there.netns}` },
    { on: 'cause', cause: 'tcx-redirect' },
  ]);
  expect(shared.view).toEqual([
    ['journey', `${id}@${run}`],
    ['hop', there.name],
    ['where', 'journey.has("lost")'],
    ['col', 'tlv.verdict'],
    ['col', 'path'],
    ['col', 'ip.src~24'],
    ['sort', '-time'],
    ['open', 'losses,matrix'],
    ['values', 'verdict'],
  ]);
});

it('what was written says the names of the share', () => {
  const { capture } = seededCapture();
  const before = storeOf(capture);
  const { device } = before.hops.hops[0]!;
  const text = `At ${device}:tcx of ${device}, not of x${device}: 192.0.2.7 in 192.0.2.0/24 at 10:20:30.`;
  const shared = notesOf(share(capture, { notes: 1, view: [], report: text, items: [] })).report;
  expect(shared).toMatch(/^At dev\d+:tcx of dev\d+, not of x\S+: [\d.]+ in [\d.]+\.0\/24 at 10:20:30\.$/);
  expect(shared).not.toContain('192.0.2');
});

describe('a filter expression', () => {
  const names = new Pseudonyms(KEY);
  const going = new Map<string, Going>([
    ['session', 'otherwise'],
    ['verdict', 'kept'],
    ['client', 'kept'],
    ['origin', 'pseudonym'],
  ]);
  const shared = (text: string, policy: Partial<SharePolicy> = {}) =>
    shareExpression(text, rulesWith({ policy: { ...CAREFUL, ...policy }, names, going }));

  it('of a TLV that goes as a pseudonym asks for that, of an address and of a network', () => {
    const of = (text: string): string => shareAddress(text, names);
    expect(shared('tlv.origin == 192.0.2.7 || tlv.origin in {192.0.2.0/24, 02:00:00:00:00:07}')).toBe(
      `tlv.origin == ${of('192.0.2.7')} || tlv.origin in {${of('192.0.2.0/24')}, ${of('02:00:00:00:00:07')}}`,
    );
    expect(of('192.0.2.7')).not.toBe('192.0.2.7');
    for (const text of ['tlv.origin ~ "192.0.2.7"', 'tlv.origin == 7', 'tlv.origin in 192.0.2.1..192.0.2.9'])
      expect(shared(text), text).toBeNull();
  });

  it.each([
    'meta.len > 4 and journey.has("lost")',
    'tlv.verdict == 3',
    'hop ~ tcx/ingress or port in {53, 443}',
  ])('without secrets goes as it is: %s', (text) => expect(shared(text)).toBe(text));

  it('has the addresses of the share, and networks stay networks', () => {
    const text = shared('ip.src == 192.0.2.7 or ip.dst in {192.0.2.0/24, 2001:db8::1}');
    expect(text).toMatch(
      /^ip\.src == \d+\.\d+\.\d+\.\d+ or ip\.dst in \{\d+\.\d+\.\d+\.0\/24, [0-9a-f:]+\}$/,
    );
    expect(text).not.toMatch(/192\.0\.2|2001:db8/);
    const [, host, network] = /== (\d+\.\d+\.\d+)\.\d+ or .*\{(\d+\.\d+\.\d+)\.0/.exec(text!)!;
    expect(host).toBe(network);
  });

  it.each([
    'device == eth-customer',
    'tlv.session == 1234',
    'skb == 0xffff888100000000',
    'task ~ "nginx"',
    '192.0.2.7 or len > 4',
    'alice exists',
    'tlv.customer_alice > 3',
    'device == 100',
    'host == 2001',
    'netns == 4026531840',
    'task in {812, 900}',
    'program == "edge_tcx#42 at tcx/ingress of eth0"',
    'program ~ eth0',
    'hop == 100',
    'lost_at == "eth0:tcx/ingress"',
    'latency("100", "xdp") > 5us',
    'latency("eth0:a", "eth0:b") > 5us',
    'tlv.client == 192.0.2.7',
    'flow == "UDP alice:4000 > 192.0.2.9:53"',
    'where is',
  ])('with what may be one does not go: %s', (text) => expect(shared(text)).toBeNull());
});

it.each([
  ['proto == udp && device == eth0', { part: 'eth0', because: 'name' }],
  ['program ~ edge', { part: 'edge', because: 'program' }],
  ['len > 4 and lost_at ~ "eth0:tcx"', { part: 'eth0:tcx', because: 'hop' }],
  ['latency("xdp", "eth0:a") > 5us', { part: 'eth0:a', because: 'hop' }],
  ['skb == 0xffff888100000000', { part: '0xffff888100000000', because: 'kernelAddress' }],
  ['mark in {7, 8}', { part: '7', because: 'mark' }],
  ['tlv.session == 5', { part: '5', because: 'value' }],
  ['tlv.verdict == 192.0.2.7', { part: '192.0.2.7', because: 'address' }],
  ['tlv.customer == 5', { part: 'tlv.customer', because: 'field' }],
  ['flow == "alice > 192.0.2.7"', { part: 'alice > 192.0.2.7', because: 'flow' }],
  ['task == nginx', { part: 'nginx', because: 'name' }],
  ['cause == alice', { part: 'alice', because: 'word' }],
  ['where is', { part: 'where is', because: 'syntax' }],
])('an expression that stays says what in it keeps it here: %s', (text, held) => {
  const going = new Map<string, Going>([
    ['session', 'otherwise'],
    ['verdict', 'kept'],
  ]);
  const policy: SharePolicy = { ...CAREFUL, programs: 'pseudonym', marks: 'drop' };
  expect(sharedExpression(text, rulesWith({ policy, going }))).toEqual({ held });
});

describe('a filter expression goes by every rule', () => {
  const names = new Pseudonyms(KEY);
  const shared = (text: string, policy: Partial<SharePolicy>, session: Going = 'kept') =>
    shareExpression(
      text,
      rulesWith({ policy: { ...CAREFUL, ...policy }, names, going: new Map([['session', session]]) }),
    );

  it.each<[string, keyof SharePolicy]>([
    ['device == eth0', 'names'],
    ['host == 2001', 'names'],
    ['netns == 4026531840', 'names'],
    ['task == "nginx/812"', 'names'],
    ['hop == "eth0:tcx/ingress"', 'names'],
    ['program ~ edge', 'names'],
    ['mark == 7', 'marks'],
    ['priority > 3', 'marks'],
    ['skb == 0xffff888100000000', 'kernelAddresses'],
    ['ip.src == 192.0.2.7', 'addresses'],
  ])('%s: as it is where %s are kept, and not where everything else is', (text, rule) => {
    expect(shared(text, KEEP_ALL)).toBe(text);
    expect(shared(text, { [rule]: 'keep' })).toBe(text);
    const hidden: Partial<SharePolicy> = { ...KEEP_ALL, [rule]: rule === 'marks' ? 'drop' : 'pseudonym' };
    expect(shared(text, hidden)).not.toBe(text);
  });

  it('with a value of a TLV only where that is kept, also when everything else is', () => {
    expect(shared('tlv.session == "alice"', KEEP_ALL)).toBe('tlv.session == "alice"');
    expect(shared('tlv.session == "alice"', KEEP_ALL, 'otherwise')).toBeNull();
    expect(shared('tlv.customer == 7', KEEP_ALL)).toBeNull();
  });

  it('with what a comment says only where comments go, and nothing in them is hidden', () => {
    for (const text of ['comment ~ "alice"', 'comment == 4711', 'comment == lost']) {
      expect(shared(text, KEEP_ALL)).toBe(text);
      expect(shared(text, { ...KEEP_ALL, texts: 'drop' })).toBeNull();
      expect(shared(text, { texts: 'keep' })).toBeNull();
    }
    expect(shared('comment exists', {})).toBe('comment exists');
  });

  it('and a value is kept by its rule, whether the share has one of it or not', () => {
    const { capture } = seededCapture();
    const view: CaptureNotes['view'] = [
      ['a', 'tlv.session == "1234"'],
      ['b', 'tlv.verdict == pass'],
    ];
    const written: CaptureNotes = { notes: 1, view, report: '', items: [] };
    expect(notesOf(share(capture, written, { ...EVERYTHING, toNs: 0n })).view).toEqual([view[1]]);
  });
});

it('a mark that a schema of the capture reads stays in no filter', () => {
  const writer = new CaptureWriter();
  writer.sectionHeader();
  writer.json(BLOCK_SUBTYPE.schema, {
    whither: 2,
    name: 'mark',
    where: { in: 'mark' },
    framing: { kind: 'struct', endian: 'little' },
    types: [{ type: 0, name: 'tenant', kind: 'uint', size: 2 }],
  });
  const view: CaptureNotes['view'] = [
    ['where', 'mark == 0xbeef0007'],
    ['a', 'priority == 7'],
  ];
  expect(notesOf(share(writer.take(), { notes: 1, view, report: '', items: [] })).view).toEqual([view[1]]);
});

describe('a notes block', () => {
  it('is read or refused, never thrown at', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
        const parsed = parseNotes(encodeUtf8(text));
        expect('fault' in parsed ? parsed.fault : parsed.value.report).toBeTypeOf('string');
      }),
    );
  });

  it.each([
    [{ notes: 2 }, /notes/],
    [{ notes: 1, view: [], report: 'x'.repeat(40_000), items: [] }, /report/],
    [
      { notes: 1, view: [], report: '', items: [{ pin: { on: 'journey', id: '-1', run: '' }, text: '' }] },
      /pin\.id/,
    ],
    [
      {
        notes: 1,
        view: [],
        report: '',
        items: new Array(300).fill({ pin: { on: 'tlv', name: 'a' }, text: '' }),
      },
      /items/,
    ],
  ])('with too much, or of a newer kind, says what is wrong', (value, why) => {
    const parsed = parseNotes(encodeUtf8(JSON.stringify(value)));
    expect('fault' in parsed ? parsed.fault : '').toMatch(why);
  });
});
