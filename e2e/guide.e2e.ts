/** The guide: offered once, walked by keys, read by a screen reader, and to be had again. */
import { expect, it } from 'vitest';
import { waitForState } from './look.ts';
import { StaticPage } from './static-page.ts';

const site = new StaticPage();

it('is offered on the first visit, walks from pane to pane by keys, and comes back only when it is asked for', async () => {
  const { page } = site;
  await page.goto(site.url);
  await page.getByRole('button', { name: 'Show me around' }).click();
  await waitForState(page, 'done');
  const dialog = page.getByRole('dialog', { name: 'Path: where' });
  await dialog.waitFor();
  const described = await dialog.getAttribute('aria-describedby');
  expect(await page.locator(`[id="${described}"]`).textContent()).toContain('Hooks of the kernel');
  // The ring is around the pane that is spoken of, once that is there and has its size.
  const around = async (selector: string) => {
    const [pane, ring] = await Promise.all([
      page.locator(selector).boundingBox(),
      page.locator('.guide-ring').boundingBox(),
    ]);
    const off = (['x', 'y', 'width', 'height'] as const).map((of) =>
      Math.abs((pane?.[of] ?? NaN) - (ring?.[of] ?? NaN)),
    );
    return Math.max(...off) < 1;
  };
  await expect.poll(() => around('[data-pane="path"]')).toBe(true);
  const heading = () => page.getByRole('dialog').getByRole('heading').textContent();
  await page.keyboard.press('Enter');
  expect(await heading()).toBe('Journeys: which');
  await expect.poll(() => around('[data-pane="list"]')).toBe(true);
  await page.keyboard.press('ArrowRight');
  expect(await heading()).toMatch(/^Journey: /);
  await page.keyboard.press('ArrowLeft');
  expect(await heading()).toBe('Journeys: which');
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });

  // What is open stays open, and the page has its keys again.
  await page.keyboard.press('x');
  await page.getByTestId('list-count').filter({ hasText: '16 of 64' }).waitFor();
  await page.goto(site.url);
  await page.locator('[data-sample]').first().waitFor();
  expect(await page.getByRole('button', { name: 'Show me around' }).count()).toBe(0);

  // From the help, and to its end.
  await page.keyboard.press('?');
  await page.getByRole('dialog').getByRole('button', { name: 'Show me around' }).click();
  await page.getByRole('dialog', { name: 'Path: where' }).waitFor();
  for (let i = 0; i < 4; i++) await page.keyboard.press('Enter');
  expect(await heading()).toBe('Filter: ask');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
});
