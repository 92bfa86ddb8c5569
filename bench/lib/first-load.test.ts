import { expect, it } from 'vitest';
import { firstLoad } from './first-load.ts';
import { summarize } from './stats.ts';
import { table } from './table.ts';

it('the first load is the page and all that it names, scripts, styles and the worker, each once', () => {
  const files: Record<string, string> = {
    'index.html':
      '<link href="./icon.svg"><script src="./assets/index-1.js"></script><a href="https://x.test/a.js">',
    'icon.svg': '<svg/>',
    'assets/index-1.js':
      'new Worker(new URL("/assets/worker-2.js", import.meta.url));import"./chunk-3.js";"no/such.js"',
    'assets/worker-2.js': 'import{a}from"./chunk-3.js"',
    'assets/chunk-3.js': 'p(()=>import("./later-4.js"),["./later-4.js"])',
    'assets/later-4.js': 'asked for by a click',
    'samples/big.js': 'never named',
  };
  expect(firstLoad((file) => files[file] ?? null)).toEqual([
    'index.html',
    'icon.svg',
    'assets/index-1.js',
    'assets/worker-2.js',
    'assets/chunk-3.js',
  ]);
});

it('runs are summed up by the best and the middle one', () => {
  expect(summarize([3, 1, 2])).toEqual({ best: 1, median: 2, all: [3, 1, 2] });
  expect(summarize([4, 1, 2, 3]).median).toBe(2.5);
  expect(() => summarize([])).toThrow('nothing was measured');
});

it('a table lines up names to the left and numbers to the right', () => {
  expect(
    table([
      ['', 's'],
      ['whither', '1.5'],
      ['x', '10.0'],
    ]),
  ).toBe('            s\nwhither   1.5\nx        10.0');
});
