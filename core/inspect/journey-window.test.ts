import { describe, expect, it } from 'vitest';
import { BLOCK_SUBTYPE } from '#core/format/structs.ts';
import { CaptureReader } from '#core/pcapng/reader.ts';
import { joinChunks } from '#core/pcapng/testing/generate-capture.ts';
import type { CaptureWriter } from '#core/pcapng/writer.ts';
import type { CaptureSink, PacketView } from '#core/pcapng/types.ts';
import { sectionBytes, type Seen } from '#core/store/testing/scenario.ts';
import type { EventFacts } from './event-object.ts';
import { JourneyWindow } from './journey-window.ts';

type Told = Pick<EventFacts, 'diagnosis' | 'links' | 'decoder'>;

/** What a window of `events` tells of each event. */
const told = (seen: readonly Seen[], events: number): Told[] => toldOf(sectionBytes({ seen }), events);

function toldOf(bytes: Uint8Array, events: number): Told[] {
  const window = new JourneyWindow(null, events);
  const out: Told[] = [];
  const ignore = (): void => undefined;
  const sink: CaptureSink = {
    section: (info) => window.section(info),
    interface: (info) => window.interface(info),
    custom: (block) => window.custom(block),
    packet: (p: PacketView) => out.push(window.packet(p)),
    statistics: ignore,
    problem: ignore,
  };
  new CaptureReader(sink).push(bytes);
  return out;
}

/** One journey: written, then the same `n` times. */
const journey = (id: bigint, from: number, n: number): Seen[] =>
  Array.from({ length: n }, (_, i) => ({ hook: 'nf/forward', id, us: from + i, meta: [1, 2, 3, 4] }));

const states = (of: readonly Told[]): (string | undefined)[] => of.map(({ diagnosis }) => diagnosis?.state);

describe('the window of a stream', () => {
  it('follows a journey while at most half of it lies between two of its events', () => {
    const [first, ...rest] = journey(1n, 0, 4);
    const others = (id: bigint, n: number): Seen[] => journey(id, 10, n);
    for (const window of [8, 16]) {
      const half = window / 2;
      for (let before = 0; before < 2 * window; before++) {
        const seen = [...others(7n, before), first!, ...others(8n, half - 1), ...rest];
        const at = before + half;
        expect(states(told(seen, window)).slice(at)).toEqual(['present', 'present', 'present']);
      }
    }
  });

  it('reads by the schema of the run, also where only an earlier section says it, however long ago', () => {
    const seen = journey(1n, 0, 40);
    const parts = [
      sectionBytes({ run: 1, seen: seen.slice(0, 2) }),
      sectionBytes({ run: 2, schema: null, seen: seen.slice(2, 4) }),
      sectionBytes({ run: 1, schema: null, seen: seen.slice(4) }),
    ];
    const names = toldOf(joinChunks(parts), 8).map(({ decoder }) => decoder?.schema.name);
    expect(names).toEqual(seen.map((_, i) => (i === 2 || i === 3 ? undefined : 'test')));
  });

  it('keeps no more than the window', () => {
    const [first, second] = journey(1n, 0, 2);
    const after = (others: number): string | undefined =>
      states(told([first!, ...journey(7n, 10, others), second!], 8)).at(-1);
    expect([after(6), after(7)]).toEqual(['present', 'written']);
  });

  it('takes the host of another section for its own no more', () => {
    const head = { head: 0x1000n };
    const lost: Seen[] = [
      ...journey(7n, 0, 5),
      { hook: 'nf/prerouting', id: 1n, us: 9, meta: [1, 2, 3, 4], fields: { ...head, skb: 5n } },
      { hook: 'nf/forward', id: 1n, us: 10, fields: { head: 0x2000n, skb: 5n } },
      ...journey(8n, 11, 2),
      { hook: 'nf/prerouting', id: 2n, us: 14, meta: [1, 2, 3, 4], fields: { ...head, skb: 5n } },
      { hook: 'nf/forward', id: 2n, us: 15, fields: { head: 0x2000n, skb: 5n } },
    ];
    const host = (writer: CaptureWriter): void =>
      writer.json(BLOCK_SUBTYPE.host, { kernel: '6.12.0', programs: [] });
    const causes = (sections: readonly Uint8Array[]): (string | undefined)[] =>
      toldOf(joinChunks(sections), 8).flatMap(({ diagnosis }) =>
        diagnosis?.state === 'lost' ? [diagnosis.cause.name] : [],
      );
    const known = sectionBytes({ run: 1, seen: lost, blocks: host });
    const unknown = sectionBytes({ run: 2, seen: lost });
    expect(causes([known])).toEqual(['expandHead', 'expandHead']);
    expect(causes([sectionBytes({ run: 1, seen: [], blocks: host }), unknown])).toEqual([
      'unknown',
      'unknown',
    ]);
  });

  it('forgets what is older than the whole of it', () => {
    const [first, second] = journey(1n, 0, 2);
    const seen = [first!, ...journey(7n, 10, 16), second!];
    expect(states(told(seen, 8)).at(-1)).toBe('written');
    expect(states(told(seen, 64)).at(-1)).toBe('present');
  });
});
