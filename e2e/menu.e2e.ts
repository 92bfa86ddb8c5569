/** The menu of a value on what is drawn: stops of the path, and times and values of the timeline; by pointer and by keys. */
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { waitForState } from './look.ts';
import { StaticPage } from './static-page.ts';

const site = new StaticPage();

async function openFlow(): Promise<Page> {
  const { page } = site;
  await page.goto(`${site.url}?source=sample:sniffed-flow`);
  await waitForState(page, 'done');
  await page.locator('[data-text-field][data-filter-field]').waitFor();
  await page.locator('.callout').first().waitFor();
  return page;
}

const whereOf = () => expect.poll(() => new URL(site.page.url()).searchParams.get('where'));
const listed = () => site.page.getByTestId('list-count').textContent();

it('a cause, a band and a hop of the path have it, each with what it asks for', async () => {
  const page = await openFlow();
  const menu = page.getByRole('menu');
  const head = menu.locator('.value-menu-head');
  await page.locator('.callout-lost').click({ button: 'right' });
  await head.filter({ hasText: 'state == lost' }).waitFor();
  await head.filter({ hasText: 'cause == expandHeadByProgram' }).waitFor();
  if (process.env['WHITHER_SHOTS'] !== undefined)
    await page.screenshot({ path: `${process.env['WHITHER_SHOTS']}/menu-path.png` });
  await menu.getByRole('menuitem', { name: 'not these' }).first().click();
  await whereOf().toMatch(/^!\(any\(hop == .*state == lost.*\)\)$/);
  await expect.poll(listed).toContain('48 of 64');
  await page.goBack();

  await page.locator('.path-segment').first().click({ button: 'right' });
  await head.filter({ hasText: /^any\(hop == .*\) && any\(hop == / }).waitFor();
  await page.keyboard.press('Escape');
  await page.locator('.station-button[aria-label*="netif_receive_skb"]').first().click({ button: 'right' });
  await head.filter({ hasText: /^hop == "lab0:netif_receive_skb"/ }).waitFor();
  await menu.getByRole('menuitem', { name: 'what do these have in common?' }).waitFor();
  // The browser's own, where somebody wants that.
  await page.keyboard.press('Escape');
  await menu.waitFor({ state: 'detached' });
});

it('the path has it by keys, and the focus comes back', async () => {
  const page = await openFlow();
  await page.keyboard.press('1');
  const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? '');
  // On to a hook that is observed: the others ask for nothing.
  for (let step = 0; step < 12 && !(await focused()).includes('netif_receive_skb'); step++)
    await page.keyboard.press('ArrowRight');
  const before = await focused();
  for (const key of ['a', 'ContextMenu', 'Shift+F10']) {
    await page.keyboard.press(key);
    await page.locator('.value-menu-head').filter({ hasText: 'hop == ' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('menu').waitFor({ state: 'detached' });
    expect([key, await focused()]).toEqual([key, before]);
  }
  await page.keyboard.press('a');
  await page.locator('.value-menu-head').waitFor();
  await page.keyboard.press('Shift+Enter');
  await page.getByText('Not in force yet').waitFor();
});

it('a time of the timeline has it, the brush as a whole, and in a row what that counts', async () => {
  const page = await openFlow();
  const head = page.locator('.value-menu-head');
  const box = (await page.locator('.timeline-box').boundingBox())!;
  await page.mouse.click(box.x + box.width / 2, box.y + 15, { button: 'right' });
  await head.filter({ hasText: /^time in \S+Z\.\.\S+Z$/ }).waitFor();
  await page.keyboard.press('Escape');
  // The row of losses, where it has some: the second half.
  const row = page.locator('.timeline-row', { hasText: 'metadata lost' });
  const { y, height } = (await row.boundingBox())!;
  await page.mouse.move(box.x + box.width * 0.9, y + height / 2);
  await page.mouse.click(box.x + box.width * 0.9, y + height / 2, { button: 'right' });
  await head.filter({ hasText: /^any\(state == lost && time in / }).waitFor();
  if (process.env['WHITHER_SHOTS'] !== undefined)
    await page.screenshot({ path: `${process.env['WHITHER_SHOTS']}/menu-time.png` });
  await page.keyboard.press('Escape');
  await row.click({ button: 'right' });
  await head.filter({ hasText: /^state == lost$/ }).waitFor();
  await page.keyboard.press('Escape');

  await page.keyboard.press('5');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Shift+ArrowRight');
  await page.keyboard.press('Shift+F10');
  await head.filter({ hasText: /^time in / }).waitFor();
  await page.keyboard.press('Enter');
  await whereOf().toMatch(/^time in /);
  expect(await page.getByRole('menu').count()).toBe(0);
});

it('a value over time has the menu of that value', async () => {
  const page = await openFlow();
  await page.getByLabel('Values of a TLV over time').selectOption({ index: 1 });
  const row = page.locator('button.timeline-row[data-field^="tlv."]').first();
  await row.waitFor();
  await row.click({ button: 'right' });
  await page
    .locator('.value-menu-head')
    .filter({ hasText: /^tlv\.\w+ == / })
    .waitFor();
  await page.getByRole('menuitem', { name: 'only these' }).click();
  await whereOf().toMatch(/^tlv\./);
});
