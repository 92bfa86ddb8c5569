import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { manifestOf, newTally } from '#core/share/manifest.ts';
import { CAREFUL, type SharePolicy } from '#core/share/policy.ts';
import type { CaptureNotes } from '#workers/api.ts';
import { shareFileName, shareTitle } from './share-title.ts';

function share(
  notes: Partial<CaptureNotes> = {},
  policy: SharePolicy = CAREFUL,
  journeys: number | null = null,
) {
  const selection = { fromNs: null, toNs: null, journeys, hooks: null };
  const of = { created: '2026-11-26T12:00:00.000Z', expires: null, policy, selection, tally: newTally() };
  const manifest = manifestOf({ ...of, unknownBytes: 0, values: new Map() });
  const sha256 = `0123456789abcdef${'0'.repeat(48)}`;
  return { notes: { notes: 1, view: [], report: '', items: [], ...notes } as CaptureNotes, manifest, sha256 };
}

const WHERE: CaptureNotes['view'] = [['where', 'lost_at ~ tcx && proto == UDP']];
const note = (text: string): CaptureNotes['items'][number] => ({
  pin: { on: 'journey', id: '1', run: '' },
  text,
});

describe('a share is called by', () => {
  it.each<[string, Parameters<typeof share>, string]>([
    [
      'the title of its report',
      [{ report: '## What\n\nlost\n\n# Tags of *edge* lost' }],
      'Tags of edge lost',
    ],
    ['the first words of its report', [{ report: '## What\n\nLost at dev1.\n\nmore' }], 'Lost at dev1.'],
    [
      'names as they are',
      [{ report: '`pskb_expand_head` loses trace_id' }],
      'pskb_expand_head loses trace_id',
    ],
    ['its first note with words', [{ items: [note(' '), note('> gone **here**\n\nand')] }], 'gone here'],
    ['its filter', [{ view: WHERE }], 'lost_at ~ tcx && proto == UDP'],
    ['how many journeys were chosen', [{}, CAREFUL, 3], '3 journeys'],
    ['what it is', [{ report: '## What\n\n##' }], 'the whole capture'],
  ])('%s', (_, parts, title) => expect(shareTitle(share(...parts))).toBe(title));
});

describe('its file', () => {
  it('is called so as well, with the digest: two of a day are two', () => {
    const one = share({ view: WHERE });
    expect(shareFileName(one, 'edge-7.pcapng')).toBe('share-lost_at-tcx-proto-UDP-0123456789ab');
    expect(shareFileName({ ...one, sha256: `f${one.sha256}` }, '')).toBe(
      'share-lost_at-tcx-proto-UDP-f0123456789a',
    );
  });

  it('names the capture, which may name the host, only where names are kept', () => {
    const named = share({ view: WHERE }, { ...CAREFUL, names: 'keep' });
    expect(shareFileName(named, 'whither edge-7.pcapng')).toBe('whither-edge-7-share-0123456789ab');
  });

  it('has no half of a character, which cannot be sent', () => {
    expect(shareTitle(share({ report: `a${'\u{1f600}'.repeat(60)}` }))).toBe(`a${'\u{1f600}'.repeat(38)} …`);
  });

  it('is a name that every system takes, whatever was written', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 200 }),
        fc.string(),
        fc.boolean(),
        (report, capture, named) => {
          const made = share({ report }, named ? { ...CAREFUL, names: 'keep' } : CAREFUL);
          expect(shareFileName(made, capture)).toMatch(/^[\w][\w.-]{0,80}-0123456789ab$/);
          expect(shareTitle(made).length).toBeLessThanOrEqual(80);
          expect(() => encodeURIComponent(shareTitle(made))).not.toThrow();
        },
      ),
    );
  });
});
