/** A filter by a name of the capture asks the same of the share, in the names that this has; and what is no name of it stays. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { HOOK_BY_NAME } from '#core/format/hooks.ts';
import { BLOCK_SUBTYPE } from '#core/format/structs.ts';
import { fileSection } from '#core/pcapng/file-section.ts';
import { joinChunks } from '#core/pcapng/testing/generate-capture.ts';
import { CaptureWriter } from '#core/pcapng/writer.ts';
import { hopNames } from '#core/query/fields/names.ts';
import { programNames } from '#core/query/fields/programs.ts';
import { quoteValue } from '#core/query/parse.ts';
import { filesBytes, sectionBytes, storeOf } from '#core/store/testing/scenario.ts';
import type { HopIdentity } from '#core/store/view.ts';
import type { SharePolicy } from './policy.ts';
import { passing, shared } from './testing/filters.ts';
import { snapshotOf } from './testing/snapshots.ts';

const SAMPLES = path.join(import.meta.dirname, '../../public/samples');

describe.each<[string, Partial<SharePolicy>]>([
  ['edge', {}],
  ['vxlan', {}],
  ['two-writers', { programs: 'pseudonym' }],
  ['two-writers', {}],
])('of the sample %s', (name, rules) => {
  const capture = new Uint8Array(readFileSync(path.join(SAMPLES, `${name}.pcapng`)));
  const before = storeOf(capture);
  const { after, where } = shared(capture, rules);
  const there = after();
  const seen = before.hops.hops.filter((_, hop) => before.hops.events[hop]! > 0);
  const last = quoteValue(seen.at(-1)!.name);
  const filters = [
    ...seen.flatMap((hop) => hopNames(hop).map((text) => `hop == ${quoteValue(text)}`)),
    ...seen.map(
      (hop) => `lost_at == ${quoteValue(hop.name)} or written_at in {${quoteValue(hop.name)}, ${last}}`,
    ),
    ...seen.map((hop) => `latency(${quoteValue(hop.name.toUpperCase())}, ${last}) > 1us`),
    ...(before.facts.host?.programs ?? []).flatMap((program) =>
      programNames(program).map((text) => `program == ${quoteValue(text)}`),
    ),
    ...seen.flatMap(({ device, netns, host }) => [
      `any(hop == ${last} and device == ${quoteValue(device)}) or hop != ${last}`,
      `device in {"${device}"} and netns != ${netns}`,
      `netns == ${netns}`,
      `host == ${quoteValue(host)}`,
    ]),
  ];

  it('a filter by a name selects the same journeys of the share, and does not say the name', () => {
    const counts = new Set<number>();
    const programs = before.facts.host?.programs ?? [];
    const names = [
      ...seen.flatMap(({ device, netns, host }) => [device, String(netns), host]),
      ...(rules.programs === 'pseudonym' ? programs.map((program) => program.name) : []),
    ];
    for (const text of new Set(filters)) {
      const to = where(text);
      expect(to, text).not.toBeNull();
      for (const one of names) expect(to, text).not.toContain(one);
      const journeys = passing(before, text);
      expect(passing(there, to!), `${text} → ${to}`).toEqual(journeys);
      counts.add(journeys.length);
    }
    // All, none and some of them.
    expect(counts.size).toBeGreaterThan(2);
  });

  it.each([
    'device ~ 0',
    'hop ~ ":tcx"',
    'device == eth7',
    'host == alice',
    'netns == 1',
    'hop == "eth7:tcx/ingress@first"',
    'program == alice#42',
    'program ~ lab0',
    'program == 4294967295',
  ])('a part of a name, and what is none, stay: %s', (text) => expect(where(text)).toBeNull());
});

/** One packet each, of hooks by their names; '' = of no hook of Whither's. */
function captureOf(interfaces: readonly (readonly [name: string, hook: string])[]): Uint8Array {
  const writer = new CaptureWriter();
  writer.sectionHeader();
  writer.json(BLOCK_SUBTYPE.host, { kernel: '6.18.0', hostname: 'edge-7' });
  interfaces.forEach(([name, hook], i) => {
    const whither =
      hook === '' ? {} : { whither: { hook: HOOK_BY_NAME.get(hook)!.id, ifindex: i, netns: 0 } };
    writer.interfaceDescription({ linkType: 1, name, ...whither });
    writer.enhancedPacket({
      interfaceId: i,
      time: BigInt(i),
      data: new Uint8Array(60),
      packetId: BigInt(i + 1),
    });
  });
  return writer.take();
}

describe('names that look like something else:', () => {
  const capture = captureOf([
    ['xdp', ''],
    ['Eth0', ''],
    ['eth0', ''],
    ['tcx0:net_dev_queue', 'net_dev_queue'],
    ['tcx0:netif_rx', 'netif_rx'],
    ['q1:tcx/ingress@first', 'tcx/ingress@first'],
  ]);
  const { after, where } = shared(capture);
  const [before, there] = [storeOf(capture), after()];

  it.each([
    ['a device called as a hook goes as the device that it is', 'hop == xdp', 'hop == dev1'],
    ['a word that is none of its names goes', 'hop == net_dev_queue', 'hop == net_dev_queue'],
    ['a part of a hook goes', 'hop ~ ingress', 'hop ~ ingress'],
    [
      'in quotation marks too',
      'hop in {"XDP", "Q1:tcx/ingress@first"}',
      'hop in {dev1, dev5:tcx/ingress@first}',
    ],
    ['and by its host', 'host == "EDGE-7"', 'host == host1'],
  ])('%s', (_, text, as) => {
    expect(where(text)).toBe(as);
    expect(passing(there, as)).toEqual(passing(before, text));
  });

  it.each([
    ['a part of a hook that is one of a device too', 'hop ~ tcx'],
    ['and one that is one of a pseudonym', 'hop ~ dev'],
    ['two devices that a filter does not tell apart and the share does', 'device == eth0'],
    ['a pseudonym that somebody wrote', 'device == dev1'],
    ['a part of a device', 'device ~ xdp'],
  ])('%s stays', (_, text) => expect(where(text)).toBeNull());
});

