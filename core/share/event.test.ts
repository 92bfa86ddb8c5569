/** Of what the kernel said, fields that are listed go out, and no others. */
import { expect, it } from 'vitest';
import { META_STATE } from '#core/format/structs.ts';
import { UNKNOWN_EVENT, type EventFields } from '#core/pcapng/event.ts';
import { AreaRedactor } from './area.ts';
import { EventRedactor } from './event.ts';
import { Pseudonyms } from './pseudonyms.ts';
import { KEEP_ALL } from './testing/keep-all.ts';

/** With all that an event may have: who adds a field has to say here, and in the redactor, that it goes out. */
const FULL: Required<EventFields> = {
  ...UNKNOWN_EVENT,
  metaState: META_STATE.present,
  metaLen: 4,
  metadata: Uint8Array.of(1, 2, 3, 4),
  skb: 0xffff_8880_0000_0100n,
  task: { pid: 7, tgid: 8, comm: 'curl' },
  drop: { reason: 2, location: 0xffff_ffff_8100_0000n },
  socketCookie: 9n,
  cb: new Uint8Array(48).fill(5),
  beside: { hwtstamp: 10n, vlanProto: 0x8100, skbExtensions: 1 },
  link: { kind: 1, journey: 11n },
  tap: { kind: 1, join: 1, bytes: Uint8Array.of(6) },
  program: { id: 12, kind: 1, verdict: null },
  operations: [
    {
      operation: 1,
      returned: true,
      headChanged: false,
      metaBefore: 4,
      metaAfter: 0,
      macBefore: 256,
      macAfter: 0xffff,
    },
  ],
};

const names = new Pseudonyms(new Uint8Array(32).fill(42));
const keepsAll = new EventRedactor(KEEP_ALL, names, new AreaRedactor(KEEP_ALL, names));

it('all that an event may have goes out where everything is kept', () => {
  expect(keepsAll.redact(FULL, null)).toEqual(FULL);
});

it('a field that nobody listed stays, at any depth', () => {
  const secret = <T extends object>(of: T): T => ({ ...of, secret: 'alice' });
  const { task, drop, beside, link, tap, program, operations } = FULL;
  const event = secret({
    ...FULL,
    task: secret(task),
    drop: secret(drop),
    beside: secret(beside),
    link: secret(link),
    tap: secret(tap),
    program: secret(program),
    operations: operations.map(secret),
  });
  expect(keepsAll.redact(event, null)).toEqual(FULL);
});
