import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_TERMS, parseCondition } from './condition.ts';
import { condition } from './testing/run-trigger.ts';

const textOf = (...texts: string[]): string => condition(...texts).text;

describe('a condition', () => {
  it.each([
    ['lost', 'metadata lost'],
    ['LOST', 'metadata lost'],
    ['lost@tcx/ingress@last', 'metadata lost at tcx/ingress@last'],
    ['lost@tcx/ingress', 'metadata lost at tcx/ingress'],
    ['clobbered@eth0:net_dev_queue', 'metadata clobbered at eth0:net_dev_queue'],
    ['drop', 'a drop'],
    ['drop=no_socket', 'a drop with reason NO_SOCKET'],
    ['drop=SKB_DROP_REASON_NO_SOCKET', 'a drop with reason NO_SOCKET'],
    ['tlv:tenant', 'TLV tenant'],
    ['tlv:tenant=7', 'TLV tenant = 7'],
    ['tlv:name=a=b', 'TLV name = a=b'],
    ['lost and tlv:tenant=7', 'metadata lost and TLV tenant = 7'],
  ])('%s is read as %s', (text, told) => {
    expect(textOf(text)).toBe(told);
  });

  it('given several times is any of them', () => {
    const { text, alternatives } = condition('lost and drop', 'suspect');
    expect(text).toBe('metadata lost and a drop, or metadata suspect');
    expect(alternatives).toEqual([0b011, 0b100]);
  });

  it('of a hook without its place is any of that name', () => {
    const [term] = condition('lost@tcx/ingress').terms;
    expect(term).toMatchObject({ kind: 'state', hooks: new Set([2, 3, 26]) });
  });

  it.each([
    ['losst', /"losst" is no condition of a trigger/],
    ['', /"" is no condition/],
    ['lost@nowhere', /there is no hook "nowhere"/],
    ['tlv:', /names no TLV/],
    ['drop=', /names no drop reason/],
    ['lost and', /is no condition/],
    [
      Array<string>(MAX_TERMS + 1)
        .fill('drop')
        .join(' and '),
      /more than 31/,
    ],
    [`tlv:${'x'.repeat(500)}`, /too long/],
  ])('%s is refused with a cause and a remedy', (text, cause) => {
    const parsed = parseCondition([text]);
    expect(parsed).toMatchObject({ ok: false, cause: expect.stringMatching(cause) as string });
    expect(parsed.ok || parsed.remedy).not.toBe('');
  });

  it('is refused or read, whatever the text', () => {
    const part = fc.oneof(
      fc.string(),
      fc.constantFrom('lost', 'drop=', 'tlv:a=b', '@', ' and ', 'lost@tcx/ingress@last', ':'),
    );
    fc.assert(
      fc.property(
        fc.array(
          fc.array(part).map((parts) => parts.join('')),
          { minLength: 1 },
        ),
        (texts) => {
          const parsed = parseCondition(texts);
          if (!parsed.ok) return;
          const { terms, alternatives } = parsed.condition;
          expect(alternatives).toHaveLength(texts.length);
          expect(terms.length).toBeLessThanOrEqual(MAX_TERMS);
          for (const bits of alternatives) expect(bits >>> terms.length).toBe(0);
        },
      ),
    );
  });
});
