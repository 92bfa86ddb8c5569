import { afterEach, expect, it } from 'vitest';
import { WebSocket as NodeSocket } from 'ws';
import { CaptureReader } from '#core/pcapng/reader.ts';
import { CaptureWriter } from '#core/pcapng/writer.ts';
import { Collector } from '#workers/testing/collector.ts';
import { FakeAgent } from '#workers/testing/fake-agent.ts';
import { MemoryFile } from '#workers/testing/memory-file.ts';
import { yieldToTasks } from '#workers/yield.ts';
import { FileSource } from './file.ts';
import { heldBlob } from './held.ts';
import { LiveSource } from './live.ts';
import { OldBytes } from './old-bytes.ts';

const CLOCK = { now: () => performance.now(), yieldToTasks };
const SECTIONS = 4;
const PACKETS = 10;
const stops: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

/** The blocks of a log as an agent's: sections that can be read alone. */
function blocks(): readonly Uint8Array[] {
  const all: Uint8Array[] = [];
  for (let section = 0; section < SECTIONS; section++) {
    const writer = new CaptureWriter();
    const cut = (): number => all.push(writer.take());
    writer.sectionHeader();
    cut();
    writer.interfaceDescription({ linkType: 1, name: 'eth0' });
    cut();
    for (let i = 1; i <= PACKETS; i++) {
      const packetId = BigInt(100 * section + i);
      writer.enhancedPacket({ interfaceId: 0, time: packetId, data: new Uint8Array(60), packetId });
      cut();
    }
  }
  return all;
}

/** A source that has all of the log, and keeps so many bytes of it: in memory, and in a file. */
async function live(keptBytes: number, oldBytes: number): Promise<LiveSource> {
  const log = blocks();
  const agent = await FakeAgent.start({
    log: new Uint8Array(Buffer.concat(log)),
    frameBytes: log.map(({ length }) => length),
  });
  stops.push(() => agent.stop());
  const source = new LiveSource(agent.url, 'oldest', {
    connect: (url) => new NodeSocket(url) as unknown as WebSocket,
    sleep: () => Promise.resolve(),
    keptBytes,
    openOld: () => Promise.resolve(oldBytes === 0 ? null : new OldBytes(new MemoryFile(), oldBytes)),
  });
  stops.push(() => source.dispose());
  const sink = new Collector();
  const ended = source.start(sink);
  await sink.until(agent.log.length);
  source.cancel();
  await ended;
  return source;
}

/** Numbers of the packets; nothing in the file is a problem. */
async function idsOf(blob: Blob): Promise<readonly number[]> {
  const ids: number[] = [];
  const nothing = (): void => undefined;
  const reader = new CaptureReader({
    section: nothing,
    interface: nothing,
    packet: ({ packetIdLo }) => ids.push(packetIdLo),
    statistics: nothing,
    custom: nothing,
    problem: ({ cause }) => expect(cause).toBe(''),
  });
  reader.push(new Uint8Array(await blob.arrayBuffer()));
  reader.end();
  return ids;
}

const idsFrom = (section: number): readonly number[] =>
  Array.from({ length: SECTIONS - section }, (_, s) =>
    Array.from({ length: PACKETS }, (_, i) => 100 * (section + s) + i + 1),
  ).flat();

it.each<[string, number, number, number]>([
  ['all of it, in memory', 1 << 20, 0, 0],
  ['all of it, most of it in a file', 500, 1 << 20, 0],
  ['its newest whole sections, where older ones were let go', 2500, 0, 2],
  ['of file and memory likewise', 500, 4400, 1],
])('what a page holds of a live capture is a file that reads alone: %s', async (_, memory, file, section) => {
  expect(await idsOf(await heldBlob(await live(memory, file), CLOCK))).toEqual(idsFrom(section));
});

it('says so where nothing of it can be read alone', async () => {
  const nothing = { code: 'not-held' };
  await expect(heldBlob(await live(300, 0), CLOCK)).rejects.toMatchObject(nothing);
  await expect(heldBlob(new FileSource(new File([], 'none'), null), CLOCK)).rejects.toMatchObject(nothing);
});
