import { describe, expect, it } from 'vitest';
import { Fault } from './fault.ts';
import { generatedBytes } from './testing/capture-bytes.ts';
import { ManualSource } from './testing/manual-source.ts';
import { LIVE, World } from './testing/world.ts';

describe('a session with a live source', () => {
  it('shows the agent’s line, a cut, and the agent’s line again', async () => {
    const source = new ManualSource();
    const world = new World(source);
    const updates = await world.open(LIVE);
    const step = async (act: () => Promise<void>): Promise<void> => {
      world.nowMs += 1000;
      await act();
    };
    await step(() => source.connection('live'));
    await step(() => source.status('eth0, 8 hooks'));
    await step(() => source.connection('reconnecting', 'The connection was cut.'));
    await step(() => source.connection('live'));
    await updates.until((update) => update.state === 'reconnecting');
    await updates.until((update) => updates.all.indexOf(update) === 4);
    expect(updates.all.map((update) => [update.state, update.sourceText])).toEqual([
      ['loading', ''],
      ['live', ''],
      ['live', 'eth0, 8 hooks'],
      ['reconnecting', 'The connection was cut.'],
      ['live', 'eth0, 8 hooks'],
    ]);
  });

  it('says among the problems what the agent no longer captures, as long as that is so', async () => {
    const source = new ManualSource();
    const world = new World(source);
    const updates = await world.open(LIVE);
    const said = async (text: string, capture: 'running' | 'partly' | 'restarting'): Promise<unknown> => {
      world.nowMs += 1000;
      await source.status(text, capture);
      const update = await updates.until((one) => one.sourceText === text);
      return update.problems.map(({ code, cause }) => [code, cause]);
    };
    expect(await said('Live capture is starting.', 'restarting')).toEqual([]);
    expect(await said('Capturing v0, v1.', 'running')).toEqual([]);
    expect(await said('The device v0 is gone.', 'partly')).toEqual([
      ['live-capture', 'The device v0 is gone.'],
    ]);
    expect(await said('Waiting for v1.', 'restarting')).toEqual([['live-capture', 'Waiting for v1.']]);
    expect(await said('Capturing v1.', 'running')).toEqual([]);
  });

  it('says that the agent waits, also when it never captured all that was asked for', async () => {
    const source = new ManualSource();
    const world = new World(source);
    const updates = await world.open(LIVE);
    await source.status('Capturing v1. Without v0.', 'partly');
    world.nowMs += 1000;
    await source.status('Waiting for v1.', 'restarting');
    const { problems } = await updates.until(({ sourceText }) => sourceText === 'Waiting for v1.');
    expect(problems.map(({ code, cause }) => [code, cause])).toEqual([['live-capture', 'Waiting for v1.']]);
  });

  it('forgets everything when the agent has another log', async () => {
    const source = new ManualSource();
    const world = new World(source);
    const updates = await world.open(LIVE);
    await source.begin({ offset: 0, reset: false, missedBytes: null });
    await source.give(generatedBytes(50), 0);
    await source.begin({ offset: 0, reset: true, missedBytes: null });
    world.nowMs += 1000;
    await source.give(generatedBytes(8, 2), 0);
    const anew = await updates.until((update) => update.events === 8);
    expect(anew.generation).toBe((updates.all[0]?.generation ?? 0) + 1);
    expect(anew.journeys).toBeLessThanOrEqual(8);
  });

  it('shows bytes that are gone as a gap in time, and reads blocks behind it by the log’s offsets', async () => {
    const source = new ManualSource();
    const world = new World(source);
    const updates = await world.open(LIVE);
    const before = generatedBytes(50);
    const after = generatedBytes(50, 2);
    await source.begin({ offset: 1_000_000, reset: false, missedBytes: null });
    await source.give(before, 1_000_000);
    await source.begin({ offset: 5_000_000, reset: false, missedBytes: 4_000_000 - before.length });
    world.nowMs += 1000;
    await source.give(after, 5_000_000);
    const update = await updates.until((one) => one.events === 100);
    expect(update.gaps).toMatchObject([{ hop: null, count: null, cause: 'removed by retention' }]);
    source.reads.length = 0;
    const first = await world.session.eventBytes(0);
    const last = await world.session.eventBytes(99);
    expect(source.reads[0]?.[0]).toBe(first.blockOffset);
    expect(first.blockOffset).toBeGreaterThan(1_000_000);
    expect(last.blockOffset).toBeGreaterThan(5_000_000);
    expect(last.packet.length).toBeGreaterThan(14);
  });

  it('still has the metadata of an event whose packet retention took', async () => {
    const source = new ManualSource();
    const world = new World(source);
    await world.open(LIVE);
    await source.begin({ offset: 0, reset: false, missedBytes: null });
    await source.give(generatedBytes(8), 0);
    source.read = () => Promise.reject(new Fault('live-gone', 'Gone.', 'Keep more.'));
    const bytes = await world.session.eventBytes(3);
    expect(bytes.area).toHaveLength(32);
    expect(bytes.packet).toHaveLength(0);
    source.read = () => Promise.reject(new Fault('live-unreachable', 'No answer.', 'Start it.'));
    expect((await world.session.eventBytes(3)).packet).toHaveLength(0);
    await expect(world.session.inspect(3, 1)).rejects.toMatchObject({ code: 'live-unreachable' });
    source.read = () => Promise.reject(new Fault('live-unauthorised', 'Another start.', 'Open its link.'));
    await expect(world.session.eventBytes(3)).rejects.toMatchObject({ code: 'live-unauthorised' });
  });

  it('measures how old events are when they are decoded, since the last question', async () => {
    const source = new ManualSource();
    const world = new World(source);
    await world.open(LIVE);
    await source.begin({ offset: 0, reset: false, missedBytes: null });
    // Generated events begin 500 ms before this world's now and are 640 ns apart.
    await source.give(generatedBytes(100), 0);
    expect(await world.session.streamStats()).toEqual({ events: 100, p50Ms: 500, p99Ms: 500, maxMs: 500 });
    expect(await world.session.streamStats()).toEqual({ events: 0, p50Ms: null, p99Ms: null, maxMs: null });
  });

  it('tells no rate while it catches up, and afterwards one without the backlog', async () => {
    const source = new ManualSource();
    const world = new World(source);
    const updates = await world.open(LIVE);
    source.catchUp = 0.5;
    world.nowMs = 1000;
    await source.give(generatedBytes(100), 0);
    const busy = await updates.until((update) => update.events === 100);
    expect([busy.catchUp, busy.eventsPerSecond]).toEqual([0.5, 0]);
    expect(busy.bytesPerSecond).toBeGreaterThan(0);
    source.catchUp = null;
    world.nowMs = 1100;
    world.timers.at(-1)?.();
    const settled = await updates.until((update) => update.catchUp === null && update.events === 100);
    expect([settled.eventsPerSecond, settled.bytesPerSecond]).toEqual([0, 0]);
  });

  it('goes on sending updates until the rate has come down to nothing', async () => {
    const source = new ManualSource();
    const world = new World(source);
    const updates = await world.open(LIVE);
    world.nowMs = 1000;
    await source.give(generatedBytes(100), 0);
    const busy = await updates.until((update) => update.events === 100);
    expect(busy.eventsPerSecond).toBe(100);
    world.nowMs = 4000;
    world.timers.at(-1)?.();
    const quiet = await updates.until((update) => update.eventsPerSecond === 0 && update.events === 100);
    expect(quiet.bytesPerSecond).toBe(0);
  });
});
