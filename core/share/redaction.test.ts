/** What must not leave does not, by any of the ways that are known; and the check would notice. */
import { expect, it, describe } from 'vitest';
import { formatHex } from '#core/dissect/addresses.ts';
import { HOOK_BY_NAME } from '#core/format/hooks.ts';
import { parseSchema } from '#core/metadata/schema.ts';
import type { MetadataSchema, TlvType } from '#core/metadata/types.ts';
import { decodeUtf8 } from '#core/pcapng/text.ts';
import { CaptureWriter } from '#core/pcapng/writer.ts';
import type { CaptureStore } from '#core/store/capture-store.ts';
import { storeOf } from '#core/store/testing/scenario.ts';
import { CAREFUL, type SharePolicy } from './policy.ts';
import { HostRedactor } from './host-blocks.ts';
import { Pseudonyms } from './pseudonyms.ts';
import type { SnapshotOptions } from './snapshot-options.ts';
import type { Snapshot } from './snapshot.ts';
import { snapshotOf } from './testing/snapshots.ts';
import { findSecret, HOPS, JOURNEYS, seededCapture, spellings, type Secret } from './testing/secrets.ts';

const NETNS = 0xf000_1234;
const COOKIE = 0x7766_5544_3322_1100n;
const PROCESS = 41_234;
const HASH = 0x1234_5678;
const KEY = new Uint8Array(32).fill(42);

function share(
  capture: Uint8Array,
  options: Partial<SnapshotOptions> = {},
): { bytes: Uint8Array; snapshot: Snapshot } {
  const snapshot = snapshotOf(capture, options);
  snapshot.end();
  return { bytes: snapshot.take(), snapshot };
}

function found(bytes: Uint8Array, secrets: readonly Secret[]): string[] {
  return secrets.flatMap((secret) => {
    const how = findSecret(bytes, secret);
    return how === '' ? [] : [`${secret.what}, ${how}`];
  });
}

const { capture, secrets } = seededCapture();

it('seeds 200 secrets or more, all of them in the capture', () => {
  expect(secrets.length).toBeGreaterThanOrEqual(200);
  // sk_buff addresses stand in the capture the other way round, which is looked for as well.
  expect(secrets.filter((secret) => findSecret(capture, secret) === '')).toEqual([]);
});

it('lets none of them out', () => {
  expect(found(share(capture).bytes, secrets)).toEqual([]);
});

/** A report with all secrets that a reader of text could know again, in every form. */
function written(): string {
  const isName = /^(?:device|host|file|namespace|process)$/;
  return secrets
    .filter(({ what }) => what !== 'address resolved')
    .flatMap((secret) => {
      const { what, bytes } = secret;
      if (isName.test(what)) return [decodeUtf8(bytes, 0, bytes.length)];
      const isDump = bytes.length >= 8 && /bytes|token|TLV|block|key|control|option|tap/.test(what);
      if (what === 'address of an sk_buff') return [`0xffff${formatHex(bytes, 0, bytes.length)}`];
      if (!what.startsWith('address ') && !isDump) return [];
      return spellings(secret).flatMap(([how, text]) =>
        isDump && how === 'dotted' ? [] : [how === 'as an array' ? `{0x${text}}` : `“${text}”`],
      );
    })
    .concat(`eth0~${NETNS}`, `0x${COOKIE.toString(16)}`, `pid ${PROCESS}`, `hash ${HASH}`)
    .join('\n');
}

/** Those of the report that are left, as they were written. */
function left(policy: SharePolicy): readonly string[] {
  const report = written();
  const snapshot = snapshotOf(capture, { policy });
  const { notes } = snapshot.notes({ notes: 1, view: [], report, items: [] });
  const lines = new Set(notes.report.split('\n'));
  return report.split('\n').filter((line) => lines.has(line));
}

