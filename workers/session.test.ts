import { describe, expect, it } from 'vitest';
import { sectionBytes, trace, type Seen } from '#core/store/testing/scenario.ts';
import { Fault } from './fault.ts';
import { generatedBytes } from './testing/capture-bytes.ts';
import { ManualSource } from './testing/manual-source.ts';
import { FileSource } from './sources/file.ts';
import { fileWorld, World } from './testing/world.ts';

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
    // The first brings the first rows.
    expect(updates.all[0]!.state).toBe('loading');
    expect(updates.all[0]!.events).toBeGreaterThan(0);
  });

  it('has the first rows in the first update with events, though nobody has asked for rows yet', async () => {
    const source = new ManualSource();
    const world = new World(source);
    const updates = await world.open();
    // Time stands still: what is only due after an interval would not come.
    await source.give(generatedBytes(200).slice(0, 20_000), 0);
    const { rows } = await updates.until((update) => update.events > 0);
    expect(rows).toMatchObject({ from: 0 });
    expect(rows?.count).toBeGreaterThan(0);
    await world.session.cancel();
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
    const { rows, omitted } = (await world.session.lossSummary())!;
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
    const lost = await world.session.pathOf({ filter, rest: false }, 'a');
    const kept = await world.session.pathOf({ filter, rest: true }, 'b');
    expect(lost).toMatchObject({ journeys: 600, edges: [{ from: 0, to: 1, count: 600, withMetadata: 0 }] });
    expect(kept).toMatchObject({ journeys: 300, edges: [{ from: 0, to: 1, count: 300, withMetadata: 300 }] });
    expect(await world.session.matrixOf({ filter, rest: true }, 'a')).toMatchObject({
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
    expect(await world.session.pathOf(wrong, 'a')).toHaveProperty('cause');
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

  it('keeps a filter that waits and cannot be asked: it narrows nothing, and does as soon as it can be asked', async () => {
    const seen = [0, 1, 2].map((us): Seen => ({ hook: 'netif_receive_skb', id: BigInt(us), us }));
    const plainBytes = new Uint8Array(sectionBytes({ schema: null, seen }));
    const captures = [generatedBytes(800), plainBytes, generatedBytes(800)];
    const world = new World(() => new FileSource(new File([captures.shift()!], 'next.pcapng'), null));
    await (await world.open()).ended();
    const where = 'tlv.verdict == drop';
    const filter = { hop: null, metadata: null, harm: null, time: null, where: 'tlv.nothing == 1' };
    expect(await world.session.setFilter(filter, true)).toBeNull();
    expect(await world.session.checkFilter(filter.where)).toMatchObject({ from: 0, to: 11 });
    expect(await world.session.checkFilter(where)).toBeNull();
    const plain = await (await world.open()).ended();
    expect(plain).toMatchObject({ listed: 3, journeys: 3, filterError: { from: 0, to: 11 } });
    // What is typed, and cannot be asked, changes nothing.
    expect(await world.session.setFilter({ ...filter, where })).toHaveProperty('cause');
    expect(await world.session.setFilter({ ...filter, where }, true)).toBeNull();
    const last = await (await world.open()).ended();
    expect(last.filterError).toBeNull();
    expect(last.listed).toBeLessThan(last.journeys);
    expect(last.listed).toBeGreaterThan(0);
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
    // Those that were under way: of the capture as it began, and with its first rows.
    expect(first.all.length - seen).toBeLessThanOrEqual(2);
    expect(first.all.every((update) => update.capture === 1)).toBe(true);
  });

  it('refuses queries that have no answer, with a remedy', async () => {
    const world = fileWorld(generatedBytes(5));
    expect(() => world.session.rows(0, 1)).toThrow('No capture is open.');
    await (await world.open()).ended();
    await expect(world.session.journey(1_000_000)).rejects.toThrow('There is no journey number 1000000');
    await expect(world.session.eventBytes(-1)).rejects.toMatchObject({ code: 'no-such-event' });
  });
});
