import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOOKS } from '#core/format/hooks.ts';
import { OPERATION } from '#core/format/attribution.ts';
import { META_STATE } from '#core/format/structs.ts';
import { between } from './between.ts';
import { causeInfo, CAUSES, MAX_CAUSES } from './causes.ts';
import { causeOf, programsOf, writerText } from './evidence.ts';
import { parseKernelVersion } from './kernel-version.ts';
import { OFFSET_UNSET, type Sighting } from './sighting.ts';
import { AREA, MAC, program, sighting, type SightingOptions } from './testing/sightings.ts';
import { diagnose } from './transition.ts';
import { createTransition, HOP_STATE_NAMES, KNOWN_NAMES, type Program } from './types.ts';

const RX = 'eth0:netif_receive_skb';
const FIRST = 'eth0:tcx/ingress@first';
const LAST = 'eth0:tcx/ingress@last';
const IP_IN = 'eth0:nf/prerouting';
const FORWARD = 'eth0:nf/forward';
const EGRESS_FIRST = 'eth1:tcx/egress@first';
const EGRESS_LAST = 'eth1:tcx/egress@last';
const QUEUE = 'eth1:net_dev_queue';
const XMIT = 'eth1:net_dev_start_xmit';

const XDP = program('trace_xdp', 11, 'xdp');
const TC_A = program('tenant', 21, 'tcx/ingress');
const TC_B = program('limit', 22, 'tcx/ingress');
const LTS = '6.18.44';
const NEW = '6.19.2';

interface Case {
  readonly from?: SightingOptions | null;
  readonly to: SightingOptions;
  /** Default: the capture lists that there are none. */
  readonly programs?: readonly Program[] | null;
  readonly kernel?: string;
}

/** `state cause known`, and behind a `|` the range of bytes that changed. */
function verdict(of: Case): string {
  const { t } = run(of);
  const range = t.changedFrom === t.changedTo ? '' : ` | ${t.changedFrom}..${t.changedTo}`;
  return `${HOP_STATE_NAMES[t.state]!} ${causeInfo(t.cause).name} ${KNOWN_NAMES[t.known]!}${range}`;
}

function run({ from = {}, to, programs = [], kernel = LTS }: Case) {
  const before = from === null ? null : sighting(from);
  const now = sighting(to);
  const version = parseKernelVersion(kernel);
  const lies = between(before?.place ?? null, now.place, programs, version);
  const t = createTransition();
  diagnose(before, now, lies, version, t);
  return {
    t,
    cause: causeOf(before, now, lies, version, kernel, t),
    writer: writerText(programsOf(lies, t.cause)),
  };
}

/** AREA with some bytes replaced. */
const areaWith = (changes: Readonly<Record<number, number>>): number[] =>
  AREA.map((byte, i) => changes[i] ?? byte);

const NEIGHBOUR = areaWith({ 14: 0, 15: 0 });

