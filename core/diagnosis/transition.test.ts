import { describe, expect, it } from 'vitest';
import { OPERATION } from '#core/format/attribution.ts';
import { META_STATE } from '#core/format/structs.ts';
import { between } from './between.ts';
import { causeOf } from './evidence.ts';
import { OFFSET_UNSET } from './sighting.ts';
import { AREA, MAC, program, sighting, type SightingOptions } from './testing/sightings.ts';
import {
  RX,
  FIRST,
  LAST,
  IP_IN,
  FORWARD,
  EGRESS_FIRST,
  QUEUE,
  XMIT,
  XDP,
  TC_A,
  NEW,
  areaWith,
  NEIGHBOUR,
  run,
  verdict,
  type Case,
} from './testing/verdict.ts';
import { diagnose } from './transition.ts';
import { createTransition, HOP_STATE_NAMES } from './types.ts';

describe('diagnose', () => {
  it('says none where there is none, and present where nothing changed', () => {
    expect(verdict({ from: null, to: { area: null } })).toBe('none none unknown');
    expect(verdict({ from: { area: null }, to: { at: LAST, area: null } })).toBe('none none unknown');
    expect(verdict({ to: { at: LAST } })).toBe('present none unknown');
    expect(verdict({ from: { head: 0, skb: 0 }, to: { at: LAST, head: 0, skb: 0 } })).toBe(
      'present none unknown',
    );
  });

  it('puts metadata that XDP left and the sk_buff lacks down to the driver', () => {
    const to = { at: 'eth0:napi_gro_receive_entry', area: null };
    expect(verdict({ from: { at: 'eth0:xdp@fexit', skb: 0 }, to, programs: [XDP] })).toBe(
      'lost driver implied',
    );
    expect(verdict({ from: { at: 'eth0:xdp@fexit', skb: 0 }, to: { ...to, head: 0x9000 } })).not.toContain(
      'driver',
    );
  });

  it('has seen the operation that an attribution probe saw, and only then', () => {
    const one = { returned: true, headChanged: true, metaBefore: 16, metaAfter: 0 };
    const cleared = { ...one, operation: OPERATION.expandHead };
    const gone = { at: LAST, area: null, head: 0x9000 };
    expect(verdict({ to: gone })).toBe('lost expandHead implied');
    expect(verdict({ to: { ...gone, operations: [cleared] } })).toBe('lost expandHead seen');
    expect(verdict({ to: { ...gone, operations: [cleared] }, programs: [TC_A] })).toBe(
      'lost expandHeadByProgram seen',
    );
    // An operation that found nothing, or left it, took nothing away; nor did another one.
    const others = [
      { ...cleared, metaBefore: 0 },
      { ...cleared, metaAfter: 16 },
      { ...one, operation: OPERATION.scrub },
    ];
    expect(verdict({ to: { ...gone, operations: others } })).toBe('lost expandHead implied');
    // Nothing else would tell it: the same head, or a kernel that is not known.
    expect(verdict({ to: { ...gone, operations: [cleared] }, kernel: '' })).toBe('lost expandHead seen');
    expect(verdict({ to: gone, kernel: '' })).toBe('lost unknown unknown');
    const only = {
      from: { at: 'eth1:ip_finish_output2' },
      to: { at: 'eth1:dev_queue_xmit', area: NEIGHBOUR },
    };
    expect(verdict(only)).toBe('clobbered neighbourHeader seen | 14..16');
    const begun = { ...one, operation: OPERATION.neighbourHeader, returned: false };
    const clobber = { from: { at: FORWARD }, to: { at: XMIT, area: NEIGHBOUR } };
    expect(verdict(clobber)).toBe('clobbered neighbourHeader implied | 14..16');
    expect(verdict({ ...clobber, to: { ...clobber.to, operations: [begun] } })).toBe(
      'clobbered neighbourHeader seen | 14..16',
    );
    expect(run({ to: { ...gone, operations: [cleared] } }).cause.evidence).toContain(
      'pskb_expand_head was seen in between: meta_len 16 before, 0 after, head another; ',
    );
  });

  it('names pskb_expand_head for a new head up to 6.18, and nothing from 6.19 on or without a version', () => {
    const gone: Case = { from: { at: IP_IN }, to: { at: FORWARD, area: null, head: 0x9000 } };
    expect(verdict(gone)).toBe('lost expandHead implied');
    expect(verdict({ ...gone, kernel: '6.1.0-28-amd64' })).toBe('lost expandHead implied');
    expect(verdict({ ...gone, kernel: NEW })).toBe('lost unknown unknown');
    expect(verdict({ ...gone, kernel: '' })).toBe('lost unknown unknown');
    expect(verdict({ ...gone, from: { at: IP_IN, head: 0 } })).toBe('lost unknown unknown');
  });

  it('tells a copy from an expansion by the skb', () => {
    expect(verdict({ to: { at: LAST, area: null, head: 0x9000, skb: 0x7000 } })).toBe('lost copy implied');
  });

  it('does not explain a length that vanished in the same head, but for lwtunnel from 7.1.5 on', () => {
    const gone: Case = { from: { at: FORWARD }, to: { at: QUEUE, area: null } };
    expect(verdict(gone)).toBe('lost unknown unknown');
    expect(verdict({ ...gone, kernel: '7.1.4' })).toBe('lost unknown unknown');
    expect(verdict({ ...gone, kernel: '7.1.5' })).toBe('lost lwtunnel rule');
    expect(verdict({ ...gone, kernel: '7.3.4', programs: [program('x', 5, 'tcx/egress', 'eth1')] })).toBe(
      'lost unknown unknown',
    );
  });

  it('knows the header of a cached neighbour by its two zeros at the end', () => {
    const forward: Case = { from: { at: FORWARD }, to: { at: EGRESS_FIRST, area: NEIGHBOUR } };
    expect(verdict(forward)).toBe('clobbered neighbourHeader implied | 14..16');
    expect(verdict({ ...forward, kernel: '7.3.4' })).toBe('clobbered neighbourHeader implied | 14..16');
    expect(verdict({ ...forward, kernel: '' })).toBe('clobbered neighbourHeader implied | 14..16');
    // Only one byte differs when the other was zero before.
    expect(
      verdict({ from: { at: FORWARD, area: areaWith({ 14: 0 }) }, to: { at: QUEUE, area: NEIGHBOUR } }),
    ).toBe('clobbered neighbourHeader implied | 15..16');
  });

  it('does not put other bytes, or other places, down to the neighbour', () => {
    expect(verdict({ from: { at: FORWARD }, to: { at: QUEUE, area: areaWith({ 15: 0 }) } })).toBe(
      'clobbered unknown unknown | 15..16',
    );
    expect(
      verdict({ from: { at: FORWARD }, to: { at: QUEUE, area: areaWith({ 13: 0, 14: 0, 15: 0 }) } }),
    ).toBe('clobbered unknown unknown | 13..16');
    expect(verdict({ from: { at: IP_IN }, to: { at: FORWARD, area: NEIGHBOUR } })).toBe(
      'clobbered unknown unknown | 14..16',
    );
  });

  it('says suspect where the MAC header moved and nothing moved the bytes', () => {
    const window = [...AREA.slice(4), 1, 2, 3, 4];
    const decap: Case = { from: { at: IP_IN }, to: { at: FORWARD, mac: MAC + 4, area: window } };
    expect(verdict(decap)).toBe('suspect macForward implied | 4..16');
    expect(run(decap).cause.evidence).toContain('the memory under it did not change');
    const outer = AREA.map(() => 0x45);
    expect(verdict({ to: { at: IP_IN, mac: MAC + 50, area: outer } })).toBe(
      'suspect macForward implied | 0..16',
    );
    expect(verdict({ from: { at: FORWARD }, to: { at: XMIT, mac: MAC - 50, area: outer } })).toBe(
      'suspect macBackward implied | 0..16',
    );
  });

  it('does not know who moved the MAC header where a program of tc ran and its helpers leave metadata', () => {
    const outer = AREA.map(() => 0x45);
    const ran: Case = {
      from: { at: FIRST },
      to: { at: IP_IN, mac: MAC + 50, area: outer },
      programs: [TC_A],
    };
    expect(verdict(ran)).toBe('suspect unknown unknown | 0..16');
    expect(verdict({ ...ran, kernel: NEW })).toBe('suspect macForward implied | 0..16');
  });

  it('tells a helper that left metadata behind by the kernel', () => {
    const left: Case = { to: { at: LAST, mac: MAC - 4, area: areaWith({ 0: 7 }) }, programs: [TC_A] };
    expect(verdict(left)).toBe('suspect helperLeft implied | 0..1');
    expect(verdict({ ...left, kernel: NEW })).toBe('suspect unknown unknown | 0..1');
  });

  it('says moved where the bytes went along with the MAC header', () => {
    const tagged = { at: RX, protocol: 0x8100 };
    expect(verdict({ from: tagged, to: { at: FIRST, mac: MAC + 4 } })).toBe('moved vlanUntag implied');
    expect(verdict({ from: { at: RX }, to: { at: FIRST, mac: MAC + 4 } })).toBe('moved unknown unknown');
    expect(verdict({ from: { at: RX }, to: { at: FIRST, mac: MAC - 20 }, programs: [XDP] })).toBe(
      'moved adjustHead implied',
    );
    expect(verdict({ to: { at: LAST, mac: MAC - 4 }, programs: [TC_A], kernel: NEW })).toBe(
      'moved helperMoved implied',
    );
    expect(verdict({ to: { at: LAST, head: 0x9000 }, kernel: NEW })).toBe('moved expandHeadKept implied');
    expect(verdict({ to: { at: LAST, head: 0x9000 } })).toBe('moved unknown unknown');
  });

  it('trusts no bytes in a new head that no kernel function copied', () => {
    const area = areaWith({ 1: 9 });
    expect(verdict({ from: { at: IP_IN }, to: { at: FORWARD, head: 0x9000, area } })).toBe(
      'suspect unknown unknown | 1..2',
    );
    expect(verdict({ to: { at: LAST, head: 0x9000, area }, programs: [TC_A], kernel: NEW })).toBe(
      'changed tcProgram seen | 1..2',
    );
  });

  it('does not explain a loss behind a crossing by what happens on one host', () => {
    const lost: SightingOptions = { at: RX, netns: 8, area: null, head: 0x9000 };
    expect(verdict({ from: { at: XMIT }, to: lost })).toBe('lost unknown unknown');
    expect(verdict({ from: { at: RX }, to: { at: FORWARD, area: null, head: 0x9000 } })).toBe(
      'lost expandHead implied',
    );
  });

  it('sees no header in the area when it is not known where the packet begins', () => {
    const area = areaWith({ 12: 1 });
    expect(verdict({ from: { at: FORWARD }, to: { at: QUEUE, data: OFFSET_UNSET, area } })).toBe(
      'clobbered unknown unknown | 12..13',
    );
  });

  it('says that memory did not change only where the old and the new area overlap', () => {
    const evidence = (delta: number): string => {
      const from = { at: IP_IN };
      const area = AREA.map((_, i) => AREA[i + delta] ?? 0x45);
      return run({ from, to: { at: FORWARD, mac: MAC + delta, area } }).cause.evidence;
    };
    expect(evidence(15)).toContain('the memory under it did not change');
    expect(evidence(16)).not.toContain('the memory under it did not change');
  });

  it('says nothing of bytes that were not kept', () => {
    const before = sighting({});
    const now = sighting({ at: LAST, head: 0x9000 });
    before.bytes = null;
    const lies = between(before.place, now.place, [], 0);
    const t = createTransition();
    diagnose(before, now, lies, 0, t);
    expect(HOP_STATE_NAMES[t.state]).toBe('suspect');
    expect(causeOf(before, now, lies, 0, '', t).evidence).toMatch(
      /^The 16 bytes were not kept and cannot be compared, skb->head changed; /,
    );
  });

  it('knows that headers were pushed over the area when the packet begins in it', () => {
    expect(
      verdict({ from: { at: FORWARD }, to: { at: QUEUE, data: MAC - 8, area: areaWith({ 12: 1, 13: 2 }) } }),
    ).toBe('clobbered headerPushed implied | 12..14');
  });

  it('follows metadata across a veth pair', () => {
    const out = { at: XMIT };
    const there = program('peer', 31, 'xdp');
    expect(verdict({ from: out, to: { at: RX, netns: 8 } })).toBe('present scrubKept rule');
    expect(verdict({ from: out, to: { at: RX } })).toBe('present none unknown');
    expect(verdict({ from: out, to: { at: RX, netns: 8 }, programs: [there] })).toBe(
      'present staleLength implied',
    );
    expect(verdict({ from: out, to: { at: RX, area: null }, programs: [there] })).toBe(
      'lost xdpRemoved implied',
    );
    expect(verdict({ from: out, to: { at: RX, area: areaWith({ 1: 1 }) }, programs: [there] })).toBe(
      'changed xdpProgram implied | 1..2',
    );
  });

  it('says unreadable, and why', () => {
    const { unlocatable, unreadable } = META_STATE;
    expect(verdict({ to: { state: unlocatable, mac: OFFSET_UNSET } })).toBe('unreadable macUnset seen');
    expect(verdict({ to: { state: unlocatable, mac: 8 } })).toBe('unreadable macTooNear seen');
    expect(verdict({ from: null, to: { state: unreadable } })).toBe('unreadable readFault seen');
  });

  it('does not tell clobbered from changed where the place is not known', () => {
    const area = areaWith({ 1: 9 });
    expect(verdict({ from: { at: FORWARD, mac: OFFSET_UNSET }, to: { at: QUEUE, area } })).toBe(
      'changed unknown unknown | 1..2',
    );
    expect(verdict({ from: { at: FORWARD, head: 0 }, to: { at: QUEUE, area } })).toBe(
      'changed unknown unknown | 1..2',
    );
  });
});
