/**
 * The page against the pictures of docs/tour.md. One that is otherwise on purpose is made anew by `npm run tour`, and looked
 * at before it is committed.
 */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import pixelmatch from 'pixelmatch';
import type { Browser } from 'playwright-core';
import { PNG } from 'pngjs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchBrowser, openPage } from './browser.ts';
import { serveStatic, type StaticHost } from './static.ts';
import { PLAIN_LETTERS, SHOTS, take, tourMarkdown } from './tour.ts';

const DOCS = fileURLToPath(new URL('../docs', import.meta.url));
/** Of colour, 0…1: what the palette of the pictures leaves out, and smoothed edges, are less. */
const THRESHOLD = 0.2;
/** Of all pixels; a word more or less is above it. */
const MAX_OTHERS = 0.0005;

let browser: Browser;
let site: StaticHost;
beforeAll(async () => {
  browser = await launchBrowser(PLAIN_LETTERS);
  site = await serveStatic();
});
afterAll(async () => {
  await browser.close();
  await site.close();
});

it('says of each picture what it answers', () => {
  expect(readFileSync(path.join(DOCS, 'tour.md'), 'utf8')).toBe(tourMarkdown());
});

it.for(SHOTS)('$name is as in its picture', async (shot, { skip }) => {
  const kept = PNG.sync.read(readFileSync(path.join(DOCS, 'images', 'tour', `${shot.name}.png`)));
  const watched = await openPage(browser);
  const seen = await take(watched.page, site.url, shot);
  await watched.close();
  expect(watched.faults).toEqual([]);
  if (seen === null) return skip('the fonts of the pictures are not on this machine (fonts-dejavu-core)');
  const { width, height } = kept;
  expect([seen.width, seen.height]).toEqual([width, height]);
  const difference = new PNG({ width, height });
  const others = pixelmatch(kept.data, seen.data, difference.data, width, height, { threshold: THRESHOLD });
  if (others <= MAX_OTHERS * width * height) return;
  const folder = mkdtempSync(path.join(tmpdir(), 'whither-tour-'));
  writeFileSync(path.join(folder, `${shot.name}.png`), PNG.sync.write(seen));
  writeFileSync(path.join(folder, `${shot.name}-difference.png`), PNG.sync.write(difference));
  expect.fail(`${others} pixels are others: ${folder}; if that is on purpose, npm run tour -- ${shot.name}`);
});
