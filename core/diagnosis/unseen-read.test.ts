import { describe, expect, it } from 'vitest';
import { LINK_WINDOW_NS } from './links.ts';
import { sourceOf, type Told } from './testing/journeys.ts';
import { tcp } from './testing/packets.ts';
import { unseenRead, type ReadSource } from './unseen-read.ts';

const [ENTRY, PROBE, READ] = ['netif_receive_skb', 'tcp_probe', 'skb_copy_datagram_iovec'];

/** Behind Ethernet and IPv4. */
const TCP_AT = 34;

/** 100 bytes from this sequence number, at hooks of eth0 from `us` on. */
const segment = (from: number, us: number, hooks: readonly string[], where = '7/eth0'): Told => ({
  packet: tcp(from, 100),
  seen: hooks.map((hook, i) => [`${where}:${hook}`, us + i]),
});
const waits = (from: number, us: number): Told => segment(from, us, [ENTRY, PROBE]);
const read = (from: number, us: number, where?: string): Told =>
  segment(from, us, [ENTRY, PROBE, READ], where);

/** From another port. */
function fromElsewhere({ packet, ...one }: Told): Told {
  const bytes = Uint8Array.from(packet);
  bytes[TCP_AT]!++;
  return { ...one, packet: bytes };
}

interface Around {
  /** Journeys that open a connection. */
  readonly opens?: readonly number[];
  /** Something was lost so many µs after the first event. */
  readonly lostUs?: number;
}

function told(
  journeys: readonly Told[],
  journey: number,
  { opens = [], lostUs = Infinity }: Around = {},
): string[] {
  const source: ReadSource = {
    ...sourceOf(journeys),
    opens: (one) => opens.includes(one),
    lostNear: ({ tsHi, tsLo }, reachNs) => {
      const at = tsHi * 2 ** 32 + tsLo;
      const [from, to] = [at + Math.min(0, reachNs), at + Math.max(0, reachNs)];
      return lostUs * 1000 >= from && lostUs * 1000 <= to ? '7 events are missing.' : '';
    },
  };
  return unseenRead(source, journey).map(
    ({ kind, known, journey: other, evidence }) => `${kind} ${known} ${other}: ${evidence}`,
  );
}

const UNSEEN =
  'unknown broken -1: It was last seen at TCP in. What follows it in its connection was read, so its payload was, too, and no hook saw that.';

describe('a segment that waited to be read', () => {
  it('was read unseen where one behind it was read, and TCP may have collapsed it', () => {
    const all = [waits(1000, 0), waits(1100, 10), read(1200, 20)];
    const collapsed = `${UNSEEN} Short of memory TCP collapses segments into new packets without metadata (nstat TcpExtTCPRcvCollapsed counts them); that it did is not known.`;
    expect(told(all, 0)).toEqual([collapsed]);
    expect(told(all, 1)).toEqual([collapsed]);
    expect(told(all, 2)).toEqual([]);
  });

  it('was where the one behind it came before it', () => {
    expect(told([read(1100, 0), waits(1000, 10)], 1)).toEqual([]);
    const late: Told = {
      packet: tcp(1100, 100),
      seen: [
        [`7/eth0:${PROBE}`, 0],
        [`7/eth0:${READ}`, 30],
      ],
    };
    expect(told([late, waits(1000, 10)], 1)).toHaveLength(1);
  });

  it('has what is missing from the capture for a reason', () => {
    const all = [waits(1000, 0), read(1100, 300_000)];
    const readUs = 300_002;
    for (const lostUs of [readUs - LINK_WINDOW_NS / 1000, readUs, readUs + LINK_WINDOW_NS / 1000])
      expect(told(all, 0, { lostUs })).toEqual([`${UNSEEN} 7 events are missing.`]);
    expect(told(all, 0, { lostUs: 0 })[0]).toContain('Short of memory');
  });

  it.each<[why: string, journey: number, all: readonly Told[]]>([
    ['nothing behind it was read', 0, [waits(1000, 0), waits(1100, 10)]],
    ['only what comes before it was read', 0, [waits(1000, 0), read(900, 10)]],
    ['it was read itself', 0, [read(1000, 0), read(1100, 10)]],
    ['it was freed', 0, [segment(1000, 0, [ENTRY, PROBE, 'kfree_skb']), read(1100, 10)]],
    ['it has no payload', 0, [{ ...waits(1000, 0), packet: tcp(1000, 0) }, read(1000, 10)]],
    ['it was sent again', 0, [waits(1000, 0), read(1000, 5), read(1100, 10)]],
    ['a part of it was sent again', 0, [waits(1000, 0), read(1100, 10), read(1050, 20)]],
    ['it was sent again itself', 1, [read(1000, 0), waits(1000, 5), read(1100, 10)]],
    ['the end of an earlier one is its beginning', 1, [read(901, 0), waits(1000, 5), read(1100, 10)]],
    ['another device has it', 0, [waits(1000, 0), read(1100, 10, '7/eth1')]],
    ['another namespace has it', 0, [waits(1000, 0), read(1100, 10, '8/eth0')]],
    ['it goes out', 0, [segment(1000, 0, ['net_dev_queue']), read(1100, 10)]],
    ['what was read is of another run', 0, [waits(1000, 0), { ...read(1100, 10), run: 1 }]],
    ['the window does not reach there', 0, [waits(1000, 0), read(1000 + 2 ** 30, 10)]],
    ['what was read is of another connection', 0, [waits(1000, 0), fromElsewhere(read(1100, 10))]],
  ])('is not said to be read: %s', (_, journey, all) => {
    expect(told(all, journey)).toEqual([]);
  });

  it('is of another connection than what was read behind a packet that opens one', () => {
    const opening: Told = { packet: tcp(999, 0), seen: [[`7/eth0:${ENTRY}`, 5]] };
    const all = [waits(1000, 0), opening, read(1100, 10)];
    expect(told(all, 0)).toHaveLength(1);
    expect(told(all, 0, { opens: [1] })).toEqual([]);
    // What came before an opening says nothing of what comes behind it.
    const again = [read(1000, 0), opening, waits(1000, 10), read(1100, 20)];
    expect(told(again, 2)).toEqual([]);
    expect(told(again, 2, { opens: [1] })).toHaveLength(1);
  });

  it('ends one byte before the next, and begins one behind the last', () => {
    expect(told([read(900, 0), waits(1000, 5), read(1100, 10)], 1)).toHaveLength(1);
    expect(told([waits(1000, 0), read(1000 + 2 ** 30 - 1, 10)], 0)).toHaveLength(1);
    const wrapped = [waits(2 ** 32 - 50, 0), read(50, 10)];
    expect(told(wrapped, 0)).toHaveLength(1);
  });
});
