/** `npm run tour [NAME…]`: makes docs/images/tour/*.png and docs/tour.md from the built page (e2e/tour.ts). */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { launchBrowser, openPage } from '../../e2e/browser.ts';
import { serveStatic } from '../../e2e/static.ts';
import { PLAIN_LETTERS, SHOTS, take, tourMarkdown } from '../../e2e/tour.ts';
import { ROOT } from '../lib/run.mjs';
import { indexedPng } from './indexed-png.ts';

const IMAGES = path.join(ROOT, 'docs', 'images', 'tour');
/** Larger pictures make the repository slow to fetch. */
const MAX_BYTES = 200_000;
const names = process.argv.slice(2);
const browser = await launchBrowser(PLAIN_LETTERS);
const site = await serveStatic();
try {
  mkdirSync(IMAGES, { recursive: true });
  for (const shot of SHOTS.filter(({ name }) => names.length === 0 || names.includes(name))) {
    const watched = await openPage(browser);
    const picture = await take(watched.page, site.url, shot);
    await watched.close();
    if (picture === null)
      throw new Error('the fonts of the pictures are missing: apt-get install fonts-dejavu-core');
    if (watched.faults.length > 0) throw new Error(`${shot.name}: ${watched.faults.join('; ')}`);
    const bytes = indexedPng(picture);
    if (bytes.length > MAX_BYTES) {
      throw new Error(`${shot.name}.png has ${bytes.length} bytes, over ${MAX_BYTES}`);
    }
    writeFileSync(path.join(IMAGES, `${shot.name}.png`), bytes);
    console.log(`${shot.name}.png ${bytes.length} bytes`);
  }
  writeFileSync(path.join(ROOT, 'docs', 'tour.md'), tourMarkdown());
} finally {
  await browser.close();
  await site.close();
}
