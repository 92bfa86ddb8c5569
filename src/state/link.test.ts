import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_COLUMNS } from '#core/query/limits.ts';
import { HARMS } from '#workers/api.ts';
import {
  isNewer,
  linkFault,
  MAX_LINK_CHARS,
  MAX_QUERY_CHARS,
  parseLink,
  printLink,
  printShortLink,
} from './link.ts';
import { parseJourneyId, printJourneyId } from './link-journeys.ts';
import { parseCaptureUrl } from './link-source.ts';
import {
  EMPTY_LINK,
  MAX_HOP_CHARS,
  OPEN_PARTS,
  MAX_MARKS,
  type LinkState,
  type PartRef,
  type SourceRef,
} from './link-state.ts';

const part = fc.oneof(
  fc.stringMatching(/^[a-z0-9][a-z0-9._-]{0,63}$/).map((id): PartRef => ({ kind: 'sample', id })),
  fc
    .webUrl({ withQueryParameters: true, withFragments: true })
    .map((url): PartRef => ({ kind: 'url', url: new URL(url).href })),
);
const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
const source: fc.Arbitrary<SourceRef | null> = fc.oneof(
  fc.constant(null),
  fc.constant<SourceRef>({ kind: 'live' }),
  part,
  fc.array(part, { minLength: 2, maxLength: 8 }).map((parts): SourceRef => ({ kind: 'together', parts })),
);
const fileRef = fc.record({
  name: fc.string({ minLength: 1, maxLength: 64 }).filter((s) => !/\p{Cc}/u.test(s)),
  digest: fc.stringMatching(/^[A-Za-z0-9_-]{16}$/),
  bytes: fc.maxSafeNat().map((n) => n % 1e15),
});
const expression = fc
  .string({ minLength: 1, maxLength: 40 })
  .map((text) => text.trim())
  .filter((text) => text !== '');
const fieldName = fc.oneof(
  fc.constantFrom('time', 'path', 'tlv.trace_id', 'tlv.a~7'),
  fc.stringMatching(/^[a-z][ -~]{0,30}$/),
);
const hopName = fc.string({ minLength: 1, maxLength: MAX_HOP_CHARS }).filter((s) => !/\p{Cc}/u.test(s));
const link: fc.Arbitrary<LinkState> = fc
  .record({
    source,
    capture: fc.option(
      fc.record({
        digest: fc.stringMatching(/^[A-Za-z0-9_-]{16}$/),
        bytes: fc.option(fc.maxSafeNat().map((n) => n % 1e15)),
        first: fc.option(fc.integer({ min: 0, max: 99_999_999_999 })),
      }),
    ),
    files: fc.oneof(fc.constant([]), fc.array(fileRef, { minLength: 2, maxLength: 8 })),
    journey: fc.option(fc.record({ hi: u32, lo: u32 })),
    run: fc.stringMatching(/^[0-9a-f]{0,16}$/),
    at: fc.option(fc.integer({ min: 0, max: 255 })),
    hop: fc.option(hopName),
    metadata: fc.constantFrom(null, 'with' as const, 'without' as const),
    harm: fc.constantFrom(null, ...HARMS),
    time: fc.option(
      fc
        .tuple(fc.bigInt(0n, (1n << 64n) - 1n), fc.bigInt(0n, (1n << 64n) - 1n))
        .map(([a, b]) => ({ fromNs: String(a < b ? a : b), toNs: String(a < b ? b : a) })),
    ),
    where: fc.string({ maxLength: 40 }).map((text) => text.trim()),
    compare: fc.option(fc.record({ a: fc.option(expression), b: fc.option(expression) })),
    columns: fc.option(
      fc.uniqueArray(fc.record({ name: fieldName, chars: fc.option(fc.integer({ min: 3, max: 120 })) }), {
        minLength: 1,
        maxLength: MAX_COLUMNS,
        selector: ({ name }) => name,
      }),
    ),
    sort: fc.option(fc.record({ field: fieldName, down: fc.boolean() })),
    group: fc.oneof(fc.constant(''), fieldName),
    open: fc.subarray([...OPEN_PARTS]),
    values: fc.oneof(fc.constant(''), fieldName),
    pair: fc.option(fc.record({ from: hopName, to: hopName })),
    marks: fc.uniqueArray(
      fc.record({ id: fc.record({ hi: u32, lo: u32 }), run: fc.constantFrom('', '0badcafe', '7') }),
      { maxLength: MAX_MARKS, selector: ({ id, run }) => `${id.hi} ${id.lo} ${run}` },
    ),
    zoom: fc.option(
      fc
        .tuple(fc.bigInt(0n, (1n << 64n) - 1n), fc.bigInt(0n, (1n << 64n) - 1n))
        .map(([a, b]) => ({ fromNs: String(a < b ? a : b), toNs: String(a < b ? b : a) })),
    ),
    scale: fc.integer({ min: 10, max: 40 }).map((tenths) => tenths / 10),
    pan: fc.option(
      fc.record({ left: fc.nat(999), top: fc.nat(999) }).filter(({ left, top }) => left + top > 0),
    ),
    paused: fc.boolean(),
  })
  .map((state) => (state.journey === null ? { ...state, run: '', at: null } : state));

