/** What a share takes over from what it is made of: notes on what goes, and when it is to be deleted; and what it says of the rest. */
import { expect, it } from 'vitest';
import { HOOK_BY_NAME } from '#core/format/hooks.ts';
import type { CaptureNotes } from '#core/notes/notes.ts';
import { joinBytes } from '#core/pcapng/testing/record-calls.ts';
import { CaptureWriter } from '#core/pcapng/writer.ts';
import { storeOf } from '#core/store/testing/scenario.ts';
import { journeyRun } from '#core/store/event-text.ts';
import { CAREFUL } from './policy.ts';
import { EVERYTHING, journeyKeyOf, type ShareSelection } from './selection.ts';
import type { SnapshotOptions } from './snapshot-options.ts';
import { snapshotOf } from './testing/snapshots.ts';
import { HOPS, seededCapture } from './testing/secrets.ts';

const { capture } = seededCapture();
const store = storeOf(capture);
const run = journeyRun(store, 0);
const START = 1_795_392_000_000_000_000n;
const time = (from: bigint, to: bigint) =>
  ({ on: 'time', fromNs: String(START + from), toNs: String(START + to) }) as const;
const hopName = (hook: number) => store.hops.hops.find((hop) => hop.hook === hook)!.name;
const [FIRST, SECOND] = HOPS.map((name) => HOOK_BY_NAME.get(name)!.id);
const NOTES: CaptureNotes = {
  notes: 1,
  view: [],
  report: '# What',
  items: [
    { pin: { on: 'journey', id: '1', run }, text: 'first' },
    { pin: { on: 'journey', id: '2', run }, text: 'second' },
    { pin: { on: 'journey', id: '1', run: 'ffffffff' }, text: 'of another run' },
    { pin: { on: 'hop', hop: hopName(FIRST!) }, text: 'at the first' },
    { pin: { on: 'hop', hop: hopName(SECOND!) }, text: 'at the second' },
    { pin: time(0n, 500n), text: 'then' },
    { pin: time(500n, 900n), text: 'between two events' },
    { pin: time(9000n, 9_000_000n), text: 'later' },
    { pin: { on: 'tlv', name: 'session' }, text: 'a TLV' },
    { pin: { on: 'tlv', name: 'ession' }, text: 'a part of the name of one' },
    { pin: { on: 'cause', cause: 'tcx-redirect' }, text: 'why' },
  ],
};

function went(selection: Partial<ShareSelection>, options: Partial<SnapshotOptions> = {}) {
  const snapshot = snapshotOf(capture, {
    selection: { ...EVERYTHING, ...selection },
    notes: NOTES,
    ...options,
  });
  const { notes, notesLeft } = snapshot.notes(NOTES);
  return { texts: notes.items.map(({ text }) => text), report: notes.report, notesLeft };
}

it('notes on what is not selected stay with it, and how many is said', () => {
  const journeys = new Set([journeyKeyOf(store, 0)!]);
  expect(went({ journeys })).toEqual({
    texts: ['first', 'at the first', 'at the second', 'then', 'a TLV', 'why'],
    report: '# What',
    notesLeft: 5,
  });
  expect(went({ journeys, hooks: new Set([FIRST!]) }).texts).not.toContain('at the second');
  expect(went({ fromNs: START + 9000n }).texts).not.toContain('then');
  expect(went({ fromNs: START + 9000n }).texts).toContain('later');
  expect(went({ journeys: new Set() }).texts).toEqual(['why']);
});

it('all of them go with everything, and when that is asked for', () => {
  const all = NOTES.items.map(({ text }) => text);
  expect(went({})).toMatchObject({ texts: all, notesLeft: 0 });
  expect(went({ journeys: new Set() }, { allNotes: true })).toMatchObject({ texts: all, notesLeft: 0 });
});

it('a share takes over what was written in what it is made of, and when that is to be deleted', () => {
  const share = (bytes: Uint8Array, options: Partial<SnapshotOptions>) => {
    const snapshot = snapshotOf(bytes, options);
    const manifest = snapshot.end();
    return { bytes: snapshot.take(), manifest, snapshot };
  };
  const expires = '2026-12-01T00:00:00Z';
  const one = share(capture, { notes: NOTES, expires });
  const again = share(one.bytes, { keepsExpiry: true });
  expect(again.manifest.expires).toBe(expires);
  expect(again.snapshot.written?.items.length).toBe(NOTES.items.length);
  expect(again.manifest.removed.blocks).toBe(0);
  // By choice alone.
  expect(share(one.bytes, {}).manifest.expires).toBeNull();
  expect(share(one.bytes, { keepsExpiry: true, expires: '2027-01-01T00:00:00Z' }).manifest.expires).toMatch(
    /^2027/,
  );
  // Of several the first.
  const later = share(capture, { expires: '2026-12-02T00:00:00Z' });
  for (const both of [joinBytes(one.bytes, later.bytes), joinBytes(later.bytes, one.bytes)]) {
    expect(share(both, { keepsExpiry: true }).manifest.expires).toBe(expires);
  }
});

it('blocks that do not go are counted by what they are', () => {
  expect(snapshotOf(capture).manifest().removed).toMatchObject({
    blocks: 4,
    kinds: { 'of Whither’s kind 99': 1, 'decryption secrets': 1, 'name resolution': 1, custom: 1 },
  });
});

it('the capture’s file is called by another name where people wrote it', () => {
  const text =
    'acme-customer.pcapng, /srv/acme/acme-customer.pcapng, C:\\acme\\acme-customer.pcapng, acme-customer: lost';
  const notes: CaptureNotes = { ...NOTES, items: [], report: text };
  const reportOf = (options: Partial<SnapshotOptions>) =>
    snapshotOf(capture, { files: ['acme-customer.pcapng'], ...options }).notes(notes).notes.report;
  // The capture has another file in it.
  expect(reportOf({})).toBe('file2, file2, file2, file2: lost');
  expect(reportOf({ policy: { ...CAREFUL, names: 'keep' } })).toBe(text);
});

it.each([
  ['virtio_net', 'virtio_net'],
  ['alice-laptop', ''],
  ['Ethernet', ''],
])('of the hardware of an interface a driver of Linux goes: %s', (hardware, as) => {
  const writer = new CaptureWriter();
  writer.sectionHeader();
  writer.interfaceDescription({ linkType: 1, name: 'eth0', hardware });
  const bytes = writer.take();
  const out = snapshotOf(bytes).take();
  const text = new TextDecoder('latin1').decode(out);
  expect(text.includes(hardware)).toBe(as !== '');
  const kept = snapshotOf(bytes, { policy: { ...CAREFUL, names: 'keep' } }).take();
  expect(new TextDecoder('latin1').decode(kept)).toContain(hardware);
});
