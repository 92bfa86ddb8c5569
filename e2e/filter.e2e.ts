/** The filter line, on the sample: typing, completion, errors, the link. */
import { expect, it } from 'vitest';
import { waitForState } from './look.ts';
import { StaticPage } from './static-page.ts';

const site = new StaticPage();

/** Journeys in the list, when it is that of this expression. */
async function listed(where: string): Promise<number> {
  await site.page.waitForFunction((text) => globalThis.whither.state.link.where === text, where);
  return site.page.evaluate(async () => {
    const { api, state } = globalThis.whither;
    await api.setFilter({ hop: null, metadata: null, harm: null, time: null, where: state.link.where });
    return (await api.rows(0, 1000)).count;
  });
}

it('what is written narrows the list, and one that cannot be asked leaves it and says why', async () => {
  await site.openSample();
  const { page } = site;
  const field = page.getByRole('textbox', { name: 'Filter' });
  const all = await page.evaluate(() => globalThis.whither.state.newest?.journeys ?? 0);
  await page.locator('[data-text-field][data-filter-field]').waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('tlv.verdict == drop');
  const dropped = await listed('tlv.verdict == drop');
  expect(dropped).toBeGreaterThan(0);
  expect(dropped).toBeLessThan(all);
  await page.getByText(`${dropped} of`, { exact: false }).first().waitFor();
  expect(new URL(page.url()).searchParams.get('where')).toBe('tlv.verdict == drop');
  if (process.env.WHITHER_SHOTS !== undefined)
    await page.screenshot({ path: `${process.env.WHITHER_SHOTS}/filter.png` });

  // The letters of a filter are none of the page's keys.
  await field.press('End');
  await page.keyboard.type(' && tlv.verdct');
  const said = page.locator('.filter-error');
  await said.filter({ hasText: 'Did you mean “tlv.verdict”?' }).waitFor();
  expect(await listed('tlv.verdict == drop')).toBe(dropped);
  if (process.env.WHITHER_SHOTS !== undefined)
    await page.screenshot({ path: `${process.env.WHITHER_SHOTS}/filter-error.png` });

  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await said.filter({ hasText: /^$/ }).waitFor({ state: 'attached' });
  await page.getByRole('button', { name: 'Clear', exact: true }).click();
  expect(await listed('')).toBe(all);
});

it('the editor comes while somebody types, who goes on with the same letters', async () => {
  const { page } = site;
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  await page.route('**/assets/editor-*.js', async (route) => {
    await released;
    await route.continue();
  });
  await site.openSample();
  await page.keyboard.press('/');
  await page.keyboard.type('len > 0');
  await page.keyboard.press('ArrowLeft');
  release();
  await page.locator('[data-text-field][data-filter-field]').waitFor();
  await page.keyboard.type('4');
  await page.waitForFunction(() => globalThis.whither.state.link.where === 'len > 40');
});

it('values that the capture has are offered, and a link opens with its filter', async () => {
  const { page } = site;
  await page.goto(`${site.url}?source=sample:edge&where=tlv.verdict%20%3D%3D%20drop`);
  await waitForState(page, 'done');
  expect(await listed('tlv.verdict == drop')).toBeGreaterThan(0);
  const field = page.getByRole('textbox', { name: 'Filter' });
  await page.locator('[data-text-field][data-filter-field]').waitFor();
  await field.press('End');
  for (let i = 0; i < 'drop'.length; i++) await page.keyboard.press('Backspace');
  await page.keyboard.press('Control+Space');
  const options = page.locator('[data-text-field] [role="option"]');
  await options.first().waitFor();
  expect((await options.allTextContents()).join()).toMatch(/pass\d+ events/);
  if (process.env.WHITHER_SHOTS !== undefined)
    await page.screenshot({ path: `${process.env.WHITHER_SHOTS}/filter-values.png` });
  await page.getByLabel('Questions to begin with').selectOption({ label: 'Which were dropped?' });
  expect(await listed('drop')).toBeGreaterThan(0);
});
