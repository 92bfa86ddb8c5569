// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest';
import type { Comparison } from './link-state.ts';
import { refOf } from './origin.ts';
import type { PartOrigin } from './store.ts';
import { named, notTogether, togetherSpec } from './together.ts';

const SHB = [0x0a, 0x0d, 0x0d, 0x0a];
const file = (name: string, bytes: readonly number[] = SHB): PartOrigin => ({
  kind: 'file',
  file: new File([Uint8Array.from(bytes)], name),
});
const names = (...parts: readonly PartOrigin[]) => named(parts).map(({ name }) => name);

describe('captures that are opened together', () => {
  it('are in the order of their names, however they were chosen', () => {
    const [a, b, c] = ['10.pcapng', '2.pcapng', 'B.pcapng'].map((name) => file(name));
    for (const files of [
      [a!, b!, c!],
      [c!, b!, a!],
      [b!, c!, a!],
    ]) {
      expect(names(...files)).toEqual(['10.pcapng', '2.pcapng', 'B.pcapng']);
    }
  });

  it('are told apart where they have one name, alike whichever comes first', () => {
    const [short, long] = [file('a.pcapng', SHB), file('a.pcapng', [...SHB, 0])];
    const apart = named([long, file('a.pcapng (2)'), short]);
    expect(apart.map(({ name }) => name)).toEqual(['a.pcapng', 'a.pcapng (2)', 'a.pcapng (2) (2)']);
    expect(apart.slice(0, 2).map(({ origin }) => origin)).toEqual([short, long]);
    const there: PartOrigin = { kind: 'url', url: 'https://b.example/a.pcapng' };
    for (const parts of [
      [there, short],
      [short, there],
    ])
      expect(named(parts).map(({ origin }) => origin)).toEqual([short, there]);
    expect(names({ kind: 'url', url: 'https://b.example/x/' }, file('x'.repeat(100)))).toEqual([
      'capture',
      'x'.repeat(64),
    ]);
  });

  it('have no name by which a share can be had from its agent', async () => {
    const kept: PartOrigin = { kind: 'url', url: `/s/${'a'.repeat(32)}.pcapng` };
    const other: PartOrigin = { kind: 'url', url: `/s/${'b'.repeat(32)}.pcapng` };
    expect(names(other, kept)).toEqual(['share.pcapng', 'share.pcapng (2)']);
    expect(named([other, kept]).map(({ origin }) => origin)).toEqual([kept, other]);
    expect(await togetherSpec([kept, other])).toMatchObject({ title: 'share.pcapng + share.pcapng (2)' });
  });

  it('are told apart as filters compare, and have names that a link can say', () => {
    expect(names(file('A.pcapng'), file('a.pcapng'))).toEqual(['A.pcapng', 'a.pcapng (2)']);
    expect(names(file('a\nb'), file('c'))).toEqual(['a b', 'c']);
    const [cut] = names(file(`${'x'.repeat(63)}😀`), file('y'));
    expect(new URLSearchParams(new URLSearchParams([['a', cut!]]).toString()).get('a')).toBe(cut);
  });

  it('are called as their files are, wherever these are, and go to the worker with their names', async () => {
    const parts: readonly PartOrigin[] = [
      { kind: 'url', url: 'https://a.example/caps/good%20one.pcapng?token=1' },
      { kind: 'packed', within: 'link', text: '', title: 'share', limit: 1 },
      file('bad.pcapng'),
    ];
    expect(await togetherSpec(parts)).toMatchObject({
      title: 'bad.pcapng + good one.pcapng + share',
      source: {
        kind: 'together',
        parts: [
          { name: 'bad.pcapng', source: { kind: 'file' } },
          { name: 'good one.pcapng', source: { kind: 'url' } },
          { name: 'share', source: { kind: 'packed' } },
        ],
      },
    });
  });

  it('are named in a link where all of them have an address', () => {
    const [sample, url] = [
      { kind: 'sample', id: 'edge' },
      { kind: 'url', url: 'https://a.example/b' },
    ] as const;
    expect(refOf({ kind: 'together', parts: [sample, url] })).toEqual({
      kind: 'together',
      parts: [sample, url],
    });
    expect(refOf({ kind: 'together', parts: [sample, file('a')] })).toBeNull();
    // More than a link can open would be another view.
    expect(refOf({ kind: 'together', parts: Array<PartOrigin>(9).fill(sample) })).toBeNull();
  });

  it.each([
    ['of another format', new File([Uint8Array.of(0xd4, 0xc3, 0xb2, 0xa1)], 'b.pcap')],
    ['empty', new File([], 'b.pcap')],
  ])('are refused when one is %s', async (_what, other) => {
    const good = new File([Uint8Array.from(SHB)], 'a.pcapng');
    expect(await notTogether([good])).toBeNull();
    expect(await notTogether([good, other])).toMatchObject({
      code: 'not-together',
      cause: 'b.pcap is no pcapng, and only those can be opened together.',
    });
  });

  it('go to the worker with the side of the comparison that names them', async () => {
    const parts = ['a', 'b', 'c'].map((name) => file(name));
    const sides = async (compare: Comparison | null) => {
      const spec = await togetherSpec(parts, compare);
      if ('problem' in spec || spec.source.kind !== 'together') throw new Error('none');
      return spec.source.parts.map(({ side }) => side);
    };
    expect(await sides({ a: 'file == b', b: 'file in {a, c}' })).toEqual([2, 1, 2]);
    expect(await sides(null)).toEqual([undefined, undefined, undefined]);
  });
});
