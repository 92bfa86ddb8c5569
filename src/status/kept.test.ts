import { describe, expect, it } from 'vitest';
import type { CaptureFilter } from '#workers/api.ts';
import { firedText, keptHereText, keptText } from './kept.ts';

const ALL: CaptureFilter = {
  expression: null,
  devices: ['eth0'],
  netns: 'edge',
  mark: null,
  hasMetadata: false,
  tlv: [],
  sample: null,
  rate: null,
  hooks: [],
  trigger: null,
};

describe('what a capture holds', () => {
  it('is not said when nothing was left out on purpose', () => {
    expect(keptText(null)).toBeNull();
    expect(keptText(ALL)).toBeNull();
  });

  it.each([
    [{ expression: 'udp port 4789' }, 'udp port 4789'],
    [{ mark: { value: 0x10, mask: 0xf0 }, hasMetadata: true }, 'mark 0x10 of bits 0xf0, with metadata'],
    [{ tlv: [{ type: 1, value: '0x1f' }] }, 'TLV 1 = 0x1f'],
    [
      { tlv: [{ type: 4, value: null }], sample: 10, rate: 5000 },
      'TLV 4, 1 in 10 journeys, at most 5,000 events/s',
    ],
  ])('is said otherwise: %j', (asked, said) => {
    expect(keptText({ ...ALL, ...asked })).toBe(said);
  });

  it('says what a trigger keeps', () => {
    expect(keptText({ ...ALL, trigger: { condition: 'lost', before: 100, after: 50 } })).toBe(
      '100 journeys before and 50 after lost',
    );
  });
});

describe('that a trigger fired', () => {
  it('is said with the journey and how often', () => {
    const last = { journey: '7', text: 'metadata lost at eth0:tcx/ingress@last' };
    expect(firedText(null)).toBe('');
    expect(firedText({ count: 1, last })).toBe(`; triggered by journey 7: ${last.text}`);
    expect(firedText({ count: 1200, last })).toBe(
      `; triggered by journey 7: ${last.text} (1,200 times, this the last)`,
    );
  });
});

describe('how much of the packets is kept here', () => {
  it('is said with its limit, and what is kept no more is never left out', () => {
    expect(keptHereText(null)).toBeNull();
    const kept = { bytes: 45_000_000, limitBytes: 1_000_000_000, droppedBytes: 0 };
    expect(keptHereText(kept)).toBe('packets: 45 MB of 1 GB kept here');
    expect(keptHereText({ ...kept, droppedBytes: 2_000_000 })).toBe(
      'packets: 45 MB of 1 GB kept here, 2 MB older only at the agent',
    );
  });
});
