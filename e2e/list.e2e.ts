/** The list as a tool: values become filters, columns, order, groups, what some have in common, the palette. */
import { expect, it } from 'vitest';
import { waitForState } from './look.ts';
import { StaticPage } from './static-page.ts';

const site = new StaticPage();

async function openEdge(query = ''): Promise<void> {
  await site.page.goto(`${site.url}?source=sample:edge${query}`);
  await waitForState(site.page, 'done');
  await site.page.locator('[data-text-field][data-filter-field]').waitFor();
}

const parameter = (name: string) => new URL(site.page.url()).searchParams.get(name);
const where = () => expect.poll(() => parameter('where'));
/** The first row on screen whose verdict is pass: "drop" stands in the last column of others too, as what became of them. */
const passed = () =>
  site.page
    .locator('.list-row', { has: site.page.locator('[data-column="4"]', { hasText: /^\s*pass\s*$/ }) })
    .first();
const countText = () => site.page.getByTestId('list-count').textContent();

it('a value becomes a filter by the keyboard, another joins it, Back takes both away', async () => {
  await openEdge();
  const { page } = site;
  await passed().click();
  await page.locator('.list-scroll').focus();
  for (let i = 0; i < 5; i++) await page.keyboard.press('ArrowRight');
  await page.keyboard.press('a');
  const menu = page.getByRole('menu');
  await menu.getByText('tlv.verdict == pass').waitFor();
  await page.keyboard.press('Enter');
  await where().toBe('tlv.verdict == pass');
  await page.getByText('Journeys where at some hop tlv.verdict is pass').waitFor();
  const counted = await countText();

  await page.locator('.list-row').first().locator('[data-column="4"]').click({ button: 'right' });
  await menu.getByRole('menuitem', { name: 'group by tlv.verdict' }).waitFor();
  await page.keyboard.press('Escape');
  await page.locator('.list-row').first().locator('[data-column="7"]').click({ button: 'right' });
  await page
    .getByRole('menu', { name: /^Filter by proto ==/ })
    .getByRole('menuitem', { name: '… and not these' })
    .click();
  await where().toMatch(/^tlv\.verdict == pass && !\(proto == \w+\)$/);
  await page.goBack();
  await where().toBe('tlv.verdict == pass');
  await expect.poll(countText).toBe(counted);
  await page.goBack();
  await where().toBeNull();
});

it('a prepared filter waits for Enter, and the arrow keys bring back those of before', async () => {
  await openEdge();
  const { page } = site;
  await passed().locator('[data-column="4"]').click({ button: 'right' });
  await page
    .getByRole('menu', { name: 'Filter by tlv.verdict == pass' })
    .getByRole('menuitem', { name: 'only these' })
    .click({ modifiers: ['Shift'] });
  await page.getByText('Not in force yet').waitFor();
  expect(parameter('where')).toBeNull();
  await page.keyboard.press('/');
  await page.keyboard.press('Enter');
  await where().toBe('tlv.verdict == pass');
  await page.getByRole('button', { name: 'Clear', exact: true }).click();
  await where().toBeNull();
  await page.keyboard.press('/');
  await page.keyboard.press('ArrowUp');
  await page.getByText('Not in force yet').waitFor();
  await page.keyboard.press('Enter');
  await where().toBe('tlv.verdict == pass');
});

it('columns are chosen, sorted and in the link; the list says so to everybody', async () => {
  await openEdge();
  const { page } = site;
  await page.keyboard.press('i');
  await page.getByRole('textbox', { name: 'Find a field' }).fill('journey.duration');
  await page.locator('.column-add', { hasText: 'journey.duration' }).waitFor();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Escape');
  const head = page.getByRole('columnheader', { name: /^journey\.duration/ });
  await head.click();
  await head.click();
  await expect.poll(() => parameter('sort')).toBe('-journey.duration');
  expect(await head.getAttribute('aria-sort')).toBe('descending');
  const link = page.url();
  await page.goto(link);
  await waitForState(page, 'done');
  await head.waitFor();
  const ns = await page.evaluate(async () => {
    const { api } = globalThis.whither;
    const rows = await api.rows(0, 1000);
    const unit: Record<string, number> = { ns: 1, us: 1e3, ms: 1e6, s: 1e9 };
    return rows.columns[0]!.map((text) => Number.parseFloat(text) * unit[text.replace(/^[\d.]+/, '')]!);
  });
  expect(ns.length).toBeGreaterThan(100);
  expect(ns).toEqual([...ns].sort((a, b) => b - a));
  expect(new URL(link).searchParams.getAll('col')).toContain('journey.duration');
});

