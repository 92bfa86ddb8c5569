import { afterEach, describe, expect, it, vi } from 'vitest';
import { WebSocket as NodeSocket } from 'ws';
import { ALIVE_INTERVAL_MS, MAX_FRAME_PAYLOAD_BYTES } from '#core/protocol/messages.ts';
import { Collector, patternBytes } from '#workers/testing/collector.ts';
import { FakeAgent } from '#workers/testing/fake-agent.ts';
import { MemoryFile } from '#workers/testing/memory-file.ts';
import { LiveSource, REACHABLE_TIMEOUT_MS, SILENCE_MS, type LiveOptions } from './live.ts';
import { AGENT_GONE } from './unreachable.ts';
import { OldBytes } from './old-bytes.ts';

/** As long as a busy machine may take. */
const PATIENCE = { timeout: 30_000 };

const stops: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function fakeAgent(bytes: number, frameBytes: readonly number[]): Promise<FakeAgent> {
  const agent = await FakeAgent.start({ log: patternBytes(bytes), frameBytes });
  stops.push(() => agent.stop());
  return agent;
}

function liveSource(
  agent: FakeAgent,
  options: LiveOptions = {},
  from: 'oldest' | 'live' = 'oldest',
): LiveSource {
  const source = new LiveSource(agent.url, from, {
    connect: (url) => new NodeSocket(url) as unknown as WebSocket,
    sleep: () => Promise.resolve(),
    ...options,
  });
  stops.push(() => source.dispose());
  return source;
}

