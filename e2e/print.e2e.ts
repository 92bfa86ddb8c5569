/** The list on paper: all of its rows up to a limit, and else how many of how many. */
import { expect, it } from 'vitest';
import { plainPcap } from './captures.ts';
import { allRows, waitForState } from './look.ts';
import { StaticPage } from './static-page.ts';

const site = new StaticPage();

/** What the sheets would have of the list while the page prints; `pdf` waits for it. */
const onPaper = () =>
  site.page.evaluate(() => ({
    journeys: [...document.querySelectorAll('.list-row > [data-column="1"]')].map((cell) =>
      cell.textContent.trim(),
    ),
    said: document.querySelector('.list-printed')?.textContent ?? '',
    light: document.documentElement.dataset['theme'] === 'light',
    asked: document.body.dataset['asked'],
  }));

/** The browser asks nobody here: it says when it is asked, and is done when the page is made a PDF. */
async function listenForPrint(): Promise<void> {
  await site.page.evaluate(() => {
    globalThis.print = () => {
      document.body.dataset['asked'] = String(document.querySelectorAll('.list-row').length);
    };
  });
}

/** The sheets as the browser makes them. */
async function sheets(): Promise<number> {
  const pdf = await site.page.pdf({ format: 'A4', landscape: true });
  return pdf.toString('latin1').match(/\/Type \/Page\b/g)?.length ?? 0;
}

const asked = () => expect.poll(async () => (await onPaper()).asked);

it('by the key: the rows of a long list up to the limit, how many of how many, and then the page is as it was', async () => {
  const { page } = site;
  await page.goto(site.url);
  await site.drop('plain.pcap', plainPcap(1500));
  await waitForState(page, 'done');
  await page.locator('.list-row').first().waitFor();
  await listenForPrint();
  const before = await onPaper();
  expect([before.journeys.length < 200, before.light]).toEqual([true, false]);
  await page.keyboard.press('e');
  await asked().toBe('1000');
  const { journeys, said, light } = await onPaper();
  expect([journeys[0], journeys.at(-1), new Set(journeys).size, light]).toEqual(['1', '1000', 1000, true]);
  expect(said).toContain('1 to 1,000 of 1,500 journeys: no more are printed.');
  // 1,000 rows are not on a sheet or two.
  expect(await sheets()).toBeGreaterThan(15);
  await expect.poll(async () => (await onPaper()).journeys.length).toBeLessThan(200);
  expect((await onPaper()).light).toBe(false);
});

it('at the foot of the page: all rows that the filter passes, in their order, wherever the list is scrolled to', async () => {
  const { page } = site;
  await page.goto(`${site.url}?source=sample:edge&meta=with&sort=-time`);
  await waitForState(page, 'done');
  await page.locator('.list-row').first().waitFor();
  await page.locator('.list-scroll').focus();
  await page.keyboard.press('End');
  await expect
    .poll(() => page.locator('.list-scroll').evaluate((list) => list.scrollTop))
    .toBeGreaterThan(500);
  await listenForPrint();
  await page.locator('.status-bar').getByRole('button', { name: 'print' }).click();
  const listed = (await allRows(page)).map((row) => /^0:(\d+)/.exec(row)?.[1]);
  expect(listed.length).toBeGreaterThan(60);
  await asked().toBe(String(listed.length));
  const { journeys, said } = await onPaper();
  expect(journeys).toEqual(listed);
  expect(said).toBe('');
  expect(await sheets()).toBeGreaterThan(3);
});

it('by the browser’s own command: what was at hand, said so, with the way to more', async () => {
  await site.openSample();
  await site.page.locator('.list-row').first().waitFor();
  // Behind the sheets the list is laid out anew, and may have asked for more rows by the time somebody looks.
  await site.page.evaluate(() => {
    addEventListener('beforeprint', () => {
      const rows = document.querySelectorAll('.list-row').length;
      document.body.dataset['asked'] =
        `${rows} ${document.querySelector('.list-printed')?.textContent ?? ''}`;
    });
  });
  await sheets();
  const { asked: seen = '' } = await onPaper();
  expect(seen).toMatch(/^\d+ 1 to \d+ of 218 journeys: what was at hand\. For more, “print” at the foot/);
  expect(Number.parseInt(seen, 10)).toBeLessThan(200);
});
