/** Captures of two hosts, and two of one host, in one page: side by side. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { sectionBytes } from '#core/store/testing/scenario.ts';
import { waitForState } from './look.ts';
import { StaticPage, type DroppedFile } from './static-page.ts';

const PUBLIC = path.join(import.meta.dirname, '../public');
const HERE = readFileSync(path.join(PUBLIC, 'samples/forward.pcapng'));
const OLDEST = readdirSync(path.join(PUBLIC, 'survival')).find((release) => release.startsWith('6.1.'))!;
const THERE = gunzipSync(readFileSync(path.join(PUBLIC, 'survival', OLDEST, 'forward.pcapng.gz')));

/** Both of one host and one device: in the second a program makes room in the packet, and metadata is gone behind it. */
const GOOD = readFileSync(path.join(PUBLIC, 'samples/two-writers.pcapng'));
const SAMPLE_BAD = path.join(PUBLIC, 'samples/sniffed.pcapng');
const BAD = readFileSync(SAMPLE_BAD);
const AGENT = path.join(PUBLIC, '../dist/agent/whither.mjs');

const site = new StaticPage();

/** Of the row of a hop in the path as a table. */
const cellsOf = (hop: string): Promise<string[]> =>
  site.page.locator(`tr[data-hop="${hop}"] td`).allTextContents();

/** What is open, with a file that is dropped for it. */
async function compareWith(name: string, bytes: Uint8Array): Promise<void> {
  const { page } = site;
  await page.getByRole('button', { name: 'Compare…' }).click();
  await page.getByLabel('Sides to begin with').selectOption({ label: 'Another capture…' });
  await page.getByLabel('Address of the other capture, or a link').waitFor();
  await site.drop(name, bytes);
}

/** The link to what is open, once it names both files. */
async function addressOfTwo(): Promise<string> {
  const { page } = site;
  await expect.poll(() => new URL(page.url()).searchParams.getAll('file').length).toBe(2);
  return page.url();
}

/** A link to files, on a page with nothing open; and the files, when it has said that it is about them. */
async function openNamed(
  address: string,
  files: readonly DroppedFile[],
  said = /This link is about captures that are not in it/,
): Promise<void> {
  const { page } = site;
  await page.goto('about:blank');
  await page.goto(address);
  await page.getByText(said).waitFor();
  await site.dropAll(files);
}

