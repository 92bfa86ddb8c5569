/** Several files as one capture: recordings of one host stay apart, whatever they have in common. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BLOCK_SUBTYPE } from '#core/format/structs.ts';
import type { CaptureWriter } from '#core/pcapng/writer.ts';
import { fileSection } from '#core/pcapng/file-section.ts';
import { HOP_TEXTS } from '#core/query/fields/names.ts';
import { joinChunks } from '#core/pcapng/testing/generate-capture.ts';
import { JourneyList } from '#core/query/journey-list.ts';
import { NO_FILTER } from '#core/query/list-filter.ts';
import type { CaptureStore } from './capture-store.ts';
import { findJourney, journeyRun } from './event-text.ts';
import { journeyDetail } from './journey-detail.ts';
import { MAX_FILES } from './limits.ts';
import { hopList } from './hops.ts';
import { filesBytes, sectionBytes, storeOf, trace, type Section, type Seen } from './testing/scenario.ts';

const RX = 'netif_receive_skb';
const TCX = 'tcx/ingress@first';

const ofHost =
  (hostname: string, kernel = '6.18.0', reason = '') =>
  (writer: CaptureWriter): void => {
    writer.json(BLOCK_SUBTYPE.host, { hostname, kernel });
    if (reason !== '') {
      writer.json(BLOCK_SUBTYPE.catalogue, { hooks: [{ id: 2, name: TCX, attached: false, reason }] });
    }
  };
const recording = (seen: readonly Seen[], part: Partial<Section> = {}): Uint8Array =>
  sectionBytes({ seen, blocks: ofHost('lab'), ...part });
const hopsOf = (store: CaptureStore) =>
  hopList(store, new JourneyList(store, NO_FILTER)).map(({ name, host, file, events }) => [
    name,
    host,
    file,
    events,
  ]);

const BOTH: readonly Seen[] = [
  { hook: RX, id: 1n, us: 0, meta: trace(7) },
  { hook: TCX, id: 1n, us: 1 },
];

describe('recordings of one host in two files', () => {
  it('have hops of their own, and hooks of their own that are missing', () => {
    const store = storeOf(
      filesBytes([
        ['good', recording(BOTH, { run: 1, blocks: ofHost('lab', '6.18.0', 'not asked for') })],
        ['bad', recording(BOTH.slice(0, 1), { run: 2, blocks: ofHost('lab', '6.1.0', 'older than 6.6') })],
      ]),
    );
    expect(hopsOf(store)).toEqual([
      [`eth0:${RX}`, 'lab', 'good', 1],
      [`eth0:${TCX}`, 'lab', 'good', 1],
      [`eth0:${RX}`, 'lab', 'bad', 1],
    ]);
    expect(store.hops.domains[0]).not.toBe(store.hops.domains[2]);
    expect(store.facts.missingHooks.map(({ file, reason }) => [file, reason])).toEqual([
      ['good', 'not asked for'],
      ['bad', 'older than 6.6'],
    ]);
    expect(store.facts.newestOf({ host: 'lab', file: 'bad' })?.kernel).toBe('6.1.0');
  });

  it('are two also where they are copies of one', () => {
    const store = storeOf(
      filesBytes([
        ['a', recording(BOTH)],
        ['b', recording(BOTH)],
      ]),
    );
    expect(store.journeys.count).toBe(2);
    expect(hopsOf(store).map(([, , file, events]) => [file, events])).toEqual([
      ['a', 1],
      ['a', 1],
      ['b', 1],
      ['b', 1],
    ]);
  });

  it('have journeys with names of their own where they are copies of one', () => {
    const store = storeOf(
      filesBytes([
        ['a', recording(BOTH)],
        ['b', recording(BOTH)],
      ]),
    );
    const names = [0, 1].map((journey) => journeyRun(store, journey));
    expect(names).toEqual(['01010101', '010101012']);
    expect(names.map((run) => findJourney(store, 0, 1, run))).toEqual([0, 1]);
  });

  it('are one where the second goes on with later segments of the same run', () => {
    const [first, second] = BOTH;
    const parts = [recording([first!], { segment: 0 }), recording([second!], { segment: 1 })] as const;
    const later = joinChunks([parts[1], recording([second!], { segment: 1 })]);
    const store = storeOf(
      filesBytes([
        ['1', parts[0]],
        ['2', later],
      ]),
    );
    expect(store.journeys.count).toBe(1);
    expect(hopsOf(store).map(([, , file, events]) => [file, events])).toEqual([
      ['1', 1],
      ['1', 2],
    ]);
  });

  it('are two where the second begins with a segment that was read already, whatever came last', () => {
    const [first, second] = BOTH;
    const [early, late] = [recording([first!], { segment: 0 }), recording([second!], { segment: 1 })];
    const store = storeOf(
      filesBytes([
        ['1', joinChunks([late, early])],
        ['2', late],
      ]),
    );
    expect(store.journeys.count).toBe(2);
  });

  it('are one recording there also for what became of a packet', () => {
    const parts = [
      recording(
        [
          { hook: RX, id: 1n, us: 0 },
          { hook: RX, id: 2n, us: 0 },
          { hook: 'kfree_skb', id: 2n, us: 1 },
        ],
        { segment: 0 },
      ),
      recording([{ hook: RX, id: 3n, us: 5_000_000 }], { segment: 1 }),
    ] as const;
    const apart = storeOf(filesBytes(parts.map((part, i) => [`${i}`, part])));
    const one = storeOf(joinChunks(parts));
    expect(journeyDetail(one, 0).links).toMatchObject([{ known: 'broken' }]);
    expect(journeyDetail(apart, 0).links).toEqual(journeyDetail(one, 0).links);
  });

  it('are two where they are on two sides of a comparison, whatever goes on in the second, and those of one side are one', () => {
    const part = (segment: number) => recording(BOTH.slice(segment % 2, 1 + (segment % 2)), { segment });
    const sides = [1, 1, 2, 2];
    const store = storeOf(
      joinChunks(sides.flatMap((side, i) => [fileSection(`${i}`, { part: i + 1, of: 4, side }), part(i)])),
    );
    expect(store.journeys.count).toBe(2);
    expect(hopsOf(store)).toEqual([
      [`eth0:${RX}`, 'lab', '0', 1],
      [`eth0:${TCX}`, 'lab', '0', 1],
      [`eth0:${RX}`, 'lab', '2', 1],
      [`eth0:${TCX}`, 'lab', '2', 1],
    ]);
    expect([0, 1].map((journey) => journeyRun(store, journey))).toEqual(['01010101', '010101012']);
  });

  it('are one where the first is within a file of several and the later is not', () => {
    const part = (segment: number) => recording(BOTH.slice(segment, segment + 1), { segment });
    const share = filesBytes([
      ['file1', part(0)],
      ['file2', recording(BOTH, { run: 2 })],
    ]);
    const store = storeOf(
      filesBytes([
        ['share', share],
        ['plain', part(1)],
      ]),
    );
    expect(store.journeys.count).toBe(2);
    expect([0, 1].map((journey) => journeyRun(store, journey))).toEqual(['01010101', '02020202']);
  });

  it('are copies with numbers of their own, whichever side is read', () => {
    const sides = [1, 2, 2, 1];
    const store = storeOf(
      joinChunks(
        sides.flatMap((side, i) => [fileSection(`${i}`, { part: i + 1, of: 4, side }), recording(BOTH)]),
      ),
    );
    expect([0, 1, 2, 3].map((journey) => journeyRun(store, journey))).toEqual([
      '01010101',
      '010101012',
      '010101013',
      '010101014',
    ]);
  });

  it('share no journey and no link, and say of each packet what the file alone says', () => {
    // Few ids, hooks and instants, so that all that could be confused is; the skbs and heads of an id are the same everywhere.
    const hooks = [RX, TCX, 'ip_finish_output2', 'net_dev_queue', 'net_dev_start_xmit', 'kfree_skb'];
    const anySeen = fc.record({
      hook: fc.constantFrom(...hooks),
      id: fc.bigInt(1n, 3n),
      us: fc.constantFrom(0, 1, 2, 3, 2_000_000),
      meta: fc.constantFrom(trace(1), trace(2)),
    });
    const anyFile = fc.record({
      seen: fc.array(anySeen, { minLength: 1, maxLength: 12 }),
      run: fc.constantFrom(1, 2),
    });
    const seenIn = (store: CaptureStore, journey: number) =>
      journeyDetail(store, journey).hops.map(({ hop, state }) => {
        const { name, host } = store.hops.hops[hop]!;
        return { name, host, state };
      });
    fc.assert(
      fc.property(
        fc.array(anyFile, { minLength: 2, maxLength: 3 }),
        fc.constantFrom('lab', ''),
        (files, host) => {
          const bytes = files.map(({ seen, run }) => recording(seen, { run, blocks: ofHost(host) }));
          const together = storeOf(filesBytes(bytes.map((one, i) => [`file ${i}`, one])));
          const fileOf = (journey: number): string => {
            const of = journeyDetail(together, journey).hops.map(({ hop }) => together.hops.hops[hop]!.file);
            expect(new Set(of).size).toBe(1);
            return of[0]!;
          };
          let journey = 0;
          for (const [i, one] of bytes.entries()) {
            const alone = storeOf(one);
            for (let own = 0; own < alone.journeys.count; own++, journey++) {
              expect(seenIn(together, journey)).toEqual(seenIn(alone, own));
              expect(fileOf(journey)).toBe(`file ${i}`);
              const before = journey - own;
              const links = journeyDetail(alone, own).links.map((link) => ({
                ...link,
                journey: link.journey === null ? null : link.journey + before,
              }));
              expect(journeyDetail(together, journey).links).toMatchObject(links);
              expect(journeyDetail(together, journey).links).toHaveLength(links.length);
            }
          }
          expect(together.journeys.count).toBe(journey);
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('files that have files themselves', () => {
  const one = recording(BOTH.slice(0, 1));
  const filesOf = (bytes: Uint8Array) => hopsOf(storeOf(bytes)).map(([, , file]) => file);
  const share = filesBytes([
    ['file1', one],
    ['file2', one],
  ]);

  it('are one each, and what is in them is within them', () => {
    const both = filesBytes([
      ['share.pcapng', share],
      ['x.pcapng', one],
    ]);
    expect(filesOf(both)).toEqual(['share.pcapng/file1', 'share.pcapng/file2', 'x.pcapng']);
    const deep = filesBytes([
      ['a', one],
      ['b', both],
      ['c', share],
    ]);
    const within = ['b/share.pcapng/file1', 'b/share.pcapng/file2', 'b/x.pcapng'];
    expect(filesOf(deep)).toEqual(['a', ...within, 'c/file1', 'c/file2']);
  });

  it('are asked for by the name of each that something is in', () => {
    const store = storeOf(
      filesBytes([
        ['a', one],
        ['b', share],
      ]),
    );
    const passing = (file: string) =>
      store.hops.hops.filter((hop) => HOP_TEXTS.get('file')!(hop).includes(file)).length;
    expect(['a', 'b', 'b/file2', 'file2', ''].map(passing)).toEqual([1, 2, 1, 0, 0]);
  });

  it('are so too where those in them do not say which they are, and no name has the separator', () => {
    const named = (name: string) =>
      sectionBytes({ seen: [], blocks: (writer) => writer.json(BLOCK_SUBTYPE.file, { name }) });
    const old = joinChunks([named('of/old'), one, named('of old'), one]);
    expect(filesOf(old)).toEqual(['of old', 'of old (2)']);
    const both = filesBytes([
      ['b', old],
      ['a/b', one],
    ]);
    expect(filesOf(both)).toEqual(['b/of old', 'b/of old (2)', 'a b']);
  });

  it('are so where their turns count as those of the files that they are in, by what tells two openings apart', () => {
    const turns = [
      ['share', 1, 8],
      ['file1', 1, 9],
      ['plain', 2, 8],
    ] as const;
    const bytes = turns.flatMap(([name, part, set]) => [fileSection(name, { part, of: 2, set }), one]);
    expect(filesOf(joinChunks(bytes))).toEqual(['share', 'share/file1', 'plain']);
  });

  it.each([
    { part: 2, of: 1 },
    { part: 0, of: 2 },
    { part: 1.5, of: 2 },
    { part: 1 },
    { of: '2', part: '1' },
  ])('a turn that is none says nothing: %j', (turn) => {
    const block = (name: string) =>
      sectionBytes({ seen: [], blocks: (writer) => writer.json(BLOCK_SUBTYPE.file, { name, ...turn }) });
    expect(filesOf(joinChunks([block('a'), one, block('b'), one]))).toEqual(['a', 'b']);
  });
});

it('files are told apart up to a bound, and what is behind it counts for the last', () => {
  const store = storeOf(
    filesBytes(
      Array.from({ length: MAX_FILES + 2 }, (_, i) => [
        `${i}`,
        i > MAX_FILES ? recording(BOTH) : new Uint8Array(0),
      ]),
    ),
  );
  expect(store.problems.map(({ cause }) => cause)).toEqual(
    Array(2).fill(expect.stringContaining(`more than ${MAX_FILES} of them`)),
  );
  expect(hopsOf(store).map(([, , file]) => file)).toEqual(Array(2).fill(`${MAX_FILES - 1}`));
});

it.each([
  ['file1', 'file1 (2)'],
  ['FILE1', 'FILE1 (2)'],
  ['x'.repeat(512), 'x'.repeat(500)],
])('a file of a name that another has, as filters compare, has another: %#', (name, told) => {
  const store = storeOf(
    filesBytes([
      ['file1', recording(BOTH.slice(0, 1))],
      [name, recording(BOTH.slice(0, 1))],
    ]),
  );
  expect(hopsOf(store).map(([, , file, events]) => [file, events])).toEqual([
    ['file1', 1],
    [told, 1],
  ]);
});

it('a file block that is none is skipped, and says so', () => {
  const store = storeOf(
    recording(BOTH, { blocks: (writer) => writer.json(BLOCK_SUBTYPE.file, { name: '' }) }),
  );
  expect(store.problems.map(({ code }) => code)).toEqual(['bad-block']);
  expect(hopsOf(store).map(([, , file]) => file)).toEqual(['', '']);
});
