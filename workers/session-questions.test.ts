import { describe, expect, it } from 'vitest';
import { GENERATED_SCHEMA } from '#core/pcapng/testing/generate-capture.ts';
import { generatedBytes } from './testing/capture-bytes.ts';
import { fileWorld, World } from './testing/world.ts';

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

  it('are of the filter and the order asked for last, whichever comes while the other is under way', async () => {
    const world = await opened();
    const { session } = world;
    const filter = { hop: null, metadata: null, harm: null, time: null };
    await session.setFilter({ ...filter, where: 'tlv.verdict == drop' });
    const drops = await listed(world);
    await session.setFilter({ ...filter, where: '' });
    const all = (await listed(world)).length;
    expect(drops.length).toBeLessThan(all);
    world.slow = true;
    const filtered = session.setFilter({ ...filter, where: 'tlv.verdict == drop' });
    await Promise.resolve();
    const sorted = session.setSort({ field: 'journey', down: true });
    await Promise.all([filtered, sorted]);
    expect(await listed(world)).toEqual([...drops].sort((a, b) => b - a));

    const json = JSON.stringify({ ...GENERATED_SCHEMA, name: 'the same' });
    const read = session.setSchema(json);
    const again = session.setFilter({ ...filter, where: 'tlv.verdict != drop' });
    await Promise.all([read, again]);
    const kept = await listed(world);
    expect(kept).toEqual([...kept].sort((a, b) => b - a));
    expect(kept.length).toBe(all - drops.length);
  });

  it('about everything end with their capture; of a comparison each side is asked for itself', async () => {
    const world = await opened();
    const { session } = world;
    world.slow = true;
    const filter = { hop: null, metadata: null, harm: null, time: null, where: 'tlv.verdict == drop' };
    const one = session.pathOf({ filter, rest: false }, 'a');
    const other = session.pathOf({ filter, rest: true }, 'b');
    const later = session.pathOf({ filter: { ...filter, where: '' }, rest: false }, 'a');
    expect(await one).toBeNull();
    expect(await other).toHaveProperty('journeys');
    expect(await later).toHaveProperty('journeys');
    // The same answer for whoever asks: nobody's ends another's.
    const [first, second] = await Promise.all([session.lossSummary(), session.lossSummary()]);
    expect(first).toEqual(second);
    expect(first).not.toBeNull();
    // Of another list it is another question.
    const ofAll = session.lossSummary();
    await session.setFilter({ ...filter, where: 'tlv.verdict == pass' });
    expect(await ofAll).toBeNull();
    const ended = [session.lossSummary(), session.budget(), session.matrixOf({ filter, rest: false }, 'a')];
    const reread = session.setSchema('');
    expect(await Promise.all(ended)).toEqual([null, null, null]);
    await reread;
    const closed = session.lintSummary();
    await world.open();
    expect(await closed).toBeNull();
  });

  it('are ended also before their code is there', async () => {
    const { session } = await opened();
    const contrast = session.contrast('', 20);
    await session.endQuestion('contrast');
    expect(await contrast).toBeNull();
    // Also one that is answered in a single step.
    const rows = session.groupRows('', 3);
    await session.endQuestion('groupRows');
    expect(await rows).toBeNull();
    expect((await session.groupRows('', 3))?.count).toBe(3);
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