describe('two captures', () => {
  it('that are dropped together are two hosts, and stand on one path when they are compared', async () => {
    const { page } = site;
    await site.openFiles([
      ['here.pcapng', HERE],
      ['there.pcapng', THERE],
    ]);
    await page.locator('[data-testid="source"]', { hasText: 'here.pcapng + there.pcapng' }).waitFor();
    const hosts = await page.evaluate(() => [
      ...new Set(globalThis.whither.state.newest!.hops.map(({ host }) => host)),
    ]);
    expect(hosts).toHaveLength(2);

    const rows = page.locator('tr[data-hop]');
    const apart = await page.evaluate(() => globalThis.whither.state.newest!.hops.length);
    await expect.poll(() => rows.count()).toBe(apart);
    await page.getByRole('button', { name: 'Compare…' }).click();
    await page.getByLabel('Sides to begin with').selectOption({ label: `${hosts[0]} and ${hosts[1]}` });
    // Both sides at one and the same hop; and one that the older kernel did not observe.
    await expect
      .poll(() => cellsOf('in0:tcx/ingress@first'))
      .toEqual(['Rx', '2', '100 %', '', '2', '100 %', '', '0']);
    expect(await cellsOf('in0:nf/prerouting')).toEqual(['Rx', '2', '100 %', '', 'not observed', '', '', '–']);
    expect(await rows.count()).toBeLessThan(apart);
    await page.getByRole('button', { name: 'all 4' }).click();
    for (const side of ['A', 'B']) {
      await page
        .getByRole('region', { name: side, exact: true })
        .getByRole('grid', { name: /^2 journeys/ })
        .waitFor();
    }
    expect(new URL(page.url()).searchParams.get('a')).toBe(`host == "${hosts[0]}"`);
  });

  it('of one host are two files on one path, and the hop that differs says so', async () => {
    const { page } = site;
    await site.openFiles([
      ['good.pcapng', GOOD],
      ['bad.pcapng', BAD],
    ]);
    const recordings = await page.evaluate(() => [
      ...new Set(globalThis.whither.state.newest!.hops.map(({ host, file }) => `${host} ${file}`)),
    ]);
    expect(recordings).toEqual(['vm bad.pcapng', 'vm good.pcapng']);
    const rows = page.locator('tr[data-hop]');
    await page.getByRole('button', { name: 'Compare…' }).click();
    const sides = page.getByLabel('Sides to begin with');
    expect(await sides.locator('option').nth(1).textContent()).toBe('bad.pcapng and good.pcapng');
    await expect.poll(() => new URL(page.url()).searchParams.get('a')).toBe('file == "bad.pcapng"');
    await expect
      .poll(() => cellsOf('lab0:nf/prerouting'))
      .toEqual(['Rx', '2', '0 %', '', '2', '100 %', '', '100']);
    expect(await cellsOf('lab0:tcx/ingress@first')).toEqual(['Rx', '2', '100 %', '', '2', '100 %', '', '0']);
    const [program] = await rows.filter({ hasText: 'write_packet' }).all();
    expect(await program!.locator('td').allTextContents()).toEqual(
      expect.arrayContaining([expect.stringMatching(/2 lost/), 'not observed']),
    );
    await page.getByRole('button', { name: 'all 8' }).click();
    for (const side of ['A', 'B']) {
      await page
        .getByRole('region', { name: side, exact: true })
        .getByRole('grid', { name: /journeys/ })
        .waitFor();
    }
  });

  it('by their addresses are compared from the palette, and the link of that opens both', async () => {
    const { page } = site;
    await page.goto(`${site.url}?source=url:/samples/two-writers.pcapng`);
    await waitForState(page, 'done');
    await page.keyboard.press(':');
    await page.keyboard.type('compare with another');
    await page.keyboard.press('Enter');
    const other = page.getByLabel('Address of the other capture, or a link');
    await other.fill('sniffed.pcapng');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').filter({ hasText: 'not an http or https address' }).waitFor();
    await other.fill(`${site.url}?source=url:/samples/sniffed.pcapng&journey=2`);
    await page.keyboard.press('Enter');

    const cells = () => cellsOf('lab0:nf/prerouting');
    const differs = ['Rx', '2', '100 %', '', '2', '0 %', '', '-100'];
    await expect.poll(cells).toEqual(differs);
    const link = () => new URL(page.url()).searchParams;
    await expect.poll(() => link().getAll('file').length).toBe(2);
    expect(link().getAll('source')).toEqual([
      'url:/samples/two-writers.pcapng',
      'url:/samples/sniffed.pcapng',
    ]);
    expect([link().get('a'), link().get('b')]).toEqual([
      'file == "two-writers.pcapng"',
      'file == "sniffed.pcapng"',
    ]);
    const address = page.url();

    // Back is what was open, and whoever gets the link sees what was compared.
    await page.goBack();
    await expect.poll(() => link().getAll('source')).toEqual(['url:/samples/two-writers.pcapng']);
    await page.locator('[data-testid="source"] h1', { hasText: /^two-writers.pcapng$/ }).waitFor();
    await page.goto('about:blank');
    await page.goto(address);
    await waitForState(page, 'done');
    await expect.poll(cells).toEqual(differs);
    await expect.poll(() => page.url()).toBe(address);
    expect(await page.locator('.problem').count()).toBe(0);
  });

  it('from files are named in the link, which says what to drop', async () => {
    const { page } = site;
    await site.openFiles([['good.pcapng', GOOD]]);
    await compareWith('bad.pcapng', BAD);
    const cells = () => cellsOf('lab0:nf/prerouting');
    const differs = ['Rx', '2', '100 %', '', '2', '0 %', '', '-100'];
    await expect.poll(cells).toEqual(differs);
    const address = await addressOfTwo();

    // Known again by what is in them.
    await openNamed(
      address,
      [
        ['good (1).pcapng', GOOD],
        ['a.pcapng', BAD],
      ],
      /This link is about captures that are not in it: bad\.pcapng \(.*\) and good\.pcapng/,
    );
    await expect.poll(cells).toEqual(differs);
    expect(await page.locator('.problem').count()).toBe(0);
    expect(page.url()).toBe(address);
  });

  it('of which one is a share in a page, and a share of both is the same comparison', async () => {
    const { page } = site;
    await site.openFiles([['good.pcapng', GOOD]]);
    const share = execFileSync(process.execPath, [AGENT, 'share', '--html', SAMPLE_BAD], {
      stdio: ['ignore', 'pipe', 'ignore'],
      maxBuffer: 64 * 1024 * 1024,
    });
    await page.keyboard.press(':');
    await page.keyboard.type('compare with another');
    await page.keyboard.press('Enter');
    await page.getByLabel('Address of the other capture, or a link').waitFor();
    await site.drop('share.html', share);
    const nf = () => page.locator('tr[data-hop$=":nf/prerouting"] td').allTextContents();
    const differs = ['Rx', '2', '100 %', '', '2', '0 %', '', '-100'];
    await expect.poll(nf).toEqual(differs);

    await page.keyboard.press('u');
    await page.getByRole('button', { name: /Make it, and see/ }).click();
    await page.getByTestId('share-made').waitFor();
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download page (HTML)' }).click();
    // As what it is, a page is opened by its name.
    const file = `${await (await download).path()}.html`;
    await (await download).saveAs(file);
    await page.goto(`file://${file}`);
    await expect.poll(nf).toEqual(differs);
    expect(await page.evaluate(() => globalThis.whither.state.link.compare)).toEqual({
      a: 'file == file1',
      b: 'file == file2',
    });
    expect(await page.content()).not.toContain('good.pcapng');
  });

  it('of which one is a share of two captures are compared, and so they are in a share of all', async () => {
    const { page } = site;
    await site.openFiles([
      ['acme-good.pcapng', GOOD],
      ['acme-bad.pcapng', BAD],
    ]);
    const share = async (button: string): Promise<Buffer> => {
      await page.keyboard.press('u');
      await page.getByRole('button', { name: /Make it, and see/ }).click();
      await page.getByTestId('share-made').waitFor();
      const download = page.waitForEvent('download');
      await page.getByRole('button', { name: button }).click();
      return readFileSync(await (await download).path());
    };
    const ofBoth = await share('Download pcapng');

    await site.openFiles([['good.pcapng', GOOD]]);
    await compareWith('acme-share.pcapng', ofBoth);
    await waitForState(page, 'done');
    // Side B is both of them: one stands at the hops of A, and the other beside it.
    const seen = () =>
      page
        .locator('tr[data-hop*=":netif_receive_skb"]')
        .evaluateAll((rows) =>
          rows.map((row) => [1, 4].map((at) => row.querySelectorAll('td')[at]!.textContent)),
        );
    const both = [
      ['2', '2'],
      ['0', '2'],
    ];
    await expect.poll(seen).toEqual(both);
    const link = () => page.evaluate(() => globalThis.whither.state.link.compare);
    expect(await link()).toEqual({ a: 'file == "good.pcapng"', b: 'file == "acme-share.pcapng"' });
    const files = await page.evaluate(() => [
      ...new Set(globalThis.whither.state.newest!.hops.map(({ file }) => file)),
    ]);
    expect(files).toEqual(['acme-share.pcapng/file1', 'acme-share.pcapng/file2', 'good.pcapng']);

    const whole = (await share('Download page (HTML)')).toString();
    expect(whole).not.toContain('acme');
    const file = path.join(mkdtempSync(path.join(tmpdir(), 'whither-together-')), 'share.html');
    writeFileSync(file, whole);
    await page.goto(`file://${file}`);
    await expect.poll(seen).toEqual(both);
    expect(await link()).toEqual({ a: 'file == file4', b: 'file == file1' });
  });

  it('that are two parts of one recording are one when they are opened, and two when they are compared', async () => {
    const { page } = site;
    const [early, late] = [0, 7].map((segment) =>
      sectionBytes({ segment, seen: [{ hook: 'netif_receive_skb', id: 1n, us: segment }] }),
    );
    const parts = async () =>
      page.evaluate(() => {
        const { hops, journeys } = globalThis.whither.state.newest!;
        return [journeys, ...new Set(hops.map(({ file }) => file))];
      });
    const both: DroppedFile[] = [
      ['early.pcapng', early!],
      ['late.pcapng', late!],
    ];
    await site.openFiles(both);
    expect(await parts()).toEqual([1, 'early.pcapng']);

    await site.openFiles([['late.pcapng', late!]]);
    await compareWith('early.pcapng', early!);
    const cells = () => cellsOf('eth0:netif_receive_skb');
    const each = ['Rx', '1', '0 %', '', '1', '0 %', '', '0'];
    await expect.poll(cells).toEqual(each);
    expect(await parts()).toEqual([2, 'early.pcapng', 'late.pcapng']);
    const address = await addressOfTwo();

    await openNamed(address, both);
    await expect.poll(cells).toEqual(each);
    expect(page.url()).toBe(address);
  });

  it('of which the first was cut off are both there, which says so, and so does whoever opens the link', async () => {
    const { page } = site;
    const cut = BAD.subarray(0, BAD.length - 10);
    const both: DroppedFile[] = [
      ['bad.pcapng', cut],
      ['good.pcapng', GOOD],
    ];
    await site.openFiles(both);
    const said = page.locator('.problem', { hasText: 'bad.pcapng ends in the middle of a block' });
    await said.waitFor();
    await page.getByRole('button', { name: 'Compare…' }).click();
    const cells = () => cellsOf('lab0:nf/prerouting');
    const differs = ['Rx', '2', '0 %', '', '2', '100 %', '', '100'];
    await expect.poll(cells).toEqual(differs);
    const address = await addressOfTwo();
    await openNamed(address, both);
    await expect.poll(cells).toEqual(differs);
    await said.waitFor();
    expect(page.url()).toBe(address);
  });

  it('of which one is no pcapng are refused with a way out', async () => {
    const { page } = site;
    await page.goto(site.url);
    await site.dropAll([
      ['here.pcapng', HERE],
      ['notes.txt', new TextEncoder().encode('nothing')],
    ]);
    await page.locator('.problem', { hasText: 'notes.txt is no pcapng' }).waitFor();
  });
});