describe('of what was written', () => {
  it('none is left in any form', () => {
    expect(written().split('\n').length).toBeGreaterThan(900);
    expect(left(CAREFUL)).toEqual([]);
    const { bytes } = share(capture, { notes: { notes: 1, view: [], report: written(), items: [] } });
    expect(found(bytes, secrets)).toEqual([]);
  });

  it.each<[keyof SharePolicy, RegExp]>([
    ['addresses', /^“\d+\.\d+\.\d+\.\d+”$/m],
    ['addresses', /^“\d+-\d+-\d+-\d+”$/m],
    ['addresses', /^“\d{9,10}”$/m],
    ['addresses', /^“[0-9a-f]{2} [0-9a-f]{2} [0-9a-f]{2} [0-9a-f]{2}”$/m],
    ['addresses', /^\{0x.., 0x.., 0x.., 0x..\}$/m],
    ['names', /^S\d+-[a-z]+$/m],
    ['names', new RegExp(`^eth0~${NETNS}$`, 'm')],
    ['names', new RegExp(`^pid ${PROCESS}$`, 'm')],
    ['kernelAddresses', /^0xffff[0-9a-f]{12}$/m],
    ['kernelAddresses', new RegExp(`^0x${COOKIE.toString(16)}$`, 'm')],
    ['kernelAddresses', new RegExp(`^hash ${HASH}$`, 'm')],
  ])('with %s switched off it is: %s', (rule, form) => {
    expect(left({ ...CAREFUL, [rule]: 'keep' }).join('\n')).toMatch(form);
  });
});

describe('the check fails when a redactor is switched off:', () => {
  const OFF: readonly (readonly [keyof SharePolicy, RegExp])[] = [
    ['payload', /token in a payload/],
    ['addresses', /address IPv4/],
    ['names', /device/],
    ['kernelAddresses', /sk_buff/],
    ['controlBlock', /control block/],
    ['texts', /comment of a packet/],
    ['unknown', /does not know/],
  ];
  for (const [rule, secret] of OFF) {
    it(rule, () => {
      const { bytes } = share(capture, { policy: { ...CAREFUL, [rule]: 'keep' } });
      expect(found(bytes, secrets).join('\n')).toMatch(secret);
    });
  }

  it('values', () => {
    const { bytes } = share(capture, { policy: { ...CAREFUL, values: { 'edge.session': 'keep' } } });
    expect(found(bytes, secrets).join('\n')).toMatch(/text in a TLV/);
  });
});

it.each<[string, string, Partial<SharePolicy>]>([
  ['eth0:tcx/ingress@first', 'dev1:tcx/ingress@first', {}],
  ['eth0:a_newer/hook', 'dev1:a_newer/hook', {}],
  ['eth0:tcx/ingress@after:edge#42', 'dev1:tcx/ingress@after:program1#42', { programs: 'pseudonym' }],
  ['eth0:tap/to customer', 'dev1:tap/program1', { programs: 'pseudonym' }],
  ['eth0:tap/to customer', 'dev1:tap/to customer', {}],
  // Of no writer of Whither's.
  ['eth0:Alice at home', 'dev1:tcx/ingress@first', {}],
  ['eth0:alice-secret', 'dev1:tcx/ingress@first', {}],
  ['eth0:Alice@after:edge#42', 'dev1:tcx/ingress@first', {}],
  ['eth0:Alice at home', 'eth0:Alice at home', { names: 'keep' }],
])('an interface says no more than device, hook and program: %s', (name, as, rules) => {
  const redactor = new HostRedactor({ ...CAREFUL, ...rules }, new Pseudonyms(KEY));
  expect(redactor.interfaceName(name, HOOK_BY_NAME.get('tcx/ingress@first')!.id)).toBe(as);
});

