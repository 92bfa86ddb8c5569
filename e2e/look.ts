/** What the tests read off the page, in one place: the words a person sees, not the markup. */
import type { Page } from 'playwright-core';
import type { PageState } from '#src/state/store.ts';
import type { WhitherWorker } from '#workers/api.ts';

/** The handle that src/main.tsx gives to the console. */
export interface Handle {
  readonly api: WhitherWorker;
  readonly state: PageState;
}
export const handleOf = () => (globalThis as unknown as { whither: Handle }).whither;

declare global {
  var whither: Handle;
}

const MAX_INSPECT = 4096;

export async function waitForState(page: Page, state: string): Promise<void> {
  await page.locator(`[data-testid="source"][data-state="${state}"]`).waitFor();
}

/** What of the header is printed over something else of it, or beyond the window; its words. */
export async function headerClashes(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const one = '.wordmark, .chip > *, .counts > *, .kept, .button';
    const parts = [...document.querySelectorAll(`.app-header :is(${one})`)]
      .map((element) => ({ text: element.textContent, box: element.getBoundingClientRect() }))
      .filter(({ box }) => box.width > 0);
    const found = parts
      .filter(({ box }) => box.right > innerWidth || box.left < 0)
      .map(({ text }) => `out: ${text}`);
    const below = document.querySelector('.filter-line')?.getBoundingClientRect().top ?? innerHeight;
    for (const { text, box } of parts) if (box.bottom > below + 1) found.push(`over the filter: ${text}`);
    parts.forEach(({ text, box }, i) => {
      for (const other of parts.slice(i + 1)) {
        const across = Math.min(box.right, other.box.right) - Math.max(box.left, other.box.left);
        const down = Math.min(box.bottom, other.box.bottom) - Math.max(box.top, other.box.top);
        if (across > 1 && down > 1) found.push(`${text} × ${other.text}`);
      }
    });
    return found;
  });
}

export interface HopCounts {
  readonly lane: string;
  readonly hop: string;
  readonly packets: number;
  readonly share: string;
}

/** The path's table twin. */
export async function pathTable(page: Page): Promise<readonly HopCounts[]> {
  return page.$$eval('table[aria-label="Path as a table"] tr[data-hop]', (rows) =>
    rows.map((row) => {
      const cells = [...row.children].map((cell) => cell.textContent);
      return { lane: cells[0] ?? '', hop: cells[1] ?? '', packets: Number(cells[2]), share: cells[3] ?? '' };
    }),
  );
}

/** The matrix on screen: TLV name → what its cells say. */
export async function matrix(page: Page): Promise<ReadonlyMap<string, readonly string[]>> {
  const rows = await page.$$eval('.matrix tr[data-row]', (lines) =>
    lines.map((line): [string, string[]] => [
      line.getAttribute('data-row') ?? '',
      [...line.querySelectorAll('td')].map((cell) => cell.textContent),
    ]),
  );
  return new Map(rows);
}

/** Every listed row's text, as the worker has it: what a person would see by scrolling through all of it. */
export async function allRows(page: Page): Promise<readonly string[]> {
  return page.evaluate(async () => {
    const { api, state } = globalThis.whither;
    const listed = state.newest?.listed ?? 0;
    const lines: string[] = [];
    for (let from = 0; from < listed;) {
      const rows = await api.rows(from, Math.min(512, listed - from));
      if (rows.count === 0) break;
      for (let i = 0; i < rows.count; i++) {
        const cells = [...rows.cells.subarray(i * rows.hops, (i + 1) * rows.hops)].join('');
        lines.push(
          [
            `${rows.idHi[i]}:${rows.idLo[i]}`,
            `${rows.timeHi[i]}:${rows.timeLo[i]}`,
            rows.source[i],
            rows.destination[i],
            rows.info[i],
            cells,
            ...rows.tlv.map((column) => column[i]),
          ].join('|'),
        );
      }
      from += rows.count;
    }
    return lines;
  });
}

/** `api.inspect` over everything. */
export async function inspectAll(page: Page): Promise<readonly unknown[]> {
  return page.evaluate(async (step) => {
    const { api } = globalThis.whither;
    const all: unknown[] = [];
    for (;;) {
      const part = await api.inspect(all.length, step);
      all.push(...part);
      if (part.length === 0) return all;
    }
  }, MAX_INSPECT);
}