describe('the link', () => {
  it('comes back as it went out, whatever the state', () => {
    fc.assert(
      fc.property(link, (state) => {
        expect(parseLink(printLink(state))).toEqual(state);
      }),
    );
  });

  it('never throws, and prints what it understood in a form it understands', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 400, unit: 'binary' }), (junk) => {
        const once = parseLink(junk);
        expect(parseLink(printLink(once))).toEqual(once);
      }),
    );
  });

  it('names a journey by its id and its run', () => {
    const state = { ...EMPTY_LINK, journey: { hi: 0, lo: 12 }, run: '0badcafe' };
    expect(parseLink('?journey=12@0badcafe')).toEqual(state);
    expect(printLink(state)).toBe('?journey=12%400badcafe');
    expect(parseLink('?journey=12@not-hex').run).toBe('');
  });

  it('writes a time as the filter language does', () => {
    const time = { fromNs: '1795392000000000001', toNs: '1795392001500000000' };
    expect(printLink({ ...EMPTY_LINK, time })).toBe(
      '?time=2026-11-23T00%3A00%3A00.000000001Z..2026-11-23T00%3A00%3A01.5Z',
    );
    expect(parseLink('?time=2026-11-23T00:00:02Z..2026-11-23T00:00:01Z').time).toBeNull();
    expect(parseLink('?time=14s..15s').time).toBeNull();
    expect(parseLink('?time=1969-12-31T23:59:59Z..2026-11-23T00:00:01Z').time).toBeNull();
  });

  // One of each version, as it was printed then; none is ever taken away.
  it.each([
    [
      '?source=sample:edge&lost=1&journey=7',
      { source: { kind: 'sample', id: 'edge' }, journey: { hi: 0, lo: 7 }, harm: 'lost' },
    ],
    [
      '?source=live&harm=clobbered&journey=7%400badcafe&at=3',
      { source: { kind: 'live' }, journey: { hi: 0, lo: 7 }, run: '0badcafe', at: 3, harm: 'clobbered' },
    ],
    [
      '?v=3&source=sample%3Aedge&capture=Zm9vYmFyYmF6cXV4.48212.1795392000&journey=7%400badcafe',
      {
        source: { kind: 'sample', id: 'edge' },
        capture: { digest: 'Zm9vYmFyYmF6cXV4', bytes: 48_212, first: 1_795_392_000 },
        journey: { hi: 0, lo: 7 },
        run: '0badcafe',
      },
    ],
    [
      '?v=4&source=live&open=losses%2Cmatrix&values=verdict',
      { source: { kind: 'live' }, open: ['losses', 'matrix'], values: 'verdict' },
    ],
    [
      '?v=5&source=sample%3Aedge&source=url%3Ahttps%3A%2F%2Fa.example%2Fb.pcapng&capture=Zm9vYmFyYmF6cXV4.300' +
        '&file=AAAAAAAAAAAAAAAA.100%7Eb.pcapng&file=BBBBBBBBBBBBBBBB.200%7Eedge.pcapng&compare=1' +
        '&a=file+%3D%3D+%22edge.pcapng%22&b=file+%3D%3D+%22b.pcapng%22',
      {
        source: {
          kind: 'together',
          parts: [
            { kind: 'sample', id: 'edge' },
            { kind: 'url', url: 'https://a.example/b.pcapng' },
          ],
        },
        capture: { digest: 'Zm9vYmFyYmF6cXV4', bytes: 300, first: null },
        files: [
          { digest: 'AAAAAAAAAAAAAAAA', bytes: 100, name: 'b.pcapng' },
          { digest: 'BBBBBBBBBBBBBBBB', bytes: 200, name: 'edge.pcapng' },
        ],
        compare: { a: 'file == "edge.pcapng"', b: 'file == "b.pcapng"' },
      },
    ],
    [
      '?v=6&source=sample%3Aedge&open=between&from=edge0%3Anf%2Fprerouting&to=edge0%3Akfree_skb%7E4026532248&mark=37.45%400badcafe&mark=7&scale=2.3',
      {
        source: { kind: 'sample', id: 'edge' },
        open: ['between'],
        pair: { from: 'edge0:nf/prerouting', to: 'edge0:kfree_skb~4026532248' },
        marks: [
          { id: { hi: 0, lo: 37 }, run: '0badcafe' },
          { id: { hi: 0, lo: 45 }, run: '0badcafe' },
          { id: { hi: 0, lo: 7 }, run: '' },
        ],
        scale: 2.3,
      },
    ],
    [
      '?v=7&source=sample%3Aedge&scale=3&pan=412.80',
      { source: { kind: 'sample', id: 'edge' }, scale: 3, pan: { left: 412, top: 80 } },
    ],
  ])('opens %s, a link of one of the versions', (query, expected) => {
    expect(parseLink(query)).toEqual({ ...EMPTY_LINK, ...expected });
    expect(isNewer(query)).toBe(false);
  });

  it('reads of a newer link what it knows, and says that it is newer', () => {
    expect(parseLink('?v=8&source=live&unheard=of')).toEqual({ ...EMPTY_LINK, source: { kind: 'live' } });
    expect(isNewer('?v=8&source=live')).toBe(true);
    expect(
      ['?v=7', '?v=6', '?v=5', '?v=4', '?v=3', '?v=-4', '?v=1e9', `?v=${'9'.repeat(5)}`, ''].filter(isNewer),
    ).toEqual([]);
  });

  it('names the capture by digest, and has its version only then', () => {
    const capture = { digest: 'Zm9vYmFyYmF6cXV4', bytes: 48_212, first: null };
    const named = { ...EMPTY_LINK, capture };
    expect(printLink(named)).toBe('?v=3&capture=Zm9vYmFyYmF6cXV4.48212');
    expect(parseLink('?capture=Zm9vYmFyYmF6cXV4.48212')).toEqual(named);
    // What does not read of the rest is not there; without a digest nothing is.
    expect(parseLink(`?capture=Zm9vYmFyYmF6cXV4.${'9'.repeat(16)}.-1`).capture).toEqual({
      digest: 'Zm9vYmFyYmF6cXV4',
      bytes: null,
      first: null,
    });
    for (const text of ['', 'Zm9v', '.48212', 'Zm9vYmFyYmF6cXV4x', '<b>aaaaaaaaaaaaa'])
      expect(parseLink(`?capture=${encodeURIComponent(text)}`).capture).toBeNull();
  });

  it('names what is open, once and in one order, and has its version only then', () => {
    const open = { ...EMPTY_LINK, open: ['losses', 'matrix'] as const, values: 'verdict' };
    expect(printLink(open)).toBe('?v=4&open=losses%2Cmatrix&values=verdict');
    expect(parseLink('?open=matrix,rm,losses,matrix&values=verdict&zoom=2s..1s')).toEqual(open);
    expect(parseLink(`?open=${'losses,'.repeat(1000)}`).open).toEqual(['losses']);
    expect(parseLink(`?values=${'a'.repeat(300)}`).values).toBe('');
  });

  it('opens several sources or none, and names files with a digest, at least two', () => {
    for (const other of ['live', 'sample:../x', 'url:file:///etc/passwd', '']) {
      const query = `?source=sample:edge&source=${encodeURIComponent(other)}`;
      expect(parseLink(query).source).toBeNull();
      expect(linkFault(query)?.cause).toContain('several sources');
    }
    const many = (count: number) => '&source=sample:edge'.repeat(count);
    expect(parseLink(many(8)).source).toMatchObject({ kind: 'together', parts: { length: 8 } });
    expect(parseLink(many(9)).source).toBeNull();
    expect(linkFault(many(9))?.cause).toContain('more than 8');
    const file = (text: string) => `&file=${encodeURIComponent(text)}`;
    const good = file('AAAAAAAAAAAAAAAA.100~a');
    expect(parseLink(good).files).toEqual([]);
    for (const bad of [
      'AAAAAAAAAAAAAAAA.1',
      'AAAAAAAAAAAAAAAA~b',
      'A.1~b',
      'AAAAAAAAAAAAAAAA.1~',
      'AAAAAAAAAAAAAAAA.1~\n',
    ])
      expect(parseLink(good + file(bad)).files).toEqual([]);
    expect(parseLink(good.repeat(20)).files).toHaveLength(8);
  });

  it('names marked journeys by id and run, each once and no more than can be marked', () => {
    const marks = [
      { id: { hi: 0, lo: 37 }, run: '0badcafe' },
      { id: { hi: 0, lo: 45 }, run: '0badcafe' },
    ];
    expect(printLink({ ...EMPTY_LINK, marks })).toBe('?v=6&mark=37.45%400badcafe');
    expect(parseLink('?mark=37.45.37.x..-1.0x7@0badcafe&mark=&mark=@0badcafe').marks).toEqual(marks);
    const many = Array.from({ length: 2000 }, (_, i) => i).join('.');
    expect(parseLink(`?mark=${many.slice(0, 6000)}`).marks).toHaveLength(MAX_MARKS);
    expect(parseLink(`?${'mark=1.2&'.repeat(800)}`).marks).toHaveLength(2);
    expect(parseLink(`?mark=${'1'.repeat(21)}.18446744073709551616`).marks).toEqual([]);
  });

  it('names two hops that times are between, or none', () => {
    expect(printLink({ ...EMPTY_LINK, pair: { from: 'a', to: 'b~1' } })).toBe('?v=6&from=a&to=b%7E1');
    for (const half of ['?from=a', '?to=b', '?from=a&to=', `?from=a&to=${'b'.repeat(MAX_HOP_CHARS + 1)}`])
      expect(parseLink(half).pair).toBeNull();
  });

  it('has where the path is scrolled to in thousandths, and nothing at its beginning', () => {
    expect(printLink({ ...EMPTY_LINK, pan: { left: 412, top: 0 } })).toBe('?v=7&pan=412');
    expect(printLink({ ...EMPTY_LINK, pan: { left: 0, top: 80 } })).toBe('?v=7&pan=0.80');
    expect(parseLink('?pan=0.080').pan).toEqual({ left: 0, top: 80 });
    for (const junk of ['', '0', '0.0', '1000', '-1', '1.', '.5', '1.1.1', '1e2', ' 1', '1.1000'])
      expect(parseLink(`?pan=${encodeURIComponent(junk)}`).pan).toBeNull();
  });

  it('has the scale of the path to a tenth, between its bounds', () => {
    expect(printLink({ ...EMPTY_LINK, scale: 2.25 })).toBe('?v=6&scale=2.3');
    expect(printLink({ ...EMPTY_LINK, scale: 1.04 })).toBe('');
    for (const junk of ['0', '0.9', '4.1', '9', '-2', '2.25', '1e1', ' 2', '22', '', 'NaN'])
      expect(parseLink(`?scale=${encodeURIComponent(junk)}`).scale).toBe(1);
    expect(parseLink('?scale=4').scale).toBe(4);
  });

  it('says why it opens nothing', () => {
    expect(linkFault(`?where=${'a'.repeat(MAX_QUERY_CHARS)}`)?.cause).toContain('too long');
    for (const source of ['url:javascript:alert(1)', 'sample:../x', 'file:///etc/passwd', 'x'])
      expect(linkFault(`?source=${encodeURIComponent(source)}`)?.cause).toContain('source');
    for (const query of [
      '',
      '?where=drop',
      '?source=live',
      '?source=sample:edge',
      '?source=url:https://a.example/b',
    ])
      expect(linkFault(query)).toBeNull();
  });

  it('prints at most 2000 characters', () => {
    fc.assert(
      fc.property(link, fc.string({ minLength: 900, maxLength: 1000, unit: 'binary' }), (state, where) => {
        if (state.source?.kind !== 'url')
          expect(printShortLink({ ...state, where, hop: null }).length).toBeLessThanOrEqual(MAX_LINK_CHARS);
      }),
    );
  });

  it('leaves out what is at its default', () => {
    expect(printLink(EMPTY_LINK)).toBe('');
    expect(printLink({ ...EMPTY_LINK, source: { kind: 'live' }, paused: true })).toBe('?source=live&pause=1');
  });

  it.each([
    ['?source=script:alert(1)', null],
    ['?source=sample:../../etc/passwd', null],
    ['?source=url:javascript:alert(1)', null],
    ['?source=url:file:///etc/passwd', null],
    ['?source=url:%2Ffiles%2F0-out.pcapng', { kind: 'url', url: '/files/0-out.pcapng' }],
    ['?source=url:/files/0-a%2520b.pcapng', { kind: 'url', url: '/files/0-a%20b.pcapng' }],
    ['?source=url://evil.example/x.pcapng', null],
    ['?source=url:/%5Cevil.example/x.pcapng', null],
    ['?source=sample:edge', { kind: 'sample', id: 'edge' }],
  ])('reads the source of %s as %j', (query, expected) => {
    expect(parseLink(query).source).toEqual(expected);
  });

  it.each(['', '0x1', '1.5', '-1', ' 1', '18446744073709551616', '1'.repeat(21)])(
    'refuses the journey id %j',
    (text) => {
      expect(parseJourneyId(text)).toBeNull();
    },
  );

  it('keeps all 64 bits of a journey id', () => {
    expect(parseJourneyId('18446744069414584321')).toEqual({ hi: 0xffff_ffff, lo: 1 });
    expect(printJourneyId({ hi: 0xffff_ffff, lo: 1 })).toBe('18446744069414584321');
  });

  it.each(['256', '-1', '1e2', '', '0x1'])('drops the position %j and keeps the journey', (at) => {
    const state = parseLink(`?journey=1&at=${at}`);
    expect(state.journey).toEqual({ hi: 0, lo: 1 });
    expect(state.at).toBeNull();
  });

  it('does not read a query beyond its bound', () => {
    expect(parseLink(`?source=live&hop=${'a'.repeat(MAX_QUERY_CHARS)}`)).toEqual(EMPTY_LINK);
    expect(parseLink(`?source=live&hop=${'a'.repeat(MAX_HOP_CHARS + 1)}`).hop).toBeNull();
  });

  it('takes http and https URLs within 2000 characters', () => {
    expect(parseCaptureUrl('https://example.org/a.pcapng')).toBe('https://example.org/a.pcapng');
    expect(parseCaptureUrl('ftp://example.org/a')).toBeNull();
    expect(parseCaptureUrl('nonsense')).toBeNull();
    expect(parseCaptureUrl(`https://example.org/${'a'.repeat(2000)}`)).toBeNull();
  });
});