/** A promise and the function that settles it. */
function gate(): { opened: Promise<void>; open: () => void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

describe('the live source', () => {
  it('delivers the log from its oldest byte, with the agent’s status', async () => {
    const agent = await fakeAgent(50_000, [1000, 333, 4096]);
    const source = liveSource(agent);
    const sink = new Collector();
    const ended = source.start(sink);
    await sink.until(50_000);
    expect(sink.joined()).toEqual(Buffer.from(agent.log));
    expect(sink.begins).toEqual([{ offset: 0, reset: false, missedBytes: null }]);
    expect(sink.statuses).toEqual(['a fake capture']);
    expect(sink.connections).toEqual(['live']);
    source.cancel();
    await ended;
  });

  it('says that the cost is watched when that changes, and again on each new connection', async () => {
    const agent = await fakeAgent(1000, [500]);
    const source = liveSource(agent);
    source.watchCost(false);
    source.watchCost(true);
    const sink = new Collector();
    const ended = source.start(sink);
    await sink.until(1000);
    await vi.waitFor(() => expect(agent.costWatched).toHaveLength(1), PATIENCE);
    agent.cutAll();
    await vi.waitFor(() => expect(agent.costWatched).toHaveLength(2), PATIENCE);
    source.watchCost(true);
    source.watchCost(false);
    await vi.waitFor(() => expect(agent.costWatched).toHaveLength(3), PATIENCE);
    expect(agent.costWatched).toEqual([true, true, false]);
    source.cancel();
    await ended;
  });

  it('resumes after every cut with nothing lost and nothing repeated', async () => {
    const agent = await fakeAgent(100_000, [1000, 1, 7919]);
    agent.cutAfterFrames = 3;
    const source = liveSource(agent);
    const sink = new Collector();
    const ended = source.start(sink);
    await sink.until(100_000);
    expect(sink.joined()).toEqual(Buffer.from(agent.log));
    expect(sink.begins).toHaveLength(1);
    expect(agent.subscriptions.length).toBeGreaterThan(5);
    expect(agent.subscriptions.slice(1).every((one) => one.spool === 'spool-a')).toBe(true);
    expect(sink.connections.slice(0, 4)).toEqual(['live', 'reconnecting', 'live', 'reconnecting']);
    source.cancel();
    await ended;
  });

  it('never lets more than its window wait, however slow its reader is', async () => {
    const windowBytes = 2 * MAX_FRAME_PAYLOAD_BYTES;
    const total = 12 * MAX_FRAME_PAYLOAD_BYTES;
    const agent = await fakeAgent(total, [MAX_FRAME_PAYLOAD_BYTES / 4]);
    const source = liveSource(agent, { windowBytes });
    const sink = new Collector();
    const first = gate();
    let most = 0;

    sink.pause = async () => {
      if (sink.bytes === 0) await first.opened;
      // Let the network run between chunks, so that whatever the agent may send has arrived.
      await new Promise((resolve) => setImmediate(resolve));
      most = Math.max(most, source.pendingBytes);
    };
    const ended = source.start(sink);
    // Wait until the agent has used up its credit: it can send no more before a chunk is decoded.
    while (agent.framesSent < 8) await new Promise((resolve) => setTimeout(resolve, 1));
    for (let i = 0; i < 20; i++) await new Promise((resolve) => setTimeout(resolve, 1));
    const sentWhileStopped = agent.framesSent * (MAX_FRAME_PAYLOAD_BYTES / 4);
    first.open();
    await sink.until(total);
    expect(sentWhileStopped).toBe(windowBytes);
    expect(most).toBeLessThanOrEqual(windowBytes);
    expect(Buffer.compare(sink.joined(), agent.log)).toBe(0);
    source.cancel();
    await ended;
  });

  it('starts anew when the agent has another log than before', async () => {
    const agent = await fakeAgent(10_000, [1000]);
    const source = liveSource(agent);
    const sink = new Collector();
    const ended = source.start(sink);
    await sink.until(10_000);
    agent.spool = 'spool-b';
    agent.log = patternBytes(3_000).map((byte) => byte ^ 0xff);
    agent.cutAll();
    while (sink.begins.length < 2) await new Promise((resolve) => setTimeout(resolve, 1));
    await sink.until(3_000);
    expect(sink.begins[1]).toEqual({ offset: 0, reset: true, missedBytes: null });
    expect(sink.joined()).toEqual(Buffer.from(agent.log));
    expect(await source.read(10, 4)).toEqual(agent.log.slice(10, 14));
    source.cancel();
    await ended;
  });

  it('says how many bytes retention took while it was away', async () => {
    const agent = await fakeAgent(4_000, [1000]);
    const source = liveSource(agent);
    const sink = new Collector();
    const ended = source.start(sink);
    await sink.until(4_000);
    agent.log = patternBytes(9_000);
    agent.oldest = 6_000;
    agent.cutAll();
    await sink.until(7_000);
    expect(sink.begins[1]).toEqual({ offset: 6_000, reset: false, missedBytes: 2_000 });
    source.cancel();
    await ended;
  });

  it('goes on further on when retention overtakes it on an open socket', async () => {
    const agent = await fakeAgent(2_000, [1000]);
    const source = liveSource(agent);
    const sink = new Collector();
    const ended = source.start(sink);
    await sink.until(2_000);
    agent.skipTo(5_000, 500);
    await sink.until(2_500);
    expect(sink.begins).toEqual([
      { offset: 0, reset: false, missedBytes: null },
      { offset: 5_000, reset: false, missedBytes: 3_000 },
    ]);
    expect(agent.subscriptions).toHaveLength(1);
    source.cancel();
    await ended;
  });

  it('does not go on trying where there is no live capture', async () => {
    const agent = await fakeAgent(10, [10]);
    agent.refuse = 404;
    await expect(liveSource(agent).start(new Collector())).rejects.toMatchObject({
      code: 'live-unavailable',
    });
  });

  it('names an expired token as the reason of a refused upgrade', async () => {
    const agent = await fakeAgent(10, [10]);
    agent.refuse = 401;
    await expect(liveSource(agent).start(new Collector())).rejects.toMatchObject({
      code: 'live-unauthorised',
      remedy: 'Open the link that the agent printed when it started.',
    });
  });

  it('goes on trying while the agent is away, and resumes when it is back', async () => {
    const agent = await fakeAgent(5_000, [500]);
    agent.refuse = 503;
    const tries = gate();
    let slept = 0;
    const source = liveSource(agent, {
      sleep: () => {
        if (++slept === 4) {
          agent.refuse = 0;
          tries.open();
        }
        return Promise.resolve();
      },
    });
    const sink = new Collector();
    const ended = source.start(sink);
    await tries.opened;
    await sink.until(5_000);
    expect(sink.connections).toEqual(['reconnecting', 'live']);
    source.cancel();
    await ended;
  });

  it('drops a frame at the wrong offset and heals by subscribing again', async () => {
    const agent = await fakeAgent(10_000, [1000]);
    agent.tamper = (frame, index) => {
      if (index !== 3) return frame;
      frame[8] = (frame[8] ?? 0) ^ 1;
      return frame;
    };
    const source = liveSource(agent);
    const sink = new Collector();
    const ended = source.start(sink);
    await sink.until(10_000);
    expect(sink.joined()).toEqual(Buffer.from(agent.log));
    expect(agent.subscriptions.map((one) => one.from)).toEqual(['oldest', '3000']);
    source.cancel();
    await ended;
  });

  it('gives up with a reason when the agent sends only what it does not understand', async () => {
    const agent = await fakeAgent(10_000, [1000]);
    agent.tamper = (frame) => frame.fill(9, 0, 4);
    await expect(liveSource(agent).start(new Collector())).rejects.toMatchObject({
      code: 'live-protocol',
      cause: 'The agent sent what this page does not understand: frame of unknown kind 151587081.',
    });
  });

  it('gives up with a reason when the agent refuses its subscription again and again', async () => {
    const agent = await fakeAgent(10_000, [1000]);
    agent.closeWith = 1008;
    await expect(liveSource(agent).start(new Collector())).rejects.toMatchObject({
      code: 'live-protocol',
      cause: 'The agent refused what this page asked for (close code 1008).',
    });
    expect(agent.subscriptions).toHaveLength(3);
  });

  it('refuses more bytes than it granted', async () => {
    const agent = await fakeAgent(1000, [1000]);
    const source = liveSource(agent, { windowBytes: 2 * MAX_FRAME_PAYLOAD_BYTES });
    const sink = new Collector();
    const hold = gate();
    sink.pause = () => hold.opened;
    const failed = source.start(sink).catch((error: unknown) => error);
    while (agent.framesSent < 1) await new Promise((resolve) => setTimeout(resolve, 1));
    const flood = new Uint8Array(16 + MAX_FRAME_PAYLOAD_BYTES);
    flood[0] = 1;
    for (let i = 0; i < 3; i++) agent.sendToAll(flood);
    hold.open();
    // Connected again after the violation: from after the one good frame.
    while (agent.subscriptions.length < 2) await new Promise((resolve) => setTimeout(resolve, 1));
    expect(agent.subscriptions[1]?.from).toBe('1000');
    expect(sink.bytes).toBe(1000);
    source.cancel();
    expect(await failed).toBe(undefined);
  });

  it('asks the agent for bytes that it no longer holds, and says when they are gone there too', async () => {
    const agent = await fakeAgent(50_000, [1000]);
    const source = liveSource(agent, { keptBytes: 5_000 });
    const sink = new Collector();
    const ended = source.start(sink);
    await sink.until(50_000);
    agent.spoolRequests.length = 0;
    expect(await source.read(49_000, 100)).toEqual(agent.log.slice(49_000, 49_100));
    expect(agent.spoolRequests).toEqual([]);
    expect(await source.read(20_000, 100)).toEqual(agent.log.slice(20_000, 20_100));
    expect(agent.spoolRequests).toEqual(['?from=20000&length=100']);
    agent.oldest = 30_000;
    await expect(source.read(20_000, 100)).rejects.toMatchObject({ code: 'live-gone' });
    source.cancel();
    await ended;
  });

  it('keeps older bytes in a file of the browser, asks for those that had no place there, and counts them', async () => {
    const agent = await fakeAgent(50_000, [1000]);
    const file = new MemoryFile();
    const source = liveSource(agent, {
      keptBytes: 5_000,
      openOld: () => Promise.resolve(new OldBytes(file, 20_000)),
    });
    const sink = new Collector();
    const ended = source.start(sink);
    await sink.until(50_000);
    expect(source.kept).toEqual({ bytes: 25_000, limitBytes: 25_000, droppedBytes: 25_000 });
    agent.spoolRequests.length = 0;
    expect(await source.read(25_000, 3_000)).toEqual(agent.log.slice(25_000, 28_000));
    expect(agent.spoolRequests).toEqual([]);
    expect(await source.read(20_000, 100)).toEqual(agent.log.slice(20_000, 20_100));
    expect(agent.spoolRequests).toEqual(['?from=20000&length=100']);
    source.cancel();
    await ended;
    expect(await source.read(25_000, 10)).toEqual(agent.log.slice(25_000, 25_010));
    source.dispose();
    expect(file.closed).toBe(true);
  });

  it('tells how much of what there was at connect has been delivered', async () => {
    const agent = await fakeAgent(4_000, [1000]);
    const source = liveSource(agent);
    const sink = new Collector();
    const shares: (number | null)[] = [];
    sink.pause = () => {
      shares.push(source.catchUp);
      return Promise.resolve();
    };
    const ended = source.start(sink);
    await sink.until(4_000);
    await expect.poll(() => source.catchUp).toBeNull();
    expect(shares).toEqual([0, 0.25, 0.5, 0.75]);
    source.cancel();
    await ended;
  });

  it('says that the agent is gone when it no longer answers, and goes on trying', async () => {
    const agent = await fakeAgent(1_000, [1000]);
    const source = liveSource(agent, { sleep: () => new Promise((done) => setTimeout(done, 1)) });
    const sink = new Collector();
    const ended = source.start(sink);
    await sink.until(1_000);
    await agent.stop();
    await expect.poll(() => sink.connectionProblems.length).toBeGreaterThan(1);
    expect(sink.connectionProblems[0]).toEqual(AGENT_GONE);
    expect(`${AGENT_GONE.cause} ${AGENT_GONE.remedy}`).not.toContain('`');
    source.cancel();
    await ended;
  });

  it('finds a dead connection within six seconds', () => {
    expect(2 * SILENCE_MS + REACHABLE_TIMEOUT_MS).toBeLessThanOrEqual(6_000);
    // And a living one is never asked.
    expect(ALIVE_INTERVAL_MS).toBeLessThan(SILENCE_MS);
  });

  it('asks nothing of an agent that says that it is alive', async () => {
    const agent = await fakeAgent(1_000, [1000]);
    const source = liveSource(agent, { silenceMs: 200 });
    const sink = new Collector();
    const ended = source.start(sink);
    await sink.until(1_000);
    for (let signs = 0; signs < 30; signs++) {
      agent.sendToAll('{"type":"alive"}');
      await new Promise((done) => setTimeout(done, 20));
    }
    expect(agent.spoolRequests).toEqual([]);
    expect(sink.connections).toEqual(['live']);
    source.cancel();
    await ended;
  });

  it('gives up a socket that is silent when the agent does not answer over HTTP either', async () => {
    const agent = await fakeAgent(1_000, [1000]);
    const source = liveSource(agent, { silenceMs: 5 });
    const sink = new Collector();
    const ended = source.start(sink);
    await sink.until(1_000);
    // The socket stays open and quiet; only plain requests fail.
    agent.refuse = 403;
    await expect(ended).rejects.toMatchObject({ code: 'live-unauthorised' });
  });

  it('is not an agent’s address without http or ws', () => {
    expect(() => new LiveSource('file:///etc/passwd', 'oldest', {})).toThrow(
      'is not the address of an agent',
    );
  });
});
