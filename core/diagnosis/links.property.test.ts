import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linksBack, linksForward, MAX_LINKS, type JourneySource } from './links.ts';
import { MAX_CHAIN_STEPS, PrintWindow } from './print-window.ts';
import { sourceOf, type Told } from './testing/journeys.ts';
import { ping, printOf, tcp, udp } from './testing/packets.ts';
import { place } from './testing/sightings.ts';

/** Packets that a sender repeats: retransmissions of a segment, pings of a script, payloads that are all the same. */
const PACKETS = [udp(), udp({ payload: '0000' }), ping(1), tcp(1000, 100), tcp(1100, 100), tcp(1000, 200)];

/** A packet that goes from a client over a router to a server, each of which builds a new sk_buff. Times in µs. */
interface Sent {
  readonly packet: number;
  /** After the one before it. */
  readonly after: number;
  readonly toRouter: number;
  readonly inRouter: number;
  readonly toServer: number;
  /** Where it is lost on the way. */
  readonly lost: 'nowhere' | 'to the router' | 'to the server';
}

// All of the way is shorter than the window in which links are looked for.
const way = fc.oneof(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 30_000 }));
const sent: fc.Arbitrary<Sent> = fc.record({
  packet: fc.nat(PACKETS.length - 1),
  after: fc.oneof(fc.nat(20), fc.nat(60_000), fc.constant(200_000)),
  toRouter: way,
  inRouter: way,
  toServer: way,
  lost: fc.constantFrom('nowhere', 'nowhere', 'nowhere', 'to the router', 'to the server'),
});

/** What was seen of them, and of each journey the packet that it is of and where. */
function tell(all: readonly Sent[]): { told: Told[]; of: { sent: number; stage: number }[] } {
  let us = 0;
  const journeys = all.flatMap((one, i) => {
    us += one.after;
    const packet = PACKETS[one.packet]!;
    const router = us + 1 + one.toRouter;
    const server = router + one.inRouter + one.toServer;
    const stages: Told[] = [
      {
        packet,
        seen: [
          ['1/c0:net_dev_queue', us],
          ['1/c0:net_dev_start_xmit', us + 1],
        ],
      },
      {
        packet,
        seen: [
          ['2/r0:netif_receive_skb', router],
          ['2/r1:net_dev_start_xmit', router + one.inRouter],
        ],
      },
      { packet, seen: [['3/s0:netif_receive_skb', server]] },
    ];
    const came = one.lost === 'to the router' ? 1 : one.lost === 'to the server' ? 2 : 3;
    return stages.slice(0, came).map((journey, stage) => ({ journey, of: { sent: i, stage } }));
  });
  journeys.sort((a, b) => a.journey.seen[0]![1] - b.journey.seen[0]![1]);
  return { told: journeys.map(({ journey }) => journey), of: journeys.map((one) => one.of) };
}

describe('links of packets that look the same', () => {
  it('go to the packet itself or are broken, never to another', () => {
    let inferred = 0;
    let broken = 0;
    fc.assert(
      fc.property(fc.array(sent, { minLength: 1, maxLength: 25 }), (all) => {
        const { told, of } = tell(all);
        const source = sourceOf(told);
        for (const [journey, own] of of.entries()) {
          const found = linksBack(source, journey);
          expect(found.length).toBeLessThanOrEqual(1);
          for (const { known, journey: other, kind } of found) {
            if (known === 'broken') {
              broken++;
              expect(other).toBe(-1);
              continue;
            }
            inferred++;
            expect([kind, of[other]]).toEqual(['veth', { sent: own.sent, stage: own.stage - 1 }]);
          }
        }
      }),
    );
    // Both came up, or nothing was shown.
    expect(inferred).toBeGreaterThan(100);
    expect(broken).toBeGreaterThan(100);
  });

  it('are found all the same when no other packet looks so', () => {
    const alone = fc.shuffledSubarray([0, 1, 2], { minLength: 1 });
    fc.assert(
      fc.property(alone, fc.array(sent, { minLength: 3, maxLength: 3 }), (packets, ways) => {
        const all = packets.map((packet, i) => ({ ...ways[i]!, packet, lost: 'nowhere' as const }));
        const { told, of } = tell(all);
        const source = sourceOf(told);
        for (const [journey, own] of of.entries()) {
          const found = linksBack(source, journey).map(({ known, journey: other }) => [known, of[other]]);
          const before = { sent: own.sent, stage: own.stage - 1 };
          expect(found).toEqual(own.stage === 0 ? [] : [['inferred', before]]);
        }
      }),
    );
  });

  it('cost no more than so many looks at prints, however many there are', () => {
    const many = 8 * MAX_CHAIN_STEPS;
    const print = printOf(udp());
    let looks = 0;
    const end = (journey: number) => ({
      event: journey,
      hop: journey % 2,
      place: place(journey % 2 === 0 ? 'c0:net_dev_start_xmit' : 's0:netif_receive_skb', journey % 2),
      tsHi: 0,
      tsLo: journey,
      length: 60,
    });
    const source: JourneySource = {
      journeys: many,
      prints: () => {
        looks++;
        return print;
      },
      printAt: () => 0,
      window: new PrintWindow(),
      run: () => 0,
      origin: () => -1,
      first: end,
      lastBefore: (journey, event) => (journey < event ? end(journey) : null),
      last: end,
      grewTo: () => null,
    };
    expect(linksBack(source, many - 1)).toMatchObject([{ known: 'broken', journey: -1 }]);
    // Each journey is taken into the window once, and none twice.
    expect(looks).toBeGreaterThanOrEqual(many - 1);
    looks = 0;
    expect(linksBack(source, many - 1)).toMatchObject([{ known: 'broken' }]);
    expect(looks).toBeLessThanOrEqual(1 + 2 * MAX_CHAIN_STEPS);
    expect(linksForward(source, 0).length).toBeLessThanOrEqual(MAX_LINKS);
  });
});
