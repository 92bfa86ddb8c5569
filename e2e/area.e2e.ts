/** Lint and budget of the metadata area, on the sample. */
import { expect, it } from 'vitest';
import { StaticPage } from './static-page.ts';

const site = new StaticPage();

it('below the path opens what metadata costs, and what is wrong with it', async () => {
  await site.openSample();
  const { page } = site;
  const pane = page.locator('[data-pane="area"]');
  const head = page.locator('.path-pane .pane-head');
  await head.getByRole('button', { name: 'Budget' }).click();
  const hops = pane.locator('table[aria-label="Bytes of metadata per packet by hop"] tbody tr');
  await hops.first().waitFor();
  const first = await hops.first().locator('td').allTextContents();
  // 28 bytes of 252 at every hop of the sample.
  expect(first.slice(1, 3)).toEqual(['28', '252']);
  const advice = await pane.locator('ul[aria-label="Advice"] li').allTextContents();
  expect(advice.join()).toMatch(/trace_id is unique per packet.*GRO cannot merge/);
  if (process.env.WHITHER_SHOTS !== undefined)
    await page.screenshot({ path: `${process.env.WHITHER_SHOTS}/budget.png` });

  await head.getByRole('button', { name: 'Lint' }).click();
  await pane.locator('[role="status"]').waitFor();
  expect(await pane.locator('[role="status"]').textContent()).toMatch(/^0 of \d+ events with metadata/);
  const note = pane.locator('tr[data-severity="note"]').first();
  expect(await note.textContent()).toContain('misaligned');
  await note.getByRole('button').click();
  await page.locator('.matrix').waitFor();
  if (process.env.WHITHER_SHOTS !== undefined)
    await page.screenshot({ path: `${process.env.WHITHER_SHOTS}/lint.png` });
});