it('of a schema goes what says how bytes are read, and nothing that nobody listed', () => {
  const framing = { kind: 'tlv', typeBytes: 1, lengthBytes: 1, endian: 'little' } as const;
  // Who adds a field has to say here, and in the redactor, whether it goes out.
  const type: Required<Omit<TlvType, 'owner' | 'description' | 'types'>> = {
    type: 1,
    name: 'flow',
    kind: 'uint',
    endian: 'big',
    names: { 1: 'pass' },
    unit: 'ns',
    display: 'hex',
    timestamp: { unit: 'ns', epoch: 'boot' },
    colour: 'red',
    size: 4,
    count: 2,
    offset: 1,
    bits: { from: 0, count: 3 },
    only: { field: 'kind', is: 1 },
    framing,
  };
  const secret = <T extends object>(of: T): T => ({ ...of, secret: 'alice' });
  const texts = { owner: 'alice', description: 'of alice' };
  const redactor = new HostRedactor(CAREFUL, new Pseudonyms(KEY));
  const part = { name: 'edge', framing, where: { in: 'mark' } } as const;
  const rule = { map: 'flows', key: { kind: 'skb-hash', fields: [] }, value: { offset: 0 } } as const;
  const schema = (of: <T extends object>(one: T) => T, described: object): MetadataSchema => {
    const types = [of({ ...type, ...described, types: [of({ ...type, ...described })] })];
    return of({ ...part, whither: 2, types, maps: [of(rule)], also: [of({ ...part, types })] });
  };
  expect(redactor.schema(schema(secret, texts))).toEqual(schema((one) => one, {}));
});

it('still decodes: the same journeys, hops, TLVs and flows, one to one', () => {
  const before = storeOf(capture);
  const after = storeOf(share(capture).bytes);
  expect(after.journeys.count).toBe(JOURNEYS);
  expect(after.events.count).toBe(JOURNEYS * HOPS.length);
  expect(after.hops.hops.map(({ hook, order }) => [hook, order])).toEqual(
    before.hops.hops.map(({ hook, order }) => [hook, order]),
  );
  expect(after.tlvs.names).toEqual(before.tlvs.names);
  expect(after.areas.count).toBe(before.areas.count);
  expect(after.facts.filter?.hooks).toEqual(['tcx']);
  const journeys = (store: CaptureStore) =>
    Array.from({ length: store.events.count }, (_, event) => store.events.chunk(event).journey[event]);
  expect(journeys(after)).toEqual(journeys(before));
});

it('says what it removed, without saying what that was', () => {
  const manifest = share(capture).snapshot.manifest();
  expect(manifest.events).toEqual({ kept: JOURNEYS * HOPS.length, left: 0 });
  expect(manifest.removed).toMatchObject({ mapEntries: 1, comments: 1 + JOURNEYS * HOPS.length });
  expect(manifest.removed.payloadBytes).toBeGreaterThan(0);
  expect(manifest.values['edge.session']).toEqual({ kept: 0, replaced: JOURNEYS * HOPS.length, dropped: 0 });
});

it('gives another share other pseudonyms', () => {
  const one = share(capture).bytes;
  const other = share(capture, { key: new Uint8Array(32).fill(43) }).bytes;
  expect(other.length).toBe(one.length);
  expect(other).not.toEqual(one);
});

it('with the payload kept, what a schema names in it goes by its own rules all the same', () => {
  const writer = new CaptureWriter();
  writer.sectionHeader();
  writer.interfaceDescription({ linkType: 101, name: 'eth0' });
  const udp = [0x9c, 0x40, 0x17, 0xc1, 0, 14, 0, 0, 1, 4, 0xde, 0xad, 0xbe, 0xef];
  const ip = [0x45, 0, 0, 34, 0, 1, 0, 0, 64, 17, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2];
  writer.enhancedPacket({ interfaceId: 0, time: 1n, data: Uint8Array.from([...ip, ...udp]) });
  const parsed = parseSchema(
    JSON.stringify({
      whither: 2,
      name: 'm',
      where: { in: 'packet', at: { kind: 'udp-payload', port: 6081 } },
      framing: { kind: 'tlv', typeBytes: 1, lengthBytes: 1, endian: 'big' },
      types: [{ type: 1, name: 'user', kind: 'uint' }],
    }),
  );
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
  const one = writer.take();
  for (const addresses of ['keep', 'pseudonym'] as const) {
    const policy: SharePolicy = { ...CAREFUL, payload: 'keep', addresses, values: { 'm.user': 'drop' } };
    const { bytes } = share(one, { policy, schema: parsed.schema });
    expect(findSecret(bytes, { what: '', bytes: Uint8Array.of(0xde, 0xad, 0xbe, 0xef) })).toBe('');
  }
});
