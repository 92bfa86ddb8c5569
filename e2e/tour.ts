/**
 * The tour: pictures of the real page on the samples, each with the question that it answers. scripts/tour/run.ts writes them and
 * docs/tour.md, tour.e2e.ts holds the page against them.
 */
import type { Page } from 'playwright-core';
import { PNG } from 'pngjs';
import { waitForState } from './look.ts';

export interface Shot {
  /** Of its file, without the ending. */
  readonly name: string;
  /** What it answers, one sentence. */
  readonly says: string;
  /** null = the start screen. */
  readonly sample: string | null;
  /** More of the link. */
  readonly query?: Readonly<Record<string, string>>;
  readonly width: 1280 | 1920;
  readonly height: 720 | 1080;
  readonly dark: boolean;
  /** From there on, as a person does it; resolves when what is to be seen is there. */
  readonly act?: (page: Page) => Promise<unknown>;
}

const SMALL = { width: 1280, height: 720 } as const;
const LARGE = { width: 1920, height: 1080 } as const;

/** Of Chromium: letters without coloured fringes are the same on every screen. */
export const PLAIN_LETTERS = ['--disable-lcd-text'];

/** The fonts of the pictures: where there are others, nothing is compared. */
const FONTS = { words: 'DejaVu Sans', bytes: 'DejaVu Sans Mono' } as const;

export const SHOTS: readonly Shot[] = [
  {
    name: 'start',
    says: 'Four ways to bytes: this host, a file, a sample with a question, a URL.',
    sample: null,
    ...SMALL,
    dark: false,
  },
  {
    name: 'path',
    says: 'Where do packets go, where do they carry metadata, and where does it come to harm, by which cause?',
    sample: 'edge',
    ...LARGE,
    dark: false,
  },
  {
    name: 'damage',
    says: 'Which hop loses which TLV, by which function of the kernel, on behalf of which program?',
    sample: 'sniffed-flow',
    ...SMALL,
    dark: false,
    act: async (page) => {
      await page.keyboard.press('l');
      await page.locator('.loss-table tbody tr', { hasText: 'trace_id' }).getByRole('button').click();
      await page.getByTestId('list-count').filter({ hasText: '16 of 64' }).waitFor();
    },
  },
  {
    name: 'compare',
    says: 'Where do the packets that keep their metadata and those that lose it part?',
    sample: 'sniffed-flow',
    query: { compare: '1', a: '!(state in {lost, clobbered, suspect, unreadable})' },
    ...SMALL,
    dark: true,
    act: (page) => page.locator('.station.differs').first().waitFor(),
  },
  {
    name: 'common',
    says: 'What do the packets that lost metadata have in common, that others have not?',
    sample: 'sniffed-flow',
    query: { harm: 'lost' },
    ...SMALL,
    dark: false,
    act: async (page) => {
      await page.keyboard.press('h');
      await page.locator('.common-scroll tbody tr').first().waitFor();
    },
  },
  {
    name: 'timeline',
    says: 'Since when? The chosen time is a filter, and a TLV has its values drawn over time.',
    sample: 'edge',
    query: { time: '' },
    ...SMALL,
    dark: true,
    act: async (page) => {
      await page.getByLabel('Values of a TLV over time').selectOption('verdict');
      await page.locator('.timeline-box').focus();
    },
  },
  {
    name: 'journey',
    says: 'What happened to this one packet: each TLV at each hop, through area, tap, map and socket?',
    sample: 'taps',
    query: { journey: '21', at: '3' },
    ...LARGE,
    dark: true,
    act: (page) => page.locator('.matrix').waitFor(),
  },
  {
    name: 'bytes',
    says: 'Which bytes: the metadata in its headroom to scale, and byte by byte what the router changed?',
    sample: 'forward',
    query: { journey: '11', at: '7' },
    ...LARGE,
    dark: false,
    act: async (page) => {
      await page.getByTestId('diff-with').selectOption('hop -1');
      await page.locator('.matrix').waitFor();
    },
  },
  {
    name: 'filter',
    says: 'Which packets? One language for fields, TLVs and journeys, completed with the values seen and how often.',
    sample: 'edge',
    ...SMALL,
    dark: false,
    act: async (page) => {
      await page.keyboard.press('/');
      await page.keyboard.type('journey.has("lost") || tlv.verdict == ');
      await page.keyboard.press('Control+Space');
      await page.locator('[data-text-field] [role="option"]').first().waitFor();
    },
  },
  {
    name: 'groups',
    says: 'How many of which? The list by any field, with counts, shares and the first journeys of each.',
    sample: 'edge',
    query: { group: 'tlv.verdict' },
    ...SMALL,
    dark: true,
    act: (page) => page.locator('.group-table tbody tr').first().waitFor(),
  },
  {
    name: 'latency',
    says: 'How long from one hop to another, for how many, and since when?',
    sample: 'edge',
    ...LARGE,
    dark: false,
    act: async (page) => {
      await page.keyboard.press('d');
      await page.locator('.latency-bar').first().waitFor();
    },
  },
  {
    name: 'schema',
    says: 'What do the bytes mean? What is loaded is decoded anew as you type, and a framing is proposed from the bytes.',
    sample: 'edge',
    ...SMALL,
    dark: true,
    act: async (page) => {
      await page.keyboard.press('s');
      await page.locator('[data-schema-field="editor"]').waitFor();
    },
  },
];

