/** What leaves the host, a capture again whatever came in; and what comes back with it: shares, notes, manifest, links. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { BLOCK_SUBTYPE } from '#core/format/structs.ts';
import { parseNotes, type CaptureNotes } from '#core/notes/notes.ts';
import { readEvent } from '#core/pcapng/event.ts';
import { CaptureReader } from '#core/pcapng/reader.ts';
import type { CaptureSink, Problem } from '#core/pcapng/types.ts';
import { KEY_BYTES } from '#core/share/keyed.ts';
import { parseManifest } from '#core/share/manifest.ts';
import { CAREFUL } from '#core/share/policy.ts';
import { shareExpression } from '#core/share/expression.ts';
import { shareNotes } from '#core/share/notes.ts';
import { shareProse } from '#core/share/prose.ts';
import { EVERYTHING } from '#core/share/selection.ts';
import { Snapshot } from '#core/share/snapshot.ts';
import { rulesWith } from '#core/share/testing/rules.ts';
import { isTimestamp } from '#core/share/stored.ts';
import { readTold, type Told } from '#core/share/told.ts';
import { MAX_TOLD } from '#core/store/limits.ts';
import { printMinute } from '#core/time/instant.ts';
import { MAX_LINK_CHARS, parseLink, printLink, printShortLink } from '#src/state/link.ts';
import { holds, type Target } from '../target.ts';
import { CAPTURES } from './capture-seeds.ts';
import { bytesOf, jsonBytes, textOf } from './text.ts';

const CAPTURE_BYTES = 64 * 1024;
const KEY = new Uint8Array(KEY_BYTES).fill(7);

/** Reads a share: its manifest is one, and nothing in it is a problem. */
function check(bytes: Uint8Array): void {
  const nothing = (): void => undefined;
  let manifests = 0;
  const sink: CaptureSink = {
    section: nothing,
    interface: nothing,
    packet: nothing,
    statistics: nothing,
    custom: ({ subtype, body }) => {
      if (subtype !== BLOCK_SUBTYPE.manifest) return;
      holds('value' in parseManifest(body), 'a manifest that is none');
      manifests++;
    },
    problem: ({ cause }: Problem) => holds(false, `a share that does not read: ${cause}`),
  };
  const reader = new CaptureReader(sink);
  reader.push(bytes);
  reader.end();
  holds(manifests === 1, 'a share without its manifest');
}

const NOTES: CaptureNotes = {
  notes: 1,
  view: [
    ['journey', '1'],
    ['hop', 'eth0:tcx/ingress@first'],
    ['where', 'ip.src == 192.0.2.0/24 and not journey.has("lost")'],
  ],
  report: '## What\n\nlost at eth0 of 192.0.2.7',
  items: [
    { pin: { on: 'journey', id: '1', run: '' }, text: 'here' },
    { pin: { on: 'hop', hop: 'eth0:tcx/ingress@first' }, text: 'there' },
    { pin: { on: 'time', fromNs: '1', toNs: '2' }, text: '' },
  ],
};

/** A share of `capture`, which may be anything, as it leaves; null = there was nothing to share. */
function sharedOf(capture: Uint8Array): {
  readonly bytes: Uint8Array | null;
  readonly problems: readonly Problem[];
} {
  const snapshot = new Snapshot({
    policy: CAREFUL,
    selection: EVERYTHING,
    key: KEY,
    schema: null,
    created: '2026-11-26T00:00:00Z',
    expires: null,
    notes: NOTES,
  });
  const reader = new CaptureReader(snapshot);
  reader.push(capture);
  reader.end();
  snapshot.end();
  const bytes = snapshot.take();
  // Of what was no capture nothing is written but the manifest, which is none by itself.
  return { bytes: snapshot.progress.kept > 0 ? bytes : null, problems: snapshot.problems };
}

const share: Target = {
  name: 'share',
  seeds: CAPTURES,
  maxBytes: CAPTURE_BYTES,
  run: (input) => {
    const { bytes, problems } = sharedOf(input);
    if (bytes !== null) check(bytes);
    return problems;
  },
};

/** Real shares: of samples, each with its notes and manifest. */
export const SHARES: readonly Uint8Array[] = ['forward', 'stale', 'shuffle'].map((sample) => {
  const file = path.join(import.meta.dirname, `../../../public/samples/${sample}.pcapng`);
  return sharedOf(readFileSync(file)).bytes!;
});

