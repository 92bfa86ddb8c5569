import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOOKS } from '#core/format/hooks.ts';
import { META_STATE } from '#core/format/structs.ts';
import { between } from './between.ts';
import { causeOf } from './evidence.ts';
import { parseKernelVersion } from './kernel-version.ts';
import { NOWHERE, OFFSET_UNSET, type Sighting } from './sighting.ts';
import { sighting } from './testing/sightings.ts';
import { XDP, TC_A, TC_B, LTS, NEW } from './testing/verdict.ts';
import { diagnose } from './transition.ts';
import { createTransition, HOP_STATE_NAMES } from './types.ts';

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
    s.place = { ...NOWHERE, hook: id, lane, order, device, netns };
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