it('of files that are open together by their names', () => {
  const one = captureOf([['q1:tcx/ingress@first', 'tcx/ingress@first']]);
  const capture = filesBytes([
    ['acme good.pcapng', one],
    ['acme bad.pcapng', one],
  ]);
  const { after, where } = shared(capture);
  const text = 'file == "acme bad.pcapng"';
  expect(where(text)).toBe('file == file2');
  expect(passing(after(), 'file == file2')).toEqual(passing(storeOf(capture), text));
  expect(where('file == acme')).toBeNull();
  expect(where('file ~ bad')).toBeNull();
  expect(shared(capture, { names: 'keep' }).where(text)).toBe(text);
});

it('a hop of a section that says nothing of its run is one of its own file, whatever was before it there', () => {
  const part = (hook: string, segment: number) =>
    sectionBytes({ segment, seen: [{ hook, id: 1n, us: segment }] });
  const capture = filesBytes([
    ['first', part('netif_receive_skb', 0)],
    ['second', joinChunks([part('tcx/ingress@first', 1), captureOf([['q1:netif_rx', 'netif_rx']])])],
  ]);
  const { after, where } = shared(capture);
  const [before, there] = [storeOf(capture), after()];
  expect(before.hops.hops.map(({ file }) => file)).toEqual(['first', 'first', 'second']);
  expect(there.hops.hops.map(({ file }) => file)).toEqual(['file1', 'file1', 'file2']);
  expect(passing(before, 'file == second')).toEqual([1]);
  expect(where('file == second')).toBe('file == file2');
  expect(passing(there, 'file == file2')).toEqual([1]);
});

it('of two parts of one recording, which are two in the share as they are on the sides of a comparison', () => {
  const part = (segment: number) =>
    sectionBytes({ segment, seen: [{ hook: 'netif_rx', id: 1n, us: segment }] });
  const capture = joinChunks([
    fileSection('first', { part: 1, of: 2, side: 1 }),
    part(0),
    fileSection('second', { part: 2, of: 2, side: 2 }),
    part(1),
  ]);
  const { after, where } = shared(capture);
  const there = after();
  expect(there.journeys.count).toBe(2);
  expect(there.hops.hops.map(({ file }) => file)).toEqual(['file1', 'file2']);
  expect(passing(there, where('file == second')!)).toEqual([1]);
});

it('of files within a file, by its name and by theirs', () => {
  const one = captureOf([['q1:tcx/ingress@first', 'tcx/ingress@first']]);
  const both = filesBytes([
    ['acme bad', one],
    ['acme good', one],
  ]);
  const capture = filesBytes([
    ['acme bad', one],
    ['acme share', both],
  ]);
  const snapshot = snapshotOf(capture);
  const texts = ['file == "acme bad"', 'file == "acme share"', 'file == "Acme share/acme good"'];
  const { view, report } = snapshot.notes({
    notes: 1,
    view: texts.map((text) => ['where', text]),
    report: 'In acme share/acme good all is well.',
    items: [],
  }).notes;
  expect(view.map(([, text]) => text)).toEqual(['file == file1', 'file == file2', 'file == file2/file3']);
  expect(report).toBe('In file2/file3 all is well.');
  const bytes = snapshot.take();
  expect(Buffer.from(bytes).includes('acme')).toBe(false);
  expect(storeOf(bytes).hops.hops.map(({ file }) => file)).toEqual(['file1', 'file2/file1', 'file2/file3']);
  texts.forEach((text, i) =>
    expect(passing(storeOf(bytes), view[i]![1])).toEqual(passing(storeOf(capture), text)),
  );
});

it('a hop that only a later segment has, in another file, goes as one of the file that the run began in', () => {
  const part = (hook: string, segment: number) =>
    sectionBytes({ segment, seen: [{ hook, id: 1n, us: segment }] });
  const capture = filesBytes([
    ['first', part('netif_receive_skb', 0)],
    ['second', part('tcx/ingress@first', 1)],
  ]);
  const [, hop] = storeOf(capture).hops.hops;
  const key = ({ name, netns, host, file }: HopIdentity) => [name, netns, host, file].join('~');
  const snapshot = snapshotOf(capture);
  const { view } = snapshot.notes({ notes: 1, view: [['hop', key(hop!)]], report: '', items: [] }).notes;
  const [, there] = storeOf(snapshot.take()).hops.hops;
  expect(there!.file).toBe('file1');
  expect(view).toEqual([['hop', key(there!)]]);
});

it('the number of an opening is another in each share, and one within it', () => {
  const capture = Uint8Array.from([
    ...fileSection('first', { part: 1, of: 2, set: 77 }),
    ...fileSection('second', { part: 2, of: 2, set: 77 }),
  ]);
  const setsOf = (key: number): number[] => {
    const text = new TextDecoder().decode(snapshotOf(capture, { key: new Uint8Array(32).fill(key) }).take());
    return [...text.matchAll(/"set":(\d+)/g)].map(([, set]) => Number(set));
  };
  const [one, another] = [setsOf(1), setsOf(2)];
  expect(one).toEqual([one[0], one[0]]);
  expect(another).toEqual([another[0], another[0]]);
  expect(new Set([77, one[0], another[0]]).size).toBe(3);
});
