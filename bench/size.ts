/**
 * `npm run bench -- size`: gzipped bytes of the page's first load: index.html, everything it names, and what
 * those scripts load by themselves at start (imports, the worker). Needs a built page (`npm run build`).
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { firstLoad } from './lib/first-load.ts';
import { table } from './lib/table.ts';

const PAGE = path.join(path.dirname(path.dirname(fileURLToPath(import.meta.url))), 'dist', 'page');
const GOAL_BYTES = 250_000;

export function main(): Promise<void> {
  if (!existsSync(path.join(PAGE, 'index.html'))) {
    throw new Error('dist/page is not there: npm run build makes it.');
  }
  const rows = [['', 'bytes', 'gzipped']];
  let total = 0;
  for (const file of firstLoad((name) => readIfThere(path.join(PAGE, name)))) {
    const bytes = readFileSync(path.join(PAGE, file));
    const gzipped = gzipSync(bytes).length;
    total += gzipped;
    rows.push([file, String(bytes.length), String(gzipped)]);
  }
  rows.push(['first load', '', String(total)]);
  console.log(table(rows));
  console.log(`goal ≤ ${GOAL_BYTES} B gzipped: ${total <= GOAL_BYTES ? 'met' : 'NOT met'}`);
  console.log(JSON.stringify({ bench: 'size', page_gzip_bytes: total }));
  return Promise.resolve();
}

function readIfThere(file: string): string | null {
  return existsSync(file) ? readFileSync(file, 'utf8') : null;
}
