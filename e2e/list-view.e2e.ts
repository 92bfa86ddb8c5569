/** The list, continued: the row that is chosen is wholly in view, however it was come to and however high the window is. */
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { waitForState } from './look.ts';
import { StaticPage } from './static-page.ts';

const site = new StaticPage();
/** Of a row that is drawn at half a pixel. */
const ROUNDING_PX = 0.6;

interface Cut {
  /** Px of the chosen row under the head, and below the edge; null = it is not drawn at all. */
  readonly above: number;
  readonly below: number;
}

/** What of the chosen row cannot be seen. */
function cutOf(page: Page): Promise<Cut | null> {
  return page.evaluate(() => {
    const row = document.querySelector('.list-row[aria-selected="true"]');
    const list = document.querySelector('.list-scroll');
    const head = document.querySelector('.list-head');
    if (row === null || list === null || head === null) return null;
    const { top, bottom } = row.getBoundingClientRect();
    const edge = list.getBoundingClientRect().top + list.clientTop + list.clientHeight;
    return { above: head.getBoundingClientRect().bottom - top, below: bottom - edge };
  });
}

async function inView(page: Page, what: string): Promise<void> {
  // The row may still be on its way.
  await expect
    .poll(
      async () => {
        const cut = await cutOf(page);
        if (cut === null) return `${what}: not drawn`;
        const { above, below } = cut;
        return above <= ROUNDING_PX && below <= ROUNDING_PX ? '' : `${what}: ${above} above, ${below} below`;
      },
      { timeout: 3000 },
    )
    .toBe('');
}

it('the chosen row is wholly in view by keys, at any height', async () => {
  const { page } = site;
  await page.goto(`${site.url}?source=sample:edge`);
  await waitForState(page, 'done');
  await page.locator('.list-row').first().waitFor();
  for (const height of [600, 777, 1080]) {
    await page.setViewportSize({ width: 1280, height });
    await inView(page, `${height} after the change of height`);
    await page.keyboard.press('2');
    for (const [key, times] of [
      ['End', 1],
      ['ArrowUp', 14],
      ['Home', 1],
      ['ArrowDown', 18],
      ['PageDown', 2],
      ['PageUp', 1],
    ] as const) {
      for (let i = 0; i < times; i++) await page.keyboard.press(key);
      await inView(page, `${height} ${key}`);
    }
  }
});
