/**
 * Filters over a capture that is open in Chromium: how long until the list is theirs, what the page's main thread and another question
 * have to wait meanwhile, and that an answer which was overtaken never lands.
 */
import { FILE_INPUT, VIEWPORT, type BuiltPage } from './built-page.ts';
import type { CaptureFile } from './capture-file.ts';
import { mainThread, watchMainThread } from './main-thread.ts';
import { UnwatchedPage } from './unwatched-page.ts';

const LOAD_TIMEOUT_MS = 180_000;

export interface FilterInPage {
  readonly filter: string;
  readonly journeys: number;
  /** From the call to the answer. */
  readonly ms: number;
  /** The longest that another question, asked again and again meanwhile, was waited for. */
  readonly othersWaitMs: number;
}

export interface FiltersInPage {
  readonly filters: readonly FilterInPage[];
  /** Of the main thread, while all of them were asked. */
  readonly longestTaskMs: number;
}

/** Throws when a filter that was overtaken by the next one is what the list shows. */
export async function filterInPage(
  built: BuiltPage,
  file: CaptureFile,
  filters: readonly string[],
): Promise<FiltersInPage> {
  const page = await UnwatchedPage.open(built.browser, built.url, VIEWPORT);
  try {
    await page.waitFor(FILE_INPUT);
    await page.chooseFile(FILE_INPUT, file.path);
    const options = { timeout: LOAD_TIMEOUT_MS, polling: 200 };
    await page.waitForFunction(() => globalThis.whither.state.newest?.state === 'done', undefined, options);
    await watchMainThread(page);
    const asked: FilterInPage[] = [];
    for (const filter of filters) asked.push(await page.evaluate(askOne, filter));
    const { longestTaskMs } = await mainThread(page);
    for (const [i, { filter, journeys }] of asked.entries()) {
      const overtaken = filters[(i + 1) % filters.length]!;
      const listed = await page.evaluate(askTwo, [overtaken, filter] as const);
      if (listed.some((count) => count !== journeys)) {
        throw new Error(`${overtaken} landed behind ${filter}: ${listed.join(', ')} for ${journeys}`);
      }
    }
    return { filters: asked, longestTaskMs };
  } finally {
    await page.close();
  }
}

/** In the page. */
async function askOne(where: string): Promise<FilterInPage> {
  const { api } = globalThis.whither;
  const before = globalThis.whither.state.newest?.generation ?? 0;
  const asked = { answered: false };
  let othersWaitMs = 0;
  const startedAt = performance.now();
  const asking = api.setFilter({ hop: null, metadata: null, harm: null, time: null, where });
  const others = (async () => {
    while (!asked.answered) {
      const askedAt = performance.now();
      await api.rowOf(0);
      othersWaitMs = Math.max(othersWaitMs, performance.now() - askedAt);
    }
  })();
  const error = await asking;
  const ms = performance.now() - startedAt;
  asked.answered = true;
  await others;
  if (error !== null) throw new Error(error.cause);
  while (globalThis.whither.state.newest?.generation === before) await new Promise(requestAnimationFrame);
  return { filter: where, journeys: globalThis.whither.state.newest?.listed ?? -1, ms, othersWaitMs };
}

/** In the page: the second is asked while the first is not answered. Returns what is listed then, in a number of frames. */
async function askTwo([first, second]: readonly [string, string]): Promise<readonly number[]> {
  const { api } = globalThis.whither;
  const filterOf = (where: string) => ({ hop: null, metadata: null, harm: null, time: null, where });
  const before = globalThis.whither.state.newest?.generation ?? 0;
  const overtaken = api.setFilter(filterOf(first));
  await api.rowOf(0);
  await Promise.all([overtaken, api.setFilter(filterOf(second))]);
  while (globalThis.whither.state.newest?.generation === before) await new Promise(requestAnimationFrame);
  const listed: number[] = [];
  for (let frame = 0; frame < 12; frame++) {
    await new Promise(requestAnimationFrame);
    listed.push(globalThis.whither.state.newest?.listed ?? -1);
  }
  return listed;
}
