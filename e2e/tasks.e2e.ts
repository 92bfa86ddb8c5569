/** The tasks people come with, from the start screen, each in under ten interactions. */
import { expect, it } from 'vitest';
import { waitForState } from './look.ts';
import { StaticPage } from './static-page.ts';

const site = new StaticPage();
const MAX_INTERACTIONS = 9;

/** Every click and every key of a task goes through here. */
class Hands {
  #used = 0;

  async do(act: () => Promise<unknown>): Promise<void> {
    this.#used++;
    expect(this.#used).toBeLessThanOrEqual(MAX_INTERACTIONS);
    await act();
  }
}

it('which packets lost trace_id, at which hop and by what', async () => {
  const { page } = site;
  const hands = new Hands();
  await page.goto(site.url);
  await hands.do(() => page.locator('[data-sample="sniffed"]').click());
  await waitForState(page, 'done');
  await hands.do(() => page.keyboard.press('l'));
  const row = page.locator('.loss-table tbody tr', { hasText: 'trace_id' });
  await row.waitFor();
  const cells = await row.locator('th, td').allTextContents();
  expect(cells[0]).toMatch(/tcx\/ingress@after:write_packet#/);
  expect(cells[1]).toBe('lost');
  expect(cells[2]).toContain('pskb_expand_head');
  expect(cells[5]).toBe('2');
});
