/** The link names the capture: opened with another one it says what differs, and keeps what still applies. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Page } from 'playwright-core';
import { launchBrowser } from './browser.ts';
import { waitForState } from './look.ts';
import { cleanPage } from './profile.ts';
import { StaticPage } from './static-page.ts';

const site = new StaticPage();
const sample = (name: string) =>
  readFileSync(path.join(import.meta.dirname, `../public/samples/${name}.pcapng`));
const parameter = (name: string) => new URL(site.page.url()).searchParams.get(name);
const named = () => expect.poll(() => parameter('capture')).not.toBeNull();

describe('a link that names its capture', () => {
  it('by the same digest, whichever way it was opened', async () => {
    await site.openSample();
    await named();
    const ofSample = parameter('capture');
    expect(ofSample).toMatch(/^[\w-]{16}\.\d+\.\d+$/);
    await site.page.goto(site.url);
    await site.drop('any-name.pcapng', sample('edge'));
    await waitForState(site.page, 'done');
    await named();
    expect(parameter('source')).toBeNull();
    expect(parameter('capture')).toBe(ofSample);
    // The link to a file says which, and opens it without a word.
    await site.page.reload();
    await site.page.getByText('about a capture that is not in it').waitFor();
    await site.drop('renamed.pcapng', sample('edge'));
    await waitForState(site.page, 'done');
    await named();
    expect(await site.page.locator('.problem').count()).toBe(0);
  });

  it('opened with another says what is not there, keeps what is, and Back goes on working', async () => {
    const { page } = site;
    await site.openSample();
    await named();
    const link = new URL(page.url());
    link.searchParams.delete('source');
    link.searchParams.set('journey', '987654321');
    link.searchParams.set('where', 'tlv.no_such_type exists');
    const meant = link.searchParams.get('capture');
    await page.goto(link.href);
    await site.drop('forward.pcapng', sample('forward'));
    await waitForState(page, 'done');
    const problem = page.locator('.problem', { hasText: 'made for another capture' });
    await problem.waitFor();
    expect(await problem.textContent()).toContain(
      'Not here: journey 987654321, tlv.no_such_type. Its filter is not in force: There is no field “tlv.no_such_type”.',
    );
    // It is where it was written, underlined, and keeps nothing from the list.
    expect(await page.locator('.filter-host .cm-content').textContent()).toBe('tlv.no_such_type exists');
    expect(await page.locator('.filter-host .cm-lintRange-error').textContent()).toBe('tlv.no_such_type');
    expect(await page.locator('.filter-error').textContent()).toContain('Not in force: There is no field');
    const { listed, journeys } = await page.evaluate(() => globalThis.whither.state.newest!);
    expect([listed, journeys > 0]).toEqual([journeys, true]);
    expect(await page.locator('.list-row').count()).toBeGreaterThan(0);
    await expect.poll(() => parameter('capture')).not.toBe(meant);
    // Above the page: gone, it leaves everything where it was.
    const top = () => page.locator('.list-head').evaluate((head) => head.getBoundingClientRect().top);
    const before = await top();
    await problem.getByRole('button', { name: 'Dismiss' }).click();
    await problem.waitFor({ state: 'detached' });
    expect(await top()).toBe(before);
    await page.keyboard.press('m');
    await expect.poll(() => parameter('meta')).toBe('with');
    await page.goBack();
    await expect.poll(() => parameter('meta')).toBeNull();
    expect(await page.locator('.problem', { hasText: 'made for another capture' }).count()).toBe(0);
  });

  it('opens in a second, clean profile at what its sender saw: packet, matrix, marks, what is open beside the list, the timeline, the hops that times are between', async () => {
    const { page } = site;
    await page.goto(`${site.url}?source=sample:sniffed-flow`);
    await waitForState(page, 'done');
    await page.locator('.list-row').nth(1).click();
    await page.keyboard.press('v');
    await page.locator('.list-row').nth(3).click();
    await page.keyboard.press('v');
    await page.keyboard.press(']');
    await page.keyboard.press('l');
    await page.keyboard.press('d');
    await page.getByRole('button', { name: /^all / }).click();
    await page.getByRole('combobox', { name: 'Values of a TLV over time' }).selectOption('tenant');
    await page.keyboard.press('5');
    await page.keyboard.press('+');
    await expect.poll(() => parameter('zoom')).not.toBeNull();
    await page.getByRole('button', { name: 'Zoom +' }).click();
    await expect.poll(() => parameter('scale')).toBe('1.5');
    const between = page.locator('[data-pane="latency"]');
    await between.locator('.latency-hop').first().selectOption('lab0:tcx/ingress@first');
    await between.locator('.latency-hop').last().selectOption('lab0:nf/local_in');
    await expect
      .poll(() => [parameter('from'), parameter('to')])
      .toEqual(['lab0:tcx/ingress@first', 'lab0:nf/local_in']);
    await expect.poll(() => parameter('open')).toBe('losses,between,matrix');
    expect(parameter('values')).toBe('tenant');
    const shown = (of: Page) =>
      of.evaluate(() => ({
        journey: globalThis.whither.state.detail?.id,
        at: globalThis.whither.state.at,
        bytes: document.querySelector('[data-pane="bytes"]')?.textContent,
        cells: globalThis.whither.state.detail?.rows.map(({ name, cells }) => [name, cells]),
        marks: globalThis.whither.state.marks,
        pathWidth: document.querySelector('.path-drawing')?.getBoundingClientRect().width,
        hops: [...document.querySelectorAll('.latency-hop')].map(
          (one) => (one as HTMLSelectElement).selectedOptions[0]?.text,
        ),
        numbers: document.querySelector('.latency-numbers')?.textContent,
        losses: document.querySelectorAll('.loss-table tbody tr').length,
        between: document.querySelector('.latency-body') !== null,
        matrix: document.querySelectorAll('.shares tr').length,
        from: document.querySelector('.timeline-when')?.getAttribute('title'),
        rows: [...document.querySelectorAll('.timeline-row')].map((row) => row.textContent),
      }));
    await page.locator('.shares').first().waitFor();
    await page.locator('.loss-table').waitFor();
    await page.getByRole('button', { name: 'Whole', exact: true }).waitFor();
    await between.locator('.latency-numbers').waitFor();
    const before = await shown(page);
    const second = await launchBrowser();
    onTestFinished(() => second.close());
    const receiver = await cleanPage(page, second);
    await receiver.page.goto(page.url());
    await waitForState(receiver.page, 'done');
    await expect.poll(() => shown(receiver.page)).toEqual(before);
    expect(receiver.page.url()).toBe(page.url());
    expect(receiver.faults).toEqual([]);
    expect(before.marks).toHaveLength(2);
    expect(before.pathWidth).toBeGreaterThan(1280);
    expect(before.bytes?.length).toBeGreaterThan(0);
    expect(before.hops).toEqual(['lab0:tcx/ingress@first', 'lab0:nf/local_in']);
    expect(before.losses).toBeGreaterThan(0);
    expect(before.matrix).toBeGreaterThan(0);
    // Also with all of it open in a small window there are rows to be read.
    await page.setViewportSize({ width: 1280, height: 720 });
    const seen = () =>
      page.$$eval('.list-row', (rows) => {
        const pane = document.querySelector('[data-pane="list"]')!.getBoundingClientRect();
        const end = Math.min(pane.bottom, innerHeight);
        return rows.filter((row) => row.getBoundingClientRect().bottom <= end).length;
      });
    await expect.poll(seen).toBeGreaterThanOrEqual(5);
  });
});
