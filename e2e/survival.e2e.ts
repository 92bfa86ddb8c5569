/** The survival table, and the recordings behind its cells, as a web host serves them. */
import { expect, it } from 'vitest';
import { pathTable, waitForState } from './look.ts';
import { StaticPage } from './static-page.ts';

const at = new StaticPage();
/** Measured on every kernel there is. */
const CACHED = /^forwarded, IPv4, neighbour cached on .*: clobbered: bytes 14–15 of 16/;

it('a cell is reached by arrow keys, and opens its recording', async () => {
  const { page } = at;
  await page.goto(at.url);
  await page.getByRole('button', { name: 'Open the table' }).click();
  const cells = page.getByRole('button', { name: CACHED });
  await cells.first().waitFor();
  expect(await cells.count()).toBeGreaterThan(1);

  // By Tab there is one of them; the others are arrow keys away.
  expect(await page.locator('.survival button[tabindex="0"]').count()).toBe(1);
  await cells.first().focus();
  await page.keyboard.press('ArrowRight');
  expect(await cells.nth(1).evaluate((cell) => cell === document.activeElement)).toBe(true);
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await waitForState(page, 'done');
  expect(await page.locator('dialog[open]').count()).toBe(0);
  await expect
    .poll(async () => (await pathTable(page)).filter(({ packets }) => packets > 0).length)
    .toBeGreaterThan(3);
});
