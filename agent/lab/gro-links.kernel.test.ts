/** Segments that GRO merged, linked to the packets that they went on in: held against sequence numbers and the counters of the lab's programs. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFlowFields, dissectFlow } from '#core/dissect/flow.ts';
import { PROTOCOL } from '#core/dissect/types.ts';
import { HOOK_BY_NAME } from '#core/format/hooks.ts';
import { CaptureReader } from '#core/pcapng/reader.ts';
import type { InterfaceInfo, PacketView } from '#core/pcapng/types.ts';
import { journeyLinks } from '#core/store/journey-links.ts';
import { CHUNK_MASK } from '#core/store/limits.ts';
import { StoreSink } from '#core/store/testing/store-sink.ts';
import { runScenario } from './scenario/run.ts';
import { groAlike } from './scenarios/gro.ts';
import { requireKernel } from './testing/require-kernel.ts';

const skip = requireKernel();
const IN_GRO = HOOK_BY_NAME.get('napi_gro_receive_entry')!.id;
const BEHIND_GRO = HOOK_BY_NAME.get('netif_receive_skb')!.id;

/** Bytes of the stream, [from, to) by TCP sequence number less that of the first packet: it may wrap around. */
type Range = readonly [from: number, to: number];

/** The store, and what the packets themselves say: which bytes each journey had in front of GRO and behind it. */
class Segments extends StoreSink {
  readonly inFront = new Map<number, Range>();
  readonly behind = new Map<number, Range>();
  private readonly hooks: number[] = [];
  private readonly flow = createFlowFields();
  private base: number | null = null;

  override interface(info: InterfaceInfo): void {
    this.hooks[info.index] = info.hook;
    super.interface(info);
  }

  override packet(p: PacketView): void {
    const event = this.store.events.count;
    super.packet(p);
    const hook = this.hooks[p.interfaceIndex];
    if (hook !== IN_GRO && hook !== BEHIND_GRO) return;
    const { flow } = this;
    dissectFlow(p.buf, p.dataStart, p.dataLength, 1, flow);
    if (flow.protocol !== PROTOCOL.tcp || flow.payloadOffset < 0) return;
    const bytes = p.dataStart + p.originalLength - flow.payloadOffset;
    if (bytes <= 0) return;
    const view = new DataView(p.buf.buffer, p.buf.byteOffset);
    const sequence = view.getUint32(flow.transportOffset + 4);
    this.base ??= sequence;
    const from = (sequence - this.base) >>> 0;
    const journey = this.store.events.chunk(event).journey[event & CHUNK_MASK]!;
    (hook === IN_GRO ? this.inFront : this.behind).set(journey, [from, from + bytes]);
  }
}

describe.skipIf(skip !== null)(`segments that GRO merged${skip === null ? '' : ` (${skip})`}`, () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'whither-gro-'));
  const segments = new Segments();
  let counters: readonly number[] = [];

  beforeAll(async () => {
    const file = path.join(directory, 'gro.pcapng');
    ({ counters } = await runScenario(groAlike, file));
    const reader = new CaptureReader(segments);
    reader.push(readFileSync(file));
    reader.end();
  });

  afterAll(() => {
    rmSync(directory, { recursive: true, force: true });
  });

  it('are linked to the packet whose bytes have theirs, of a hundred all but one, and none to another', () => {
    const { store, inFront, behind } = segments;
    const [stamped, packets] = counters as [number, number];
    const merged = [...inFront.keys()].filter((journey) => !behind.has(journey));
    // What the programs in front of GRO and behind it counted.
    expect(merged).toHaveLength(stamped - packets);
    expect(merged.length).toBeGreaterThan(100);
    const wrong: string[] = [];
    let linked = 0;
    for (const journey of merged) {
      const [from, to] = inFront.get(journey)!;
      const holders = [...behind].filter(([, range]) => range[0] <= from && to <= range[1]);
      const links = journeyLinks(store, journey).filter(({ direction }) => direction === 'from');
      if (links.length === 1 && links[0]!.known === 'inferred') linked++;
      for (const { kind, known, journey: to } of links) {
        if (known === 'broken') continue;
        if (kind !== 'gro' || !holders.some(([holder]) => holder === to))
          wrong.push(`${kind} ${journey}: ${to}`);
      }
    }
    console.log(`${linked} of ${merged.length} merged segments linked, ${wrong.length} wrong`);
    expect(wrong).toEqual([]);
    // A segment that was sent again fits twice.
    expect(linked).toBeGreaterThanOrEqual(0.99 * merged.length);
  });

  it('are what the packet that goes on is linked to, from its first byte to its last without a hole', () => {
    const { store, inFront, behind } = segments;
    for (const [journey, [from, to]] of behind) {
      // Beside them it may have what TCP put behind them, in the backlog of a busy receiver.
      const parts = journeyLinks(store, journey).filter(
        ({ direction, kind }) => direction === 'to' && kind === 'gro',
      );
      const ranges = [journey, ...parts.map(({ journey: part }) => part!)]
        .map((part) => inFront.get(part)!)
        .sort((a, b) => a[0] - b[0]);
      expect(ranges[0]![0]).toBe(from);
      expect(ranges.at(-1)![1]).toBe(to);
      for (const [i, range] of ranges.slice(1).entries()) expect(range[0]).toBeLessThanOrEqual(ranges[i]![1]);
    }
  });
});
