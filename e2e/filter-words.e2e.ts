/** What the page says of a filter: all of its parts, what the capture cannot have, and what is offered while one types. */
import { expect, it } from 'vitest';
import { waitForState } from './look.ts';
import { StaticPage } from './static-page.ts';

const site = new StaticPage();

async function open(query: string): Promise<void> {
  await site.page.goto(`${site.url}?source=sample:sniffed-flow${query}`);
  await waitForState(site.page, 'done');
  await site.page.locator('[data-text-field][data-filter-field]').waitFor();
}

const said = () => site.page.locator('.filter-said');
const options = () => site.page.locator('[data-text-field] [role="option"]');

async function shot(name: string): Promise<void> {
  if (process.env.WHITHER_SHOTS !== undefined)
    await site.page.screenshot({ path: `${process.env.WHITHER_SHOTS}/${name}.png` });
}

it('no list of completions comes behind the Enter that asked, however quickly one types', async () => {
  await open('');
  const { page } = site;
  for (const delay of [0, 15, 30, 120]) {
    const clear = page.getByRole('button', { name: 'Clear', exact: true });
    if (await clear.isVisible()) await clear.click();
    await page.keyboard.press('/');
    await page.keyboard.type('proto == UDP', { delay });
    await page.keyboard.press('Enter');
    await page.waitForFunction(
      () =>
        document.activeElement?.closest('[data-pane="list"]') !== null &&
        document.activeElement !== document.body,
    );
    // Longer than a completion waits for the next letter.
    await page.waitForTimeout(500);
    expect(await options().count()).toBe(0);
    expect(new URL(page.url()).searchParams.get('where')).toBe('proto == UDP');
  }
  await shot('completion-gone');
});

it('hops are offered by the names that the path has', async () => {
  await open('');
  const { page } = site;
  await page.keyboard.press('/');
  await page.keyboard.type('hop == "gro');
  await options().first().waitFor();
  await expect.poll(async () => (await options().allTextContents())[0]).toMatch(/^"GRO in"/);
  await shot('completion-hops');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Enter');
  await expect.poll(() => new URL(page.url()).searchParams.get('where')).toBe('hop == "GRO in"');
});

it('a hop that is not there, and one that was not observed, are said of a filter that is in force', async () => {
  await open(`&where=${encodeURIComponent('lost_at == "tcx ingres"')}`);
  await said().getByText('No hop here is called “tcx ingres”. Did you mean "tcx ingress"?').waitFor();
  await shot('doubt-hop');
  const { page } = site;
  await page.getByRole('button', { name: 'Clear', exact: true }).click();
  await page.keyboard.press('/');
  await page.keyboard.type('latency("xdp", "tcx ingress") > 1us && port == 99999');
  await said()
    .getByText(/“xdp” was not observed here\. .*There is no port 99999\./)
    .waitFor();
  await shot('doubt-latency');
});

it('what is clicked is in the sentence as well as what is written', async () => {
  await open('&harm=lost');
  await said().getByText('Journeys with metadata lost', { exact: true }).waitFor();
  const { page } = site;
  const hop = await page.evaluate(
    () => globalThis.whither.state.places.find(({ label }) => label === 'local in')?.name ?? '',
  );
  const query = new URLSearchParams({ hop, where: 'journey < 41' });
  await open(`&${query.toString()}`);
  await said()
    .getByText('Journeys seen at local in, and where journey is less than 41', { exact: true })
    .waitFor();
  await shot('sentence');
  // One that cannot be asked says by what the list is narrowed meanwhile.
  await page.keyboard.press('/');
  await page.keyboard.press('End');
  await page.keyboard.type(' && tcp.port');
  await said()
    .getByText(/Did you mean “port”\? In force still: journey < 41/)
    .waitFor();
  await shot('error-in-force');
});

