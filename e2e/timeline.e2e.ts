/** The timeline: its brush is a filter that the link has and Back undoes; everything is possible with the keyboard. */
import { describe, expect, it } from 'vitest';
import { StaticPage } from './static-page.ts';

const at = new StaticPage();

const listed = (): Promise<number> => at.page.evaluate(() => globalThis.whither.state.newest?.listed ?? 0);
const time = (): Promise<string | null> =>
  at.page.evaluate(() => new URLSearchParams(location.search).get('time'));

/** What the table twin says: the header, and the sums of its columns. */
async function table(): Promise<ReadonlyMap<string, number>> {
  return new Map(
    await at.page.$$eval('table[aria-label="Timeline as a table"]', ([found]) => {
      const names = [...found!.querySelectorAll('thead th')].map((cell) => cell.textContent);
      const rows = [...found!.querySelectorAll('tbody tr')].map((row) => [...row.children]);
      return names
        .slice(1)
        .map((name, i): [string, number] => [
          name,
          rows.reduce((sum, cells) => sum + Number(cells[i + 1]?.textContent ?? 0), 0),
        ]);
    }),
  );
}

async function drag(from: number, to: number): Promise<void> {
  const box = await at.page.locator('.timeline-box').boundingBox();
  const x = (share: number): number => box!.x + share * box!.width;
  await at.page.mouse.move(x(from), box!.y + 20);
  await at.page.mouse.down();
  await at.page.mouse.move(x((from + to) / 2), box!.y + 22);
  await at.page.mouse.move(x(to), box!.y + 22);
  await at.page.mouse.up();
}

describe('the timeline', () => {
  it('has every event in its table, and a brush narrows the list to what was seen in it; Back takes it away', async () => {
    await at.openSample();
    const all = await listed();
    const events = await at.page.evaluate(() => globalThis.whither.state.newest?.events);
    await expect.poll(async () => (await table()).get('events')).toBe(events);

    await drag(0.25, 0.5);
    await expect.poll(time).toMatch(/^\d{4}-\d\d-\d\dT.*Z\.\.\d{4}.*Z$/);
    await expect.poll(listed).toBeLessThan(all);
    const chosen = await listed();
    expect(chosen).toBeGreaterThan(0);
    // The same question in the language has the same answer.
    const written = await at.page.evaluate(async () => {
      const { api, state } = globalThis.whither;
      const where = `time in ${new URLSearchParams(location.search).get('time')}`;
      await api.setFilter({ hop: null, metadata: null, harm: null, time: null, where });
      const rows = await api.rows(0, 1000);
      await api.setFilter({ hop: null, metadata: null, harm: null, time: state.link.time, where: '' });
      return rows.count;
    });
    expect(written).toBe(chosen);
    await expect.poll(async () => (await table()).get('of journeys that pass the filter')).toBeGreaterThan(0);

    await at.page.goBack();
    await expect.poll(time).toBeNull();
    await expect.poll(listed).toBe(all);
    await at.page.goForward();
    await expect.poll(listed).toBe(chosen);
    await at.page.getByRole('button', { name: /^only/ }).click();
    await expect.poll(listed).toBe(all);
  });

  it('is worked with the keyboard alone', async () => {
    await at.openSample();
    const all = await listed();
    await at.page.keyboard.press('5');
    await expect
      .poll(() => at.page.evaluate(() => document.activeElement?.className))
      .toContain('timeline-box');
    await at.page.keyboard.press('ArrowRight');
    await at.page.keyboard.press('ArrowRight');
    for (let i = 0; i < 8; i++) await at.page.keyboard.press('Shift+ArrowRight');
    await expect.poll(time).not.toBeNull();
    await expect.poll(listed).toBeLessThan(all);
    const first = await time();
    await at.page.keyboard.press('ArrowRight');
    await expect.poll(time).not.toBe(first);
    await at.page.keyboard.press('z');
    await at.page.getByRole('button', { name: 'Whole' }).waitFor();
    // Escape takes back the time, then the zoom.
    await at.page.keyboard.press('Escape');
    await expect.poll(time).toBeNull();
    await expect.poll(listed).toBe(all);
    await at.page.keyboard.press('Escape');
    await at.page.getByRole('button', { name: 'Whole' }).waitFor({ state: 'detached' });
  });

  it('zooms by wheel with Ctrl, counts what is in view, and shows values of a TLV that filter', async () => {
    await at.openSample();
    const events = await at.page.evaluate(() => globalThis.whither.state.newest?.events ?? 0);
    const box = (await at.page.locator('.timeline-box').boundingBox())!;
    await at.page.mouse.move(box.x + box.width / 2, box.y + 20);
    await at.page.keyboard.down('Control');
    await at.page.mouse.wheel(0, -500);
    await at.page.keyboard.up('Control');
    await at.page.getByRole('button', { name: 'Whole' }).waitFor();
    await expect.poll(async () => (await table()).get('events') ?? 0).toBeLessThan(events);
    await at.page.getByRole('button', { name: 'Whole' }).click();

    await at.page.getByLabel('Values of a TLV over time').selectOption('verdict');
    await expect.poll(async () => [...(await table()).keys()]).toContain('verdict drop');
    await at.page.getByRole('button', { name: /^drop / }).click();
    await expect
      .poll(() => at.page.evaluate(() => globalThis.whither.state.link.where))
      .toBe('tlv.verdict == drop');
  });

  it('opens a link with a time on what was seen then', async () => {
    await at.openSample();
    await drag(0.1, 0.4);
    await expect.poll(time).not.toBeNull();
    const [text, chosen] = [await time(), await listed()];
    await at.page.goto(`${at.url}?source=sample:edge&time=${text}`);
    await expect.poll(listed).toBe(chosen);
  });
});

describe('the time between two hops', () => {
  it('is measured of the list, and a range of it filters by keyboard and by pointer', async () => {
    await at.openSample();
    await at.page.keyboard.press('d');
    const pane = at.page.locator('[data-pane="latency"]');
    await pane.locator('dt', { hasText: 'p50' }).waitFor();
    const rows = await pane.locator('table[aria-label="Histogram as a table"] tbody tr').count();
    expect(rows).toBeGreaterThan(2);
    const journeys = Number(
      await pane.locator('dl > div', { hasText: 'journeys' }).locator('dd').textContent(),
    );
    await pane.locator('.latency-bars').focus();
    await at.page.keyboard.press('ArrowRight');
    await at.page.keyboard.press('Shift+ArrowRight');
    await at.page.keyboard.press('Enter');
    const where = (): Promise<string> => at.page.evaluate(() => globalThis.whither.state.link.where);
    await expect.poll(where).toMatch(/^latency\("edge0:.*", "edge0:.*"\) in [\w.]+$/);
    await expect.poll(listed).toBeLessThan(journeys);
    const of = await listed();
    await expect
      .poll(async () => pane.locator('dl > div', { hasText: 'journeys' }).locator('dd').textContent())
      .toBe(String(of));
  });
});
