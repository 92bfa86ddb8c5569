import { afterEach, describe, expect, it } from 'vitest';
import { sectionBytes, trace, type Seen } from '#core/store/testing/scenario.ts';
import type { SourceSpec, Update } from './api.ts';
import { Fault } from './fault.ts';
import { Session } from './session.ts';
import { SLICE_MS } from './slices.ts';
import { FileSource } from './sources/file.ts';
import type { ByteSource } from './sources/source.ts';
import { generatedBytes } from './testing/capture-bytes.ts';
import { ManualSource } from './testing/manual-source.ts';
import { yieldToTasks } from './yield.ts';

const FILE: SourceSpec = { kind: 'file', file: new File([], 'unused') };
const LIVE: SourceSpec = { kind: 'live', url: 'http://agent/', from: 'oldest' };
const UNIX_NOW_MS = 1_795_392_000_500;

const ports: MessagePort[] = [];
afterEach(() => {
  for (const port of ports.splice(0)) port.close();
});

/** A session over sources of the test's, in a world where time stands still until it is moved. */
class World {
  nowMs = 0;
  /** A slice is over with every look at the clock. */
  slow = false;
  yields = 0;
  readonly timers: (() => void)[] = [];
  onYield: () => void = () => undefined;
  readonly session: Session;

  constructor(source: ByteSource | ((spec: SourceSpec) => ByteSource)) {
    this.session = new Session({
      clock: {
        now: () => (this.slow ? (this.nowMs += SLICE_MS) : this.nowMs),
        unixNow: () => UNIX_NOW_MS,
        yieldToTasks: () => {
          this.yields++;
          this.onYield();
          return yieldToTasks();
        },
      },
      setTimer: (callback) => {
        this.timers.push(callback);
        return () => undefined;
      },
      sourceOf: typeof source === 'function' ? source : () => source,
    });
  }

  async open(spec: SourceSpec = FILE): Promise<Updates> {
    const { port1, port2 } = new MessageChannel();
    ports.push(port2);
    const updates = new Updates(port2);
    await this.session.open(spec, port1);
    return updates;
  }
}

/** The Updates of one capture as the page receives them. */
class Updates {
  readonly all: Update[] = [];
  readonly #waiting: { when: (update: Update) => boolean; resolve: (update: Update) => void }[] = [];

