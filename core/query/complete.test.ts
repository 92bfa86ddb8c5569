import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seen, trace, verdict } from '#core/store/testing/scenario.ts';
import { compileFilter } from './compile.ts';
import { completeFilter } from './complete.ts';

const store = seen(
  { hook: 'netif_receive_skb', id: 1n, us: 0, meta: [...trace(0x1f), ...verdict(1)] },
  { hook: 'tcx/ingress@first', id: 1n, us: 1, meta: [...trace(0x1f), ...verdict(0)] },
  { hook: 'tcx/ingress@first', id: 2n, us: 2, meta: [...trace(0x20), ...verdict(0)] },
  { hook: 'consume_skb', id: 2n, us: 3 },
);

/** `|` is where the cursor is. */
function options(text: string): string[] {
  const at = text.indexOf('|');
  return completeFilter(text.replace('|', ''), at, store).options.map((option) => option.text);
}

describe('completion', () => {
  it('offers fields where a test begins, the TLVs of the schema first', () => {
    expect(options('|').slice(0, 3)).toEqual(['tlv.trace', 'tlv.verdict', 'tlv.client']);
    expect(options('meta && tl|')).toEqual(['tlv.trace', 'tlv.verdict', 'tlv.client']);
    expect(options('!(any(lost|')).toEqual(['lost_at']);
  });

  it('offers operators behind a field', () => {
    expect(options('ip.addr |')).toEqual(['==', '!=', 'in', 'exists']);
    expect(options('meta && state |')).toEqual(['==', '!=', 'in', '~', 'exists']);
    expect(options('nonsense |')).toEqual([]);
  });

  it('offers the values that the capture has, the most frequent first, as they would be written', () => {
    expect(options('tlv.verdict == |')).toEqual(['pass', 'drop']);
    expect(options('tlv.verdict in {pass, d|')).toEqual(['drop']);
    expect(options('device == |')).toEqual(['eth0']);
    expect(options('state == lo|')).toEqual(['lost']);
    expect(options('ip.src == |')).toEqual(['10.0.0.1']);
    expect(options('port.dst == "9|')).toEqual(['9000']);
  });

  it('offers hops by their names on the path, then by those of the capture, what begins with the letters first', () => {
    expect(options('hop == |')).toEqual([
      '"tcx ingress"',
      '"tcx ingress, first"',
      'freed',
      'netif_receive_skb',
      'eth0:tcx/ingress@first',
      'eth0:consume_skb',
      'eth0:netif_receive_skb',
    ]);
    expect(options('changed_at == "tcx |')).toEqual(['"tcx ingress"', '"tcx ingress, first"']);
    expect(options('hop == "tcx/ing|"')).toEqual(['eth0:tcx/ingress@first']);
    expect(options('hop == "skb|')[0]).toBe('netif_receive_skb');
    expect(options('hop == "eth0:c|')).toEqual(['eth0:consume_skb']);
  });

  it('offers hops in both places of a latency', () => {
    expect(options('latency("tcx|", "")').slice(0, 2)).toEqual(['"tcx ingress"', '"tcx ingress, first"']);
    expect(options('meta && latency("tcx ingress", "netif|")')[0]).toBe('"netif_receive_skb"');
    const text = 'latency("tcx", "")';
    const { from, to, options: found } = completeFilter(text, 12, store);
    expect(text.slice(0, from) + found[0]!.text + text.slice(to)).toBe('latency("tcx ingress", "")');
    expect(options('latency("a", "b") |')).not.toContain('"tcx ingress"');
  });

  it('offers states where one is asked for, whether the capture has them or not, quoted as the editor quotes', () => {
    expect(options('journey.has(|)')).toContain('"clobbered"');
    expect(options('meta && journey.has("los|")')).toEqual(['"lost"']);
    const text = 'journey.has("los")';
    const { from, to, options: found } = completeFilter(text, 16, store);
    expect(text.slice(0, from) + found[0]!.text + text.slice(to)).toBe('journey.has("lost")');
  });

  it('says how often a value was seen', () => {
    expect(completeFilter('tlv.trace == ', 13, store).options).toEqual([
      { text: '0x0000001f', kind: 'value', detail: '2 events' },
      { text: '0x00000020', kind: 'value', detail: '1 event' },
    ]);
  });

  it('replaces what is being typed, and each value that it offers is one', () => {
    const text = 'tlv.verdict == dr && meta';
    const { from, to, options: found } = completeFilter(text, 17, store);
    expect(text.slice(0, from) + found[0]!.text + text.slice(to)).toBe('tlv.verdict == drop && meta');
    for (const field of [
      'tlv.trace',
      'tlv.verdict',
      'hop',
      'device',
      'ip.addr',
      'port',
      'len',
      'mark',
      'state',
      'proto',
      'netns',
    ]) {
      for (const value of options(`${field} == |`))
        expect(compileFilter(`${field} == ${value}`, store)).toMatchObject({ ok: true });
    }
  });

  it('never fails, whatever stands there', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), fc.nat(40), (text, at) => {
        const cursor = Math.min(at, text.length);
        const { from, to } = completeFilter(text, cursor, store);
        expect(from).toBeLessThanOrEqual(cursor);
        // With the quotation mark that the editor closed.
        const closes = text[cursor] === '"' && text[from] === '"' && from < cursor;
        expect(to).toBe(closes ? cursor + 1 : cursor);
      }),
      { examples: [['""', 1]] },
    );
  });
});