describe('diagnose', () => {
  it('says none where there is none, and present where nothing changed', () => {
    expect(verdict({ from: null, to: { area: null } })).toBe('none none unknown');
    expect(verdict({ from: { area: null }, to: { at: LAST, area: null } })).toBe('none none unknown');
    expect(verdict({ to: { at: LAST } })).toBe('present none unknown');
    expect(verdict({ from: { head: 0, skb: 0 }, to: { at: LAST, head: 0, skb: 0 } })).toBe(
      'present none unknown',
    );
  });

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

  it('names pskb_expand_head for a new head up to 6.18, and nothing from 6.19 on or without a version', () => {
    const gone: Case = { from: { at: IP_IN }, to: { at: FORWARD, area: null, head: 0x9000 } };
    expect(verdict(gone)).toBe('lost expandHead implied');
    expect(verdict({ ...gone, kernel: '6.1.0-28-amd64' })).toBe('lost expandHead implied');
    expect(verdict({ ...gone, kernel: NEW })).toBe('lost unknown unknown');
    expect(verdict({ ...gone, kernel: '' })).toBe('lost unknown unknown');
    expect(verdict({ ...gone, from: { at: IP_IN, head: 0 } })).toBe('lost unknown unknown');
  });

  it('puts the new head down to a TC program where nothing but the chain ran', () => {
    const gone = { from: { at: FIRST }, to: { at: LAST, area: null, head: 0x9000 } };
    expect(verdict({ ...gone, programs: [TC_A] })).toBe('lost expandHeadByProgram implied');
    expect(verdict(gone)).toBe('lost expandHead implied');
    expect(run({ ...gone, programs: [TC_A] }).writer).toBe(
      'tenant#21 (tag 0123456789abcdef) at tcx/ingress of eth0',
    );
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

  it('says changed where an XDP program alone may have run unlisted', () => {
    const to = { at: FIRST, area: areaWith({ 3: 1 }) };
    expect(verdict({ from: { at: RX }, to, programs: null })).toBe('changed unknown unknown | 3..4');
    expect(verdict({ from: { at: RX }, to })).toBe('clobbered unknown unknown | 3..4');
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

  it('keeps egress programs apart from the ones on ingress', () => {
    const out = program('mark', 41, 'tcx/egress', 'eth1');
    const changed = { from: { at: EGRESS_FIRST }, to: { at: EGRESS_LAST, area: areaWith({ 0: 9 }) } };
    expect(run({ ...changed, programs: [TC_A, out] }).writer).toBe(
      'mark#41 (tag 0123456789abcdef) at tcx/egress of eth1',
    );
    expect(verdict({ ...changed, programs: [TC_A, out] })).toBe('changed tcProgram seen | 0..1');
  });
});

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

describe('any two sightings', () => {
  const state = fc.constantFrom(...Object.values(META_STATE));
  const offset = fc.oneof(fc.constantFrom(0, 200, 252, 256, 260, OFFSET_UNSET), fc.nat(0xffff));
  const one = fc.record({
    hook: fc.constantFrom(...HOOKS),
    device: fc.constantFrom('eth0', 'eth1', 'lo'),
    netns: fc.constantFrom(0, 1, 2),
    state,
    area: fc.uint8Array({ minLength: 1, maxLength: 24 }),
    kept: fc.boolean(),
    head: fc.constantFrom(0, 1, 2),
    skb: fc.constantFrom(0, 1, 2),
    mac: offset,
    data: offset,
    protocol: fc.constantFrom(0, 0x0800, 0x8100),
  });

  function make(drawn: typeof one extends fc.Arbitrary<infer T> ? T : never): Sighting {
    const s = sighting({ head: drawn.head, skb: drawn.skb, mac: drawn.mac, data: drawn.data });
    const { id, lane, order } = drawn.hook;
    const { device, netns } = drawn;
    s.place = { hook: id, lane, order, device, netns, afterId: 0, afterName: '', beforeId: 0 };
    s.metaState = drawn.state;
    s.metaLen = drawn.state === META_STATE.none ? 0 : drawn.area.length;
    s.bytes = drawn.state === META_STATE.present && drawn.kept ? drawn.area : null;
    s.start = 0;
    s.protocol = drawn.protocol;
    return s;
  }

  it('give a state that fits what was seen, and a sentence for every cause', () => {
    const programs = fc.constantFrom(null, [], [XDP], [TC_A, XDP], [TC_A, TC_B]);
    const kernel = fc.constantFrom('', '6.1.0', LTS, NEW, '7.3.4', 'nonsense');
    fc.assert(
      fc.property(fc.option(one), one, programs, kernel, (a, b, list, release) => {
        const before = a === null ? null : make(a);
        const now = make(b);
        const version = parseKernelVersion(release);
        const lies = between(before?.place ?? null, now.place, list, version);
        const t = createTransition();
        diagnose(before, now, lies, version, t);
        const name = HOP_STATE_NAMES[t.state]!;
        const had = before?.metaState === META_STATE.present;
        const allowed: Record<number, readonly string[]> = {
          [META_STATE.none]: had ? ['lost'] : ['none'],
          [META_STATE.present]: had
            ? ['present', 'written', 'changed', 'moved', 'suspect', 'clobbered']
            : ['written'],
          [META_STATE.unlocatable]: ['unreadable'],
          [META_STATE.unreadable]: ['unreadable'],
        };
        expect(allowed[now.metaState]).toContain(name);
        const cause = causeOf(before, now, lies, version, release, t);
        if (cause.name === 'none') expect(cause.evidence).toBe('');
        else expect(cause.evidence).toMatch(/^[A-Z0-9m].*\.$/);
        if (cause.name === 'unknown') expect(cause.known).toBe('unknown');
        // Only what differs can have been overwritten.
        if (name === 'clobbered') expect(t.changedFrom).toBeLessThan(t.changedTo);
        if (name === 'moved' || name === 'present') expect(t.changedFrom).toBe(t.changedTo);
      }),
      { numRuns: 2000 },
    );
  });
});