  constructor(port: MessagePort) {
    port.onmessage = ({ data }: MessageEvent<Update>) => {
      this.all.push(data);
      for (const waiting of this.#waiting) if (waiting.when(data)) waiting.resolve(data);
    };
  }

  until(when: (update: Update) => boolean): Promise<Update> {
    const found = this.all.find(when);
    if (found) return Promise.resolve(found);
    return new Promise((resolve) => this.#waiting.push({ when, resolve }));
  }

  ended(): Promise<Update> {
    return this.until((update) => ['done', 'failed', 'cancelled'].includes(update.state));
  }
}

function fileWorld(bytes: Uint8Array<ArrayBuffer>): World {
  return new World(new FileSource(new File([bytes], 'generated.pcapng')));
}

describe('a session with a file', () => {
  it('ends with every event counted, in a final update', async () => {
    const world = fileWorld(generatedBytes(1000));
    const updates = await world.open();
    const last = await updates.ended();
    expect(last).toMatchObject({
      capture: 1,
      state: 'done',
      title: 'generated.pcapng',
      events: 1000,
      listed: last.journeys,
      lost: 0,
      problems: [],
      tlvNames: ['trace_id', 'verdict', 'client', 'score'],
      bytesPerSecond: 0,
    });
    expect(last.bytesRead).toBe(last.bytesTotal);
    expect(last.hops.reduce((sum, hop) => sum + hop.events, 0)).toBe(1000);
    expect(last.timeline.events.reduce((sum, n) => sum + n, 0)).toBe(1000);
    expect(updates.all[0]).toMatchObject({ state: 'loading', events: 0 });
  });

  it('answers rows, journeys and the bytes of an event', async () => {
    const world = fileWorld(generatedBytes(800));
    const last = await (await world.open()).ended();
    const rows = await world.session.rows(10, 5);
    expect(rows).toMatchObject({ from: 10, count: 5, generation: last.generation, hops: 8 });
    expect([...rows.journey]).toEqual([10, 11, 12, 13, 14]);
    expect(await world.session.rowOf(12)).toBe(12);
    expect(await world.session.journeyOf(rows.idHi[2]!, rows.idLo[2]!)).toBe(12);
    const detail = await world.session.journey(12);
    expect(detail.rows.map((row) => row.name)).toEqual(['trace_id', 'verdict', 'client', 'score']);
    const bytes = await world.session.eventBytes(detail.hops[0]!.event);
    expect(bytes.area).toHaveLength(32);
    expect(bytes.packet.length).toBeGreaterThan(14);
    expect(bytes.decoded.tlvs.map((tlv) => tlv.name)).toEqual(['trace_id', 'verdict', 'client', 'score']);
  });

  it('sums up what every hop loses', async () => {
    const seen = Array.from({ length: 5000 }, (_, i): Seen[] => [
      { hook: 'nf/prerouting', id: BigInt(i + 1), us: 2 * i, meta: [...trace(i), 0, 0] },
      {
        hook: 'nf/forward',
        id: BigInt(i + 1),
        us: 2 * i + 1,
        ...(i % 2 === 0 && { meta: [...trace(i), 0, 0] }),
      },
    ]);
    const world = fileWorld(sectionBytes({ seen: seen.flat() }).slice());
    await (await world.open()).ended();
    const { rows, omitted } = await world.session.lossSummary();
    expect(omitted).toBe(0);
    expect(
      rows.map(({ hop, state, tlv, journeys, arrived }) => [hop, state, tlv, journeys, arrived]),
    ).toEqual([
      [1, 'lost', null, 2500, 5000],
      [1, 'lost', { type: 1, name: 'trace' }, 2500, 5000],
    ]);
  });

  it('tells path and matrix of the journeys that pass an expression, and of the others', async () => {
    const seen = Array.from({ length: 900 }, (_, i): Seen[] => [
      { hook: 'nf/prerouting', id: BigInt(i + 1), us: 2 * i, meta: [...trace(i), 0, 0] },
      {
        hook: 'nf/forward',
        id: BigInt(i + 1),
        us: 2 * i + 1,
        ...(i % 3 === 0 && { meta: [...trace(i), 0, 0] }),
      },
    ]);
    const world = fileWorld(sectionBytes({ seen: seen.flat() }).slice());
    await (await world.open()).ended();
    const filter = { hop: null, metadata: null, harm: null, time: null, where: 'state == lost' };
    const lost = await world.session.pathOf({ filter, rest: false });
    const kept = await world.session.pathOf({ filter, rest: true });
    expect(lost).toMatchObject({ journeys: 600, edges: [{ from: 0, to: 1, count: 600, withMetadata: 0 }] });
    expect(kept).toMatchObject({ journeys: 300, edges: [{ from: 0, to: 1, count: 300, withMetadata: 300 }] });
    expect(await world.session.matrixOf({ filter, rest: true })).toMatchObject({
      journeys: 300,
      rows: [
        {
          name: 'trace',
          cells: [
            { present: 300, distinct: 300 },
            { present: 300, written: 0 },
          ],
        },
      ],
    });
    const wrong = { filter: { ...filter, where: 'state ==' }, rest: false };
    expect(await world.session.pathOf(wrong)).toHaveProperty('cause');
  });

  it('inspects events in the order of arrival', async () => {
    const world = fileWorld(generatedBytes(100));
    await (await world.open()).ended();
    const objects = await world.session.inspect(98, 10);
    expect(objects.map((object) => (object as { n: number }).n)).toEqual([99, 100]);
  });

  it('narrows the list to a filter under a new generation, and widens it again', async () => {
    const world = fileWorld(generatedBytes(800));
    const updates = await world.open();
    const last = await updates.ended();
    await world.session.setFilter({ hop: 0, metadata: 'without', harm: null, time: null, where: '' });
    const narrowed = await updates.until((update) => update.generation === last.generation + 1);
    expect(narrowed.listed).toBe(0);
    expect((await world.session.rows(0, 10)).count).toBe(0);
    await world.session.setFilter({ hop: null, metadata: null, harm: null, time: null, where: '' });
    const widened = await updates.until((update) => update.generation === last.generation + 2);
    expect(widened.listed).toBe(last.journeys);
  });

  it('drops the work of a filter that a later one replaces', async () => {
    const world = fileWorld(generatedBytes(20_000));
    const updates = await world.open();
    const { generation, journeys } = await updates.ended();
    let nowMs = 0;
    // Every slice is over after one step, so that the second call comes while the first one is at work.
    Object.defineProperty(world, 'nowMs', { get: () => (nowMs += 100) });
    const first = world.session.setFilter({ hop: 0, metadata: 'without', harm: null, time: null, where: '' });
    const second = world.session.setFilter({ hop: 0, metadata: 'with', harm: null, time: null, where: '' });
    await Promise.all([first, second]);
    const last = await updates.until((update) => update.generation === generation + 1);
    expect(last.listed).toBe(journeys);
    expect((await world.session.rows(0, 1)).generation).toBe(generation + 1);
  });

  it('begins with the filter that was set before it was opened', async () => {
    const world = fileWorld(generatedBytes(800));
    await world.session.setFilter({ hop: null, metadata: 'without', harm: null, time: null, where: '' });
    expect(await (await world.open()).ended()).toMatchObject({ events: 800, listed: 0 });
  });

  it('decodes everything again by another schema, and by the capture’s own after that', async () => {
    const world = fileWorld(generatedBytes(200));
    const updates = await world.open();
    const { generation } = await updates.ended();
    const schema = {
      whither: 1,
      name: 'mine',
      framing: { kind: 'tlv', typeBytes: 1, lengthBytes: 1, endian: 'big' },
      types: [{ type: 1, name: 'mine_id', kind: 'uint' }],
    };
    expect(await world.session.setSchema(JSON.stringify(schema))).toEqual({ ok: true, errors: [] });
    const mine = await updates.until((update) => update.generation === generation + 1);
    expect(mine.tlvNames).toEqual(['mine_id']);
    expect(mine.schema?.name).toBe('mine');
    await world.session.setSchema('');
    const own = await updates.until((update) => update.generation === generation + 2);
    expect(own.tlvNames).toEqual(['trace_id', 'verdict', 'client', 'score']);
  });

  it('says what is wrong with a schema and keeps the one in force', async () => {
    const world = fileWorld(generatedBytes(10));
    await (await world.open()).ended();
    const result = await world.session.setSchema('{"whither":1}');
    expect(result.ok).toBe(false);
    expect(result.errors.length).toBeGreaterThan(0);
    expect((await world.session.rows(0, 1)).tlv).toHaveLength(4);
  });

  it('gives way between slices, and answers about what is read so far', async () => {
    const world = fileWorld(generatedBytes(20_000));
    let rowsWhileLoading = -1;
    let nowMs = 0;
    // Every look at the clock is 5 ms later: a slice is over after two of them.
    Object.defineProperty(world, 'nowMs', { get: () => (nowMs += 5) });
    const answers: Promise<void>[] = [];
    world.onYield = () => {
      if (answers.length > 0) return;
      answers.push(world.session.rows(0, 1).then((rows) => void (rowsWhileLoading = rows.count)));
    };
    const updates = await world.open();
    const last = await updates.ended();
    await Promise.all(answers);
    expect(world.yields).toBeGreaterThan(3);
    expect(rowsWhileLoading).toBe(1);
    expect(last.events).toBe(20_000);
    expect(updates.all.some((update) => update.events > 0 && update.events < 20_000)).toBe(true);
  });

  it.each([
    ['a text file', new TextEncoder().encode('hello, this is no capture at all'), 'not-a-capture'],
    ['an empty file', new Uint8Array(0), 'empty'],
  ])('says what %s is', async (_, bytes, code) => {
    const last = await (await fileWorld(bytes).open()).ended();
    expect(last.state).toBe('failed');
    expect(last.problems).toMatchObject([{ code, fatal: true }]);
  });

  it('keeps what came before the end of a truncated capture', async () => {
    const whole = generatedBytes(100);
    const world = fileWorld(whole.slice(0, whole.length - 10));
    const last = await (await world.open()).ended();
    expect(last).toMatchObject({ state: 'failed', events: 99, problems: [{ code: 'truncated' }] });
    expect((await world.session.rows(0, 1)).count).toBe(1);
  });
});

describe('a session with a source that fails or is left', () => {
  it('reports the source’s fault as a problem at the offset it came to', async () => {
    const source = new ManualSource();
    const world = new World(source);
    const updates = await world.open();
    await source.begin({ offset: 0, reset: false, missedBytes: null });
    const bytes = generatedBytes(10);
    await source.give(bytes, 0);
    await source.end(new Fault('file-unreadable', 'It is gone.', 'Open it again.'));
    const last = await updates.ended();
    expect(last).toMatchObject({ state: 'failed', events: 10 });
    expect(last.problems).toEqual([
      {
        code: 'file-unreadable',
        offset: bytes.length,
        cause: 'It is gone.',
        remedy: 'Open it again.',
        fatal: true,
      },
    ]);
  });

  it('keeps what was read when it is cancelled, and does not call that truncated', async () => {
    const source = new ManualSource();
    const world = new World(source);
    const updates = await world.open();
    await source.give(generatedBytes(50).slice(0, 5000), 0);
    await world.session.cancel();
    const last = await updates.ended();
    expect(source.cancelled).toBe(true);
    expect(last).toMatchObject({ state: 'cancelled', problems: [] });
    expect(last.events).toBeGreaterThan(0);
    expect((await world.session.rows(0, 1)).count).toBe(1);
  });

  it('leaves the old capture for good when a new one is opened', async () => {
    const old = new ManualSource();
    const young = new ManualSource();
    const sources = [old, young];
    const world = new World(() => sources.shift()!);
    const first = await world.open();
    await old.give(generatedBytes(50), 0);
    const second = await world.open();
    expect(old.disposed).toBe(true);
    const seen = first.all.length;
    await young.give(generatedBytes(7), 0);
    await young.end();
    expect(await second.ended()).toMatchObject({ capture: 2, events: 7 });
    expect(first.all.length - seen).toBeLessThanOrEqual(1);
    expect(first.all.every((update) => update.capture === 1)).toBe(true);
  });

  it('refuses queries that have no answer, with a remedy', async () => {
    const world = fileWorld(generatedBytes(5));
    expect(() => world.session.rows(0, 1)).toThrow('No capture is open.');
    await (await world.open()).ended();
    expect(() => world.session.journey(1_000_000)).toThrow('There is no journey number 1000000');
    await expect(world.session.eventBytes(-1)).rejects.toMatchObject({ code: 'no-such-event' });
  });
});

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

describe('questions of the whole list', () => {
  async function opened(): Promise<World> {
    const world = fileWorld(generatedBytes(6000));
    await (await world.open()).ended();
    return world;
  }
  const listed = async ({ session }: World): Promise<number[]> => [...(await session.rows(0, 1000)).journey];

  it('sort the list, also under a filter and back', async () => {
    const world = await opened();
    const { session } = world;
    const asCame = await listed(world);
    await session.setColumns(['tlv.score', 'journey.events', 'flow']);
    await session.setSort({ field: 'tlv.score', down: true });
    const rows = await session.rows(0, 1000);
    expect(rows.fields).toEqual(['tlv.score', 'journey.events', 'flow']);
    const scores = rows.columns[0]!.filter((text) => text !== '').map(Number);
    expect(scores.length).toBeGreaterThan(10);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
    expect(rows.columns[2]![0]).toMatch(/^(UDP|TCP) .+ > /);
    expect([...rows.journey].sort((a, b) => a - b)).toEqual(asCame);
    expect(await session.rowOf(rows.journey[7]!)).toBe(7);

    await session.setFilter({
      hop: null,
      metadata: null,
      harm: null,
      time: null,
      where: 'tlv.verdict == drop',
    });
    const narrowed = await listed(world);
    const kept = new Set(narrowed);
    expect(narrowed).toEqual([...rows.journey].filter((journey) => kept.has(journey)));
    expect(await session.rowOf(asCame.find((journey) => !kept.has(journey))!)).toBe(-1);
    await session.setSort(null);
    expect(await listed(world)).toEqual(narrowed.sort((a, b) => a - b));
  });

  it('leave the list as it is for a field that the capture does not have', async () => {
    const world = await opened();
    await world.session.setSort({ field: 'tlv.nothing', down: false });
    expect(await listed(world)).toEqual([...(await listed(world))].sort((a, b) => a - b));
  });

  it('of which a later one ends the one before, and no stale one lands', async () => {
    const world = await opened();
    const { session } = world;
    world.slow = true;
    const before = session.groups('tlv.verdict', 10);
    const after = session.groups('hop', 10);
    expect(await before).toBeNull();
    expect((await after)?.field).toBe('hop');
    const first = session.setSort({ field: 'tlv.score', down: false });
    const second = session.setSort({ field: 'journey', down: true });
    await Promise.all([first, second]);
    expect(await listed(world)).toEqual([...(await listed(world))].sort((a, b) => b - a));
  });

  it('tell how far they are, and end when nobody wants them any more', async () => {
    const world = await opened();
    const { session } = world;
    let told: number | null = null;
    let waits = 0;
    world.onYield = () => {
      void session.questionProgress('contrast').then((progress) => (told = progress ?? told));
      if (++waits === 6) void session.endQuestion('contrast');
    };
    await session.fields();
    world.slow = true;
    expect(await session.contrast('state == changed', 20)).toBeNull();
    expect(told).toBeGreaterThan(0);
    expect(told).toBeLessThan(1);
    expect(await session.questionProgress('contrast')).toBeNull();
  });

  it('tell what some have in common against the others, and show the journeys of a group', async () => {
    const { session } = await opened();
    const groups = (await session.groups('tlv.verdict', 10))!;
    const { filter, journeys } = groups.groups[0]!;
    const rows = (await session.groupRows(filter, 3))!;
    expect(rows.count).toBe(3);
    const contrast = (await session.contrast(filter, 30))!;
    expect(contrast.inside).toBe(journeys);
    expect(contrast.inside + contrast.outside).toBe((await session.rows(0, 1000)).count);
    expect(contrast.differences[0]).toMatchObject({ filter, insideShare: 1, outsideShare: 0 });
    expect(await session.contrast('tlv.nothing', 30)).toBeNull();
    expect(await session.groups('time', 10)).toBeNull();
    expect(await session.filterOf('tlv.verdict', 'drop')).toBe('tlv.verdict == drop');
  });
});
