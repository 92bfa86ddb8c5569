import { describe, expect, it } from 'vitest';
import { AREA, MAC, program, type SightingOptions } from './testing/sightings.ts';
import {
  RX,
  FIRST,
  LAST,
  IP_IN,
  FORWARD,
  EGRESS_FIRST,
  EGRESS_LAST,
  QUEUE,
  XDP,
  TC_A,
  TC_B,
  areaWith,
  run,
  verdict,
  type Case,
} from './testing/verdict.ts';

describe('what a program did', () => {
  it('has seen what an XDP program did where its entry and exit were observed', () => {
    const entry = 'eth0:xdp@fentry';
    const exit = 'eth0:xdp@fexit';
    const through = (from: SightingOptions, to: SightingOptions): string =>
      verdict({ from: { at: entry, skb: 0, ...from }, to: { at: exit, skb: 0, ...to }, programs: [XDP] });
    expect(through({ area: null }, {})).toBe('written xdpProgram seen');
    expect(through({}, { area: areaWith({ 3: 9 }) })).toBe('changed xdpProgram seen | 3..4');
    expect(through({}, { area: null })).toBe('lost xdpRemoved seen');
    expect(through({}, { mac: MAC - 20 })).toBe('moved adjustHead seen');
    expect(through({}, { mac: MAC - 20, area: areaWith({ 3: 9 }) })).toBe('changed xdpProgram seen | 3..4');
    expect(run({ from: { at: entry, area: null }, to: { at: exit }, programs: [XDP] }).cause.evidence).toBe(
      'meta_len went from 0 to 16, skb->head is the same, the MAC header too; trace_xdp#11 (tag 0123456789abcdef) at xdp of eth0 ran between the two hooks and nothing else.',
    );
  });

  it('puts the first metadata down to XDP only when the capture lists an XDP program on the device', () => {
    expect(verdict({ from: null, to: { at: RX }, programs: [XDP] })).toBe('written xdpProgram implied');
    expect(verdict({ from: null, to: { at: RX }, programs: null })).toBe('written unknown unknown');
    expect(verdict({ from: null, to: { at: RX }, programs: [{ ...XDP, device: 'eth9' }] })).toBe(
      'written unknown unknown',
    );
    // Generic XDP runs behind the tracepoint of stack entry.
    expect(verdict({ from: { at: RX, area: null }, to: { at: FIRST }, programs: [XDP] })).toBe(
      'written xdpProgram implied',
    );
    expect(verdict({ from: { at: FIRST, area: null }, to: { at: LAST }, programs: [XDP, TC_A] })).toBe(
      'written unknown unknown',
    );
  });

  it('puts the new head down to a TC program where nothing but the chain ran', () => {
    const gone = { from: { at: FIRST }, to: { at: LAST, area: null, head: 0x9000 } };
    expect(verdict({ ...gone, programs: [TC_A] })).toBe('lost expandHeadByProgram implied');
    expect(verdict(gone)).toBe('lost expandHead implied');
    expect(run({ ...gone, programs: [TC_A] }).writer).toBe(
      'tenant#21 (tag 0123456789abcdef) at tcx/ingress of eth0',
    );
  });

  it('says changed, cause unknown, where a program may have run that the capture does not list', () => {
    const changed: Case = { from: { at: FORWARD }, to: { at: QUEUE, area: areaWith({ 3: 9 }) } };
    expect(verdict(changed)).toBe('clobbered unknown unknown | 3..4');
    expect(verdict({ ...changed, programs: null })).toBe('changed unknown unknown | 3..4');
    expect(verdict({ ...changed, programs: [program('x', 5, 'tcx/egress', 'eth1')] })).toBe(
      'changed tcProgram implied | 3..4',
    );
  });

  it('sees the writer when one program of the chain lies between, and only implies it when two do', () => {
    const changed = { from: { at: FIRST }, to: { at: LAST, area: areaWith({ 3: 9, 5: 9 }) } };
    expect(verdict({ ...changed, programs: [TC_A] })).toBe('changed tcProgram seen | 3..6');
    expect(verdict({ ...changed, programs: [TC_A, TC_B] })).toBe('changed tcProgram implied | 3..6');
    expect(verdict({ ...changed, programs: null })).toBe('changed tcProgram implied | 3..6');
    expect(run({ ...changed, programs: [TC_A, TC_B] }).writer).toBe(
      'one of tenant#21 (tag 0123456789abcdef) at tcx/ingress of eth0, limit#22 (tag 0123456789abcdef) at tcx/ingress of eth0',
    );
  });

  it('takes the program from the hops between two programs', () => {
    const AFTER_A = 'eth0:tcx/ingress@after:tenant#21';
    const area = areaWith({ 0: 9 });
    const programs = [TC_A, TC_B];
    const first = { from: { at: FIRST }, to: { at: AFTER_A, area } };
    expect(verdict({ ...first, programs })).toBe('changed tcProgram seen | 0..1');
    expect(run({ ...first, programs }).writer).toBe(
      'tenant#21 (tag 0123456789abcdef) at tcx/ingress of eth0',
    );
    // The name of the hop is enough where the capture lists no program.
    expect(run({ ...first, programs: null }).writer).toBe('tenant#21 at tcx/ingress of eth0');
    const second = { from: { at: AFTER_A }, to: { at: LAST, area }, programs };
    expect(verdict(second)).toBe('changed tcProgram seen | 0..1');
    expect(run(second).writer).toBe('limit#22 (tag 0123456789abcdef) at tcx/ingress of eth0');
  });

  it('says changed where an XDP program alone may have run unlisted', () => {
    const to = { at: FIRST, area: areaWith({ 3: 1 }) };
    expect(verdict({ from: { at: RX }, to, programs: null })).toBe('changed unknown unknown | 3..4');
    expect(verdict({ from: { at: RX }, to })).toBe('clobbered unknown unknown | 3..4');
  });

  it('puts a new length down to XDP, as written when the old bytes are still its end', () => {
    const grown = [1, 2, 3, 4, ...AREA];
    expect(verdict({ from: { at: RX }, to: { at: FIRST, area: grown }, programs: [XDP] })).toBe(
      'written xdpProgram implied',
    );
    expect(
      verdict({ from: { at: RX }, to: { at: FIRST, area: [...AREA, 1, 2, 3, 4] }, programs: [XDP] }),
    ).toBe('changed xdpProgram implied');
    expect(verdict({ from: { at: IP_IN }, to: { at: FORWARD, area: AREA.slice(4) } })).toBe(
      'changed unknown unknown',
    );
  });

  it('keeps egress programs apart from the ones on ingress', () => {
    const out = program('mark', 41, 'tcx/egress', 'eth1');
    const changed = { from: { at: EGRESS_FIRST }, to: { at: EGRESS_LAST, area: areaWith({ 0: 9 }) } };
    expect(run({ ...changed, programs: [TC_A, out] }).writer).toBe(
      'mark#41 (tag 0123456789abcdef) at tcx/egress of eth1',
    );
    expect(verdict({ ...changed, programs: [TC_A, out] })).toBe('changed tcProgram seen | 0..1');
  });
});
