import { describe, expect, it } from 'vitest';
import { CAUSES, MAX_CAUSES } from './causes.ts';
import { IP_IN, FORWARD, EGRESS_FIRST, QUEUE, areaWith, NEIGHBOUR, run } from './testing/verdict.ts';

describe('evidence', () => {
  it('says what was compared and why it means that', () => {
    const forward = run({ from: { at: FORWARD }, to: { at: EGRESS_FIRST, area: NEIGHBOUR } });
    expect(forward.cause).toEqual({
      name: 'neighbourHeader',
      operation: 'neigh_hh_output',
      known: 'implied',
      evidence:
        'Bytes 14 to 15 of 16 were 2222 and are 0000, skb->head is the same, the MAC header too; with a cached neighbour it copies 16 bytes for an Ethernet header of 14: two zeros over the end of the metadata (this kernel: 6.18.44).',
    });
    const lost = run({ from: { at: IP_IN }, to: { at: FORWARD, area: null, head: 0x9000 } });
    expect(lost.cause.evidence).toBe(
      'meta_len went from 16 to 0, skb->head changed; up to Linux 6.18 it sets meta_len to 0 when it gives a packet a new head (this kernel: 6.18.44).',
    );
  });

  it('says of an unknown cause what is missing', () => {
    const gone = run({ from: { at: IP_IN }, to: { at: FORWARD, area: null, head: 0x9000 }, kernel: '' });
    expect(gone.cause).toMatchObject({ name: 'unknown', known: 'unknown' });
    expect(gone.cause.evidence).toContain('the capture does not say which kernel it is from');
    const changed = run({
      from: { at: FORWARD },
      to: { at: QUEUE, area: areaWith({ 3: 9 }) },
      programs: null,
    });
    expect(changed.cause.evidence).toContain('TC programs may run between the two hooks');
  });
});

describe('the catalogue', () => {
  it('has a code and texts for every cause', () => {
    CAUSES.forEach(({ code, operation, text }, i) => {
      expect(code).toBe(i);
      if (code > 0) expect([operation, text]).not.toContain('');
    });
    expect(CAUSES.length).toBeLessThanOrEqual(MAX_CAUSES);
  });
});
