import { describe, expect, it } from 'vitest';
import { explainFilter } from './explain.ts';

describe('a filter in words', () => {
  it.each([
    ['', null],
    ['tlv.verdict ==', null],
    ['tlv.verdict == drop', 'at some hop tlv.verdict is drop'],
    ['!meta', 'at no hop meta is there'],
    ['every(meta)', 'at every hop meta is there'],
    ['!every(meta)', 'not at every hop meta is there'],
    ['any(hop == "tcx ingress" && !meta)', 'at one hop its name is "tcx ingress" and not (meta is there)'],
    ['!any(mark == 7 || mark > 9)', 'at no hop mark is 7 or mark is more than 9'],
    ['tlv.a != 3', 'tlv.a is there, and at no hop tlv.a is 3'],
    ['journey.duration > 1ms', 'journey.duration is more than 1ms'],
    ['ip.addr in 10.0.0.0/8', 'at some hop ip.addr is in 10.0.0.0/8'],
    ['port in {1, 2}', 'at some hop port is one of 1, 2'],
    ['latency("xdp", "tcx ingress") > 10us', 'latency from xdp to "tcx ingress" is more than 10us'],
    ['!latency(a, b)', 'not (latency from a to b is there)'],
    ['hop != gro', 'its name is there, and at no hop its name is gro'],
    ['journey.has("lost")', 'at some hop state is lost'],
    [
      'meta && (state == lost || drop) && journey.events > 2',
      'at some hop meta is there, and (at some hop state is lost, or at some hop drop is there), and journey.events is more than 2',
    ],
    [
      'tlv.trace && state == lost',
      'at some hop tlv.trace is there, and at some hop state is lost; each may be at a hop of its own',
    ],
  ])('“%s”', (filter, said) => {
    expect(explainFilter(filter)).toBe(said);
  });
});
