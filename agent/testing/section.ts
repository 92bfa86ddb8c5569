/** Small captures as a probe writes them, for tests of the agent. */
import { BLOCK_SUBTYPE, META_STATE } from '#core/format/structs.ts';
import { UNKNOWN_EVENT } from '#core/pcapng/event.ts';
import { CaptureWriter } from '#core/pcapng/writer.ts';

export const START_NS = 1_795_392_000_000_000_000n;
const FRAME_BYTES = 60;

export interface SectionSpec {
  /** Byte that fills the run id. */
  readonly run: number;
  readonly events: number;
  /** Number of the first event: it is the journey id and the bytes of the packet. */
  readonly first?: number;
  /** Name of the host; absent = it says none. */
  readonly hostname?: string;
}

/** Section header, section block, catalogue, host, two interfaces. */
export function preamble(run: number, hostname?: string): Uint8Array {
  const writer = new CaptureWriter();
  writer.sectionHeader({ userAppl: 'fake-probe' });
  writer.section({
    run: new Uint8Array(16).fill(run),
    segment: 0,
    startedNs: START_NS,
    clockOffsetNs: 0n,
    clockErrorNs: 1000n,
  });
  writer.json(BLOCK_SUBTYPE.host, {
    kernel: '6.18',
    dropReasons: {},
    ...(hostname !== undefined && { hostname }),
  });
  writer.json(BLOCK_SUBTYPE.catalogue, { hooks: [] });
  for (const [index, hook] of ['netif_receive_skb', 'tcx/ingress@first'].entries()) {
    writer.interfaceDescription({
      linkType: 1,
      name: `eth0:${hook}`,
      whither: { hook: index + 1, ifindex: 2, netns: 4_026_531_840 },
    });
  }
  return writer.take();
}

export function eventNs(number: number): bigint {
  return START_NS + BigInt(number) * 1000n;
}

export function event(number: number): Uint8Array {
  const writer = new CaptureWriter();
  writer.enhancedPacket({
    interfaceId: number % 2,
    time: eventNs(number),
    data: new Uint8Array(FRAME_BYTES).fill(number & 0xff),
    packetId: BigInt(number),
    event: { ...UNKNOWN_EVENT, hook: (number % 2) + 1, metaState: META_STATE.none },
  });
  return writer.take();
}

export function section({ run, events, first = 0, hostname }: SectionSpec): Uint8Array {
  return Buffer.concat([
    preamble(run, hostname),
    ...Array.from({ length: events }, (_, i) => event(first + i)),
  ]);
}
