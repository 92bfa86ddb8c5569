import { describe, expect, it } from 'vitest';
import { parseNotes } from '#core/notes/notes.ts';
import { encodeUtf8 } from '#core/pcapng/text.ts';
import { parseFilter } from '#core/query/parse.ts';
import { fakeHop } from '#src/testing/hops.ts';
import { hopKey, hopOfKey } from '#src/state/hop-key.ts';
import { parseLink, printLink } from '#src/state/link.ts';
import { EMPTY_LINK } from '#src/state/link-state.ts';
import type { Hop, HopCause } from '#workers/api.ts';
import { causeFilter, edgeFilter, lostFilter } from './ask.ts';
import { layoutPath } from './layout.ts';
import { focusedStop, nextBand, step, stopsOf } from './stops.ts';

const edge = (from: number, to: number) => ({ from, to, count: 10, hadMetadata: 0, withMetadata: 0 });
const hops = [1, 2, 3, 4].map((hook, index) => fakeHop({ index, hook, events: 10 }));
const CAUSE: HopCause = {
  state: 'lost',
  cause: 'expandHead',
  operation: 'pskb_expand_head',
  known: 'rule',
  count: 3,
  firstNs: '0',
};

describe('what a mark asks for', () => {
  it('is a cause at its hop', () => {
    expect(causeFilter(hops, hops[1]!, CAUSE)).toBe(
      'any(hop == "eth0:tcx/ingress@first" && state == lost && cause == expandHead && known == rule)',
    );
    expect(causeFilter(hops, hops[1]!, { ...CAUSE, cause: 'unknown', known: 'unknown' })).toBe(
      'any(hop == "eth0:tcx/ingress@first" && state == lost && known == unknown)',
    );
  });

  it('names namespace and host of a hop where its name is not enough', () => {
    const named = (part: Partial<Hop>): Hop => ({ ...hops[1]!, ...part });
    const three = [
      named({ index: 0, netns: 1, host: 'a' }),
      named({ index: 1, netns: 2, host: 'a' }),
      named({ index: 2, netns: 1, host: 'b' }),
    ];
    expect(lostFilter(three, three[0]!)).toBe(
      'any(hop == "eth0:tcx/ingress@first" && netns == 1 && host == "a" && state == lost)',
    );
    expect(lostFilter(three.slice(0, 2), three[0]!)).toBe(
      'any(hop == "eth0:tcx/ingress@first" && netns == 1 && state == lost)',
    );
    expect(parseFilter(lostFilter(three, three[2]!))).not.toBeNull();
    expect(three.map((_, i) => hopKey(three, i))).toEqual([
      'eth0:tcx/ingress@first~1~a',
      'eth0:tcx/ingress@first~2',
      'eth0:tcx/ingress@first~1~b',
    ]);
    expect(three.map((_, i) => hopOfKey(three, hopKey(three, i) ?? ''))).toEqual([0, 1, 2]);
    const two = ['good', 'bad'].map((file, index) => named({ index, host: 'a', file }));
    expect(two.map((_, i) => hopKey(two, i))).toEqual(
      ['good', 'bad'].map((file) => `eth0:tcx/ingress@first~0~a~${file}`),
    );
    expect(two.map((_, i) => hopOfKey(two, hopKey(two, i) ?? ''))).toEqual([0, 1]);
    // The longest that the kernel, and a file's name as the page cuts it, allow.
    const long = two.map((hop) => ({
      ...hop,
      name: `${'d'.repeat(15)}:tcx/ingress@after:${'p'.repeat(15)}#4294967295`,
      host: 'h'.repeat(64),
      netns: 4_294_967_295,
      file: `${hop.file}${'f'.repeat(64)} (256)`,
    }));
    const key = hopKey(long, 1)!;
    expect(parseLink(printLink({ ...EMPTY_LINK, hop: key })).hop).toBe(key);
    const notes = { notes: 1, view: [], report: '', items: [{ pin: { on: 'hop', hop: key }, text: 'a' }] };
    expect(parseNotes(encodeUtf8(JSON.stringify(notes)))).toEqual({ value: notes });
    // As a link names it that was made when files of one host were one.
    expect(hopOfKey(two, 'eth0:tcx/ingress@first')).toBe(0);
    expect(lostFilter(two, two[1]!)).toContain(' && file == "bad" && ');
  });

  it('is a way from one hop straight to another, by none of those between', () => {
    const edges = [edge(0, 1), edge(1, 2), edge(0, 2), edge(2, 3)];
    expect(edgeFilter(hops, edges, edge(0, 2))).toBe(
      'any(hop == "eth0:netif_receive_skb") && any(hop == "eth0:tcx/ingress@last") && !any(hop == "eth0:tcx/ingress@first")',
    );
    expect(edgeFilter(hops, edges, edge(0, 1))).not.toContain('!');
  });

  it('can be read by the language, whatever a device is called, and tells namespaces apart', () => {
    const odd = [0, 1].map((index) => fakeHop({ index, hook: 1, netns: index + 5, name: 'a"\\b:x' }));
    for (const text of [causeFilter(odd, odd[0]!, CAUSE), edgeFilter(odd, [edge(0, 1)], edge(0, 1)) ?? '']) {
      expect(parseFilter(text)).not.toBeNull();
      expect(text).toContain('netns == 5');
    }
  });
});

describe('keys on the path', () => {
  const edges = [edge(0, 1), edge(1, 2), edge(0, 2), edge(2, 3)];
  const harmed = hops.map((hop, i) => (i === 2 ? { ...hop, causes: [CAUSE] } : hop));
  const layout = layoutPath(harmed, [], edges, {
    width: 1280,
    only: null,
    sides: [{ hops: harmed, edges }],
    all: false,
    bandRoom: 32,
  });
  const stops = stopsOf(layout, harmed, edges);
  const at = (hop: number) => stops.find((stop) => stop.hop === hop)!;

  it('walk hops sideways, and go down to what happened there', () => {
    expect(step(stops, at(0), 1, 0)).toBe(at(1));
    expect(step(stops, at(0), -1, 0)).toBe(at(0));
    const cause = step(stops, at(2), 0, 1);
    expect([cause.kind, cause.ask()]).toEqual(['cause', causeFilter(harmed, harmed[2]!, CAUSE)]);
    expect(step(stops, cause, 0, -1)).toBe(at(2));
  });

  it('are at the hop of a cause or band while that is not drawn', () => {
    const cause = step(stops, at(2), 0, 1);
    const band = nextBand(stops, layout, at(1))!;
    const hopsOnly = stops.filter(({ kind }) => kind === 'hop');
    expect([cause, band, null].map((last) => focusedStop(stops, last))).toEqual([cause, band, stops[0]]);
    expect([cause, band].map((last) => focusedStop(hopsOnly, last))).toEqual([at(2), at(1)]);
  });

  it('go round the bands that leave a hop', () => {
    const first = nextBand(stops, layout, at(0))!;
    const second = nextBand(stops, layout, first)!;
    expect([first.key, second.key].sort()).toEqual(['0:0>1', '0:0>2']);
    expect(nextBand(stops, layout, second)).toBe(first);
    expect(nextBand(stops, layout, at(3))).toBeNull();
  });
});