/** Somebody else's share: its blocks, its packets, and what it says of itself. What a store makes of captures is a target of its own. */
export const snapshot: Target = {
  name: 'snapshot',
  seeds: SHARES,
  maxBytes: CAPTURE_BYTES,
  weighBytes: 1024 * 1024,
  run: (input) => {
    const all: Told[] = [];
    const nothing = (): void => undefined;
    const reader = new CaptureReader({
      section: nothing,
      interface: nothing,
      packet: ({ buf, eventStart, eventLength }) => {
        if (eventStart >= 0) readEvent(buf, eventStart, eventLength);
      },
      statistics: nothing,
      custom: (block) => {
        const told = readTold(block);
        if (told === null || all.length >= MAX_TOLD) return;
        all.push(told);
        if ('problem' in told) holds(told.problem.cause !== '', 'a problem without words');
      },
      problem: ({ cause, remedy }) => holds(cause !== '' && remedy !== '', 'a problem without words'),
    });
    reader.push(input);
    reader.end();
    return all;
  },
};

/** What arrives with a share, and goes out again with another. */
const notes: Target = {
  name: 'notes',
  seeds: [jsonBytes(NOTES), jsonBytes({ ...NOTES, items: [] })],
  maxBytes: 4096,
  run: (input) => {
    const parsed = parseNotes(input);
    if ('fault' in parsed) return parsed;
    const rules = rulesWith();
    const { notes: shared } = shareNotes(parsed.value, rules);
    holds('value' in parseNotes(jsonBytes(shared)), 'notes that are none when they have gone out');
    return shared;
  },
};

const manifest: Target = {
  name: 'manifest',
  seeds: [
    jsonBytes({
      share: 1,
      created: '2026-11-26T12:00:00Z',
      expires: null,
      policy: CAREFUL,
      selection: { fromNs: '1', toNs: null, journeys: 3, hooks: [1] },
      events: { kept: 1, left: 0 },
      removed: { payloadBytes: 0, unknownBytes: 0, comments: 0, blocks: 0, mapEntries: 0 },
      values: { 'edge.client': { kept: 0, replaced: 1, dropped: 0 } },
    }),
  ],
  maxBytes: 4096,
  run: (input) => parseManifest(input),
};

/** An expression or a sentence: no address of it stays. */
const words: Target = {
  name: 'shared-words',
  seeds: [
    'ip.src == 192.0.2.7 or ip.dst in {192.0.2.0/24, 2001:db8::1}',
    'any(hop == tcx/ingress and meta.len > 4) && eth.src == 02:00:00:00:00:01',
    'At eth0 of 192.0.2.7, 2001:db8::/32 and ::ffff:192.0.2.1',
    'sk_buff 0xffff88810af03d00 of c0000207, 0xc0000207, c0 00 02 07 and 3221225991',
  ].map(bytesOf),
  maxBytes: 512,
  run: (input) => {
    const text = textOf(input);
    const rules = rulesWith();
    // As a packet of the capture has it: what is written otherwise is known by it.
    rules.names.addresses.ip(Uint8Array.of(192, 0, 2, 7));
    const expression = shareExpression(text, rules);
    holds(!/\b192\.0\.2\.7\b/.test(expression ?? ''), 'an address that stays in an expression');
    const prose = shareProse(text, rules);
    holds(!/(?<!\d)192\.0\.2\.7(?!\d)/.test(prose), 'an address that stays in a sentence');
    holds(!/(?<!\w)(?:0x)?c0000207(?!\w)/i.test(prose), 'an address that stays in hexadecimal digits');
    return [expression, prose];
  },
};

/** When a share is to be deleted, as a request says it, and a file on the disk. */
const time: Target = {
  name: 'share-time',
  seeds: ['2026-11-27T12:00:00Z', '2026-11-27T13:00:00.123+01:00', '2099'].map(bytesOf),
  maxBytes: 128,
  run: (input) => {
    const text = textOf(input);
    const isTime = isTimestamp(text);
    holds(!isTime || /^[\d:.TZ+\- ]+$/.test(text), 'a time that says more than one');
    return [isTime, printMinute(text)];
  },
};

const link: Target = {
  name: 'link',
  seeds: [
    '?source=sample:edge&journey=12@0badcafe&at=3&hop=eth0:tcx&where=len+%3E+40&col=tlv.a~7&sort=-time&group=flow',
    '?v=3&lost=1&time=2026-11-23T00:00:00Z..2026-11-23T00:00:01.5Z&compare=1&a=len+%3E+4&b=len+%3C+3&pause=1',
    '?source=url:/s/0123456789abcdef.pcapng&harm=lost&meta=with',
  ].map(bytesOf),
  maxBytes: 16_384,
  run: (input) => {
    const state = parseLink(textOf(input));
    const again = printLink(state);
    holds(printLink(parseLink(again)) === again, 'a link that reads otherwise when it is printed');
    const url = state.source?.kind === 'url' ? state.source.url : '';
    holds(!/^(?!https?:\/\/|\/(?![/\\]))./.test(url), 'a source that is neither http nor here');
    holds(
      url !== '' || state.hop !== null || printShortLink(state).length <= MAX_LINK_CHARS,
      'too long a link',
    );
    return state;
  },
};

export const SHARE_TARGETS: readonly Target[] = [share, snapshot, notes, manifest, words, time, link];
