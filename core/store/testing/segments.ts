/** TCP segments with metadata at hooks of Rx, for what TCP coalesces. */
import * as fc from 'fast-check';
import { tcp } from '#core/diagnosis/testing/packets.ts';
import { joinChunks } from '#core/pcapng/testing/generate-capture.ts';
import { trace, verdict, type Seen } from './scenario.ts';

export const [ENTRY, PROBE, READ] = ['netif_receive_skb', 'tcp_probe', 'skb_copy_datagram_iovec'];

/** A segment, with metadata of its own when it has any, of `bytes` from sequence number `from`, one hook a microsecond from `us` on; `HOOK+BYTES` where it has grown. */
export function segment(
  id: bigint,
  us: number,
  from: number,
  bytes: number,
  meta: boolean,
  ...hooks: string[]
): Seen[] {
  const data = tcp(from, bytes);
  return hooks.map((hook, i) => {
    const [name, grown = '0'] = hook.split('+');
    const length = new Uint8Array(Number(grown));
    const area = meta ? { meta: [...trace(Number(id)), ...verdict(0), 0, 0, 0] } : {};
    return { hook: name!, id, us: us + i, data: joinChunks([data, length]), ...area };
  });
}

/** Segments of one connection in any order, some of them grown, seen again, or without metadata. */
export const anySegments = (maxLength: number) =>
  fc.array(
    fc.record({
      id: fc.integer({ min: 1, max: 5 }),
      us: fc.integer({ min: 0, max: 40 }),
      hook: fc.constantFrom(ENTRY, PROBE, READ),
      grown: fc.constantFrom(0, 0, 100, 200, 300),
      meta: fc.boolean(),
    }),
    { minLength: 1, maxLength },
  );

/** One of them, seen at `us`. */
export function seenSegment(
  { id, hook, grown, meta }: { id: number; hook: string; grown: number; meta: boolean },
  us: number,
): Seen[] {
  return segment(BigInt(id), us, 1000 + 100 * id, 100, meta, `${hook}+${grown}`);
}

export const inOrder = (events: readonly Seen[]): Seen[] => [...events].sort((a, b) => a.us - b.us);

/** Three segments in a row, and one of elsewhere in the connection: journeys 41 to 44. */
export const PASSED = inOrder([
  ...segment(41n, 0, 1000, 100, true, ENTRY, PROBE),
  ...segment(42n, 4, 1100, 100, true, ENTRY, PROBE),
  ...segment(43n, 8, 1200, 100, true, ENTRY, PROBE),
  ...segment(44n, 12, 5000, 100, true, ENTRY, PROBE, READ),
]);
/** The first, which took in the two behind it. */
export const GREW = segment(41n, 20, 1000, 100, true, `${READ}+200`);