it('groups by a field show their journeys and filter by them', async () => {
  await openEdge();
  const { page } = site;
  // The palette comes when all is typed.
  let allTyped = () => {};
  const typed = new Promise<void>((resolve) => (allTyped = resolve));
  await page.route(/\/Palette-[^/]*\.js$/, async (route) => {
    await typed;
    await route.continue();
  });
  await page.keyboard.press('g');
  await page.keyboard.type('tlv.verdict');
  allTyped();
  await page.getByRole('option', { name: 'group by tlv.verdict' }).waitFor();
  await page.keyboard.press('Enter');
  const table = page.getByRole('table', { name: 'Journeys by tlv.verdict' });
  await table.waitFor();
  const rows = table.locator('tr[data-group]');
  const counted = await table.locator('tr[data-group="0"] td').first().textContent();
  // The first group has the focus, without a key that goes there.
  await expect
    .poll(() => page.evaluate(() => document.activeElement?.closest('tr')?.getAttribute('data-group')))
    .toBe('0');
  await page.keyboard.press('ArrowDown');
  expect(await page.evaluate(() => document.activeElement?.closest('tr')?.getAttribute('data-group'))).toBe(
    '1',
  );
  await page.keyboard.press('ArrowUp');
  if (process.env.WHITHER_SHOTS !== undefined)
    await page.screenshot({ path: `${process.env.WHITHER_SHOTS}/groups-focus.png` });
  await page.keyboard.press('ArrowRight');
  await table.locator('.group-journeys button').first().waitFor();
  expect(await rows.count()).toBeGreaterThan(1);
  expect(parameter('group')).toBe('tlv.verdict');
  // A link opens with them: they are asked for when there is something to group.
  await page.reload();
  await table.waitFor();
  expect(await page.locator('.problem').count()).toBe(0);
  const value = await rows.first().locator('.group-value').textContent();
  await rows.first().locator('.group-value').click();
  await where().toBe(`tlv.verdict == ${value ?? ''}`);
  await expect.poll(countText).toMatch(new RegExp(`^${Number.parseInt(counted ?? '', 10)} of `));
  await expect
    .poll(() =>
      page.evaluate(() => document.activeElement?.closest('[data-pane]')?.getAttribute('data-pane')),
    )
    .toBe('list');
});

it('what dropped packets have in common is found, and filters', async () => {
  await openEdge(`&where=${encodeURIComponent('drop')}`);
  const { page } = site;
  await page.keyboard.press('h');
  const rows = page.getByRole('table', { name: 'What they have in common' }).locator('tbody tr:has(td)');
  await rows.first().waitFor();
  const first = rows.first();
  expect(await first.locator('td').first().textContent()).toMatch(/^100 %/);
  const filter = (await first.locator('button').getAttribute('title'))?.split('\n')[0];
  await first.locator('button').click();
  await where().toBe(`drop && ${filter ?? ''}`);
});

it('marks and a note survive a filter, and are a filter themselves', async () => {
  await openEdge();
  const { page } = site;
  await page.locator('.list-row').nth(2).click();
  const id = await page.locator('.list-row').nth(2).locator('[data-column="1"]').textContent();
  await page.keyboard.press('n');
  await page.getByRole('textbox', { name: 'Note' }).fill('look here');
  await page.getByRole('button', { name: 'Keep the note' }).click();
  await page.keyboard.press('/');
  await page.keyboard.type('journey > 100000');
  await where().toBe('journey > 100000');
  await page.getByText('look here').waitFor();
  await page.getByRole('button', { name: /1 marked/ }).click();
  await where().toBe(`journey in {${(id ?? '').trim()}}`);
  await expect.poll(() => page.locator('.list-row[data-marked="true"]').count()).toBe(1);
  await page.waitForFunction(() => globalThis.whither.state.notesKept === 'kept');
  await page.reload();
  await waitForState(page, 'done');
  await page.getByText('look here').waitFor();
  expect(await page.evaluate(() => globalThis.whither.state.marks.map(({ note }) => note))).toEqual([
    'look here',
  ]);
});

it('the palette finds an action, a hop and a field by name', async () => {
  await openEdge();
  const { page } = site;
  await page.keyboard.press(':');
  const text = page.getByRole('combobox', { name: 'What to do' });
  await text.fill('theme');
  await text.fill('hop edge0:tcx/ingress@first');
  await page.keyboard.press('Enter');
  await expect.poll(() => parameter('hop')).toBe('edge0:tcx/ingress@first');
  await page.keyboard.press(':');
  await text.fill('system, light, dark');
  await page.keyboard.press('Enter');
  await expect.poll(() => page.evaluate(() => globalThis.whither.state.theme)).toBe('light');
});
