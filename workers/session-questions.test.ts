import { describe, expect, it } from 'vitest';
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