it('a time that is brushed is in the sentence, as counted from the first event', async () => {
  await open('');
  const { page } = site;
  const first = await page.evaluate(() => globalThis.whither.state.calm?.timeline.startNs ?? '0');
  const instant = (ms: number) =>
    `${new Date(Number(BigInt(first) / 1_000_000_000n) * 1000).toISOString().slice(0, 19)}.${String((BigInt(first) % 1_000_000_000n) + BigInt(ms * 1e6)).padStart(9, '0')}Z`;
  await open(`&time=${instant(10)}..${instant(150)}`);
  await said().getByText('Journeys with an event from 10ms to 150ms', { exact: true }).waitFor();
  await shot('sentence-time');
});

it('who it was stands in the first line of what became of the metadata', async () => {
  await open('&harm=lost');
  const { page } = site;
  await page.locator('.list-row').first().click();
  const verdict = page.locator('.verdict-text');
  await verdict
    .filter({ hasText: /^Metadata lost by mark_dscp#\d+: pskb_expand_head for a TC program, between/ })
    .waitFor();
  // Within its one line.
  const seen = await verdict.evaluate((element) => {
    const range = document.createRange();
    const text = element.firstChild!;
    range.setStart(text, 0);
    range.setEnd(text, element.textContent.indexOf(': pskb'));
    const [who, box] = [range.getBoundingClientRect(), element.getBoundingClientRect()];
    return who.bottom <= box.bottom + 1 && who.right < box.right;
  });
  expect(seen).toBe(true);
  await shot('verdict');
});

it('what journeys have in common is told with when they began', async () => {
  await open('&harm=lost');
  const { page } = site;
  await page.keyboard.press('h');
  const row = page.getByRole('row', { name: /^time from 123ms on 100 % 16/ });
  await row.waitFor();
  await shot('common-time');
  await row.getByRole('button').click();
  await expect.poll(() => new URL(page.url()).searchParams.get('where')).toBe('!(time < 123ms)');
  await expect.poll(() => page.getByTestId('list-count').textContent()).toBe('16 of 64');
});

it('Back goes through the sides that were chosen, one at a time', async () => {
  await open('');
  const { page } = site;
  await page.getByRole('button', { name: 'Compare…' }).click();
  const sides = page.getByLabel('Sides to begin with');
  await sides.selectOption({ label: 'First and second half' });
  const b = page.getByLabel('B: journeys that pass');
  await expect
    .poll(() => page.locator('.compare-side').allTextContents())
    .toEqual(['A28 journeys', 'B36 journeys']);
  await sides.selectOption({ label: 'Delivered and dropped' });
  await expect.poll(() => b.inputValue()).toBe('drop');
  await shot('compare');
  await page.goBack();
  const a = page.getByLabel('A: journeys that pass');
  await expect.poll(() => a.inputValue()).toMatch(/^time < /);
  await page.goBack();
  await expect.poll(() => a.inputValue()).toMatch(/^meta/);
});

it('hooks that are missing for one reason are told together, in a box that ends by Esc and a click elsewhere', async () => {
  await open('');
  const { page } = site;
  await page.setViewportSize({ width: 1280, height: 720 });
  const button = page.getByRole('button', { name: /missing: why\?/ });
  const box = page.locator('.status-pop');
  await button.click();
  await box.waitFor();
  await shot('missing');
  const reasons = await box.locator('p').allTextContents();
  expect(new Set(reasons.map((text) => text.slice(0, text.indexOf(':')))).size).toBe(reasons.length);
  expect(reasons.length).toBeLessThan(9);
  const { top, bottom } = await box.evaluate((element) => element.getBoundingClientRect());
  expect(top).toBeGreaterThan(0);
  expect(bottom).toBeLessThan(720);
  await page.keyboard.press('Escape');
  await box.waitFor({ state: 'hidden' });
  await button.press('Enter');
  await box.waitFor();
  await page.mouse.click(640, 300);
  await box.waitFor({ state: 'hidden' });
  // In a low window it is scrolled.
  await page.setViewportSize({ width: 1280, height: 180 });
  await button.click();
  expect((await box.boundingBox())?.y).toBeGreaterThan(0);
});