/** Draws the page with the fonts of the pictures. false: they are not on this machine. */
async function pinFonts(page: Page): Promise<boolean> {
  return page.evaluate((fonts) => {
    const { style } = document.documentElement;
    style.setProperty('--font-words', `'${fonts.words}'`);
    style.setProperty('--font-bytes', `'${fonts.bytes}'`);
    const context = document.createElement('canvas').getContext('2d')!;
    // One that is not there is as wide as what is taken instead.
    return Object.values(fonts).every((font) => {
      const widths = ['serif', 'monospace', 'sans-serif'].map((instead) => {
        context.font = `100px '${font}', ${instead}`;
        return context.measureText('Which packets lost 0x1f?').width;
      });
      return new Set(widths).size === 1;
    });
  }, FONTS);
}

/** Pictures in a row that are the same when nothing moves any more. */
const SAME_TIMES = 3;
const MAX_TRIES = 60;
const TRY_MS = 150;

/** The page of a shot as it is when nothing moves any more; null: without the fonts of the pictures. */
export async function take(page: Page, site: string, shot: Shot): Promise<PNG | null> {
  await page.setViewportSize({ width: shot.width, height: shot.height });
  await page.emulateMedia({ colorScheme: shot.dark ? 'dark' : 'light', reducedMotion: 'reduce' });
  const query = new URLSearchParams(shot.query);
  if (shot.sample !== null) query.set('source', `sample:${shot.sample}`);
  await page.goto(`${site}?${query.toString()}`);
  if (shot.sample === null) await page.locator('[data-sample]').first().waitFor();
  else {
    await waitForState(page, 'done');
    await page.locator('[data-text-field][data-filter-field]').waitFor();
    await page.locator('.matrix').waitFor();
  }
  if (!(await pinFonts(page))) return null;
  await shot.act?.(page);
  let before: Buffer | null = null;
  let same = 1;
  for (let i = 0; i < MAX_TRIES; i++) {
    const now = await page.screenshot({ animations: 'disabled', caret: 'hide' });
    same = before?.equals(now) === true ? same + 1 : 1;
    if (same === SAME_TIMES) return PNG.sync.read(now);
    before = now;
    await page.waitForTimeout(TRY_MS);
  }
  throw new Error(`the page of "${shot.name}" does not come to rest`);
}

/** docs/tour.md. */
export function tourMarkdown(): string {
  const shots = SHOTS.map(
    ({ name, says }) => `## ${says}\n\n![${says.replaceAll(/[[\]]/g, '')}](images/tour/${name}.png)\n`,
  );
  return [
    '# Tour\n',
    'The page on captures that come with it (`npm run tour` makes these pictures, `e2e/tour.e2e.ts` compares them).\n',
    ...shots,
  ].join('\n');
}
