/** What a person does to the page, as input events of the browser. */
import type { UnwatchedPage } from './unwatched-page.ts';

export interface Gesture {
  readonly name: string;
  readonly run: (page: UnwatchedPage) => Promise<void>;
}

const STEPS = 40;
const STEP_MS = 25;
/** As fast as somebody types. */
const KEY_MS = 60;
const LINE_PX = 100;

const LIST_TEXT = (): string => document.querySelector('.list-scroll')?.textContent ?? '';
/** A gesture that goes nowhere would measure nothing. */
function mustBe(isSo: boolean, what: string): void {
  if (!isSo) throw new Error(`the page is not ${what}`);
}

/** Filter and time stand in the address bar. */
function inLink(page: UnwatchedPage, part: string): Promise<void> {
  return page.waitForFunction((wanted) => location.search.includes(wanted), part);
}

async function wheel(page: UnwatchedPage): Promise<void> {
  const { x, y, width, height } = await page.boxOf('.list-scroll');
  await page.move(x + width / 2, y + height / 2);
  const before = await page.evaluate(LIST_TEXT);
  for (let i = 0; i < STEPS; i++) {
    await page.wheel(0, i < STEPS / 2 ? LINE_PX : -LINE_PX);
    await page.waitForTimeout(STEP_MS);
    if (i === STEPS / 2) mustBe((await page.evaluate(LIST_TEXT)) !== before, 'scrolled by the wheel');
  }
}

/** The scroll bar, drawn through the whole list. */
async function drag(page: UnwatchedPage): Promise<void> {
  const before = await page.evaluate(LIST_TEXT);
  for (let i = 0; i < STEPS; i++) {
    await page.evaluate((part) => {
      const list = document.querySelector('.list-scroll');
      if (list !== null) list.scrollTop = part * (list.scrollHeight - list.clientHeight);
    }, i / STEPS);
    await page.waitForTimeout(STEP_MS);
  }
  mustBe((await page.evaluate(LIST_TEXT)) !== before, 'scrolled by its bar');
}

async function type(page: UnwatchedPage): Promise<void> {
  await page.press('/');
  await page.type('tlv.verdict == drop && len > 100', { delay: KEY_MS });
  await page.waitForTimeout(20 * STEP_MS);
  await inLink(page, 'where=');
  await page.press('Control+a');
  await page.press('Delete');
  await page.waitForTimeout(20 * STEP_MS);
}

async function brush(page: UnwatchedPage): Promise<void> {
  const { x, y, width, height } = await page.boxOf('[data-pane="timeline"] :is(canvas, svg)');
  await page.move(x + width / 4, y + height / 2);
  await page.down();
  for (let i = 0; i < STEPS; i++) {
    await page.move(x + width * (0.25 + (0.5 * i) / STEPS), y + height / 2);
    await page.waitForTimeout(STEP_MS);
  }
  await page.up();
  await page.waitForTimeout(20 * STEP_MS);
  await inLink(page, 'time=');
  await page.press('Escape');
  await page.waitForTimeout(20 * STEP_MS);
}

async function hover(page: UnwatchedPage): Promise<void> {
  const { x, y, width, height } = await page.boxOf('[data-pane="path"] svg');
  for (let i = 0; i < STEPS; i++) {
    await page.move(x + (width * (i + 0.5)) / STEPS, y + height * (0.5 + 0.3 * Math.sin(i)));
    await page.waitForTimeout(STEP_MS);
  }
}

export const GESTURES: readonly Gesture[] = [
  { name: 'wheel over the list', run: wheel },
  { name: 'scroll bar from top to end', run: drag },
  { name: 'a filter typed and cleared', run: type },
  { name: 'timeline brushed', run: brush },
  { name: 'pointer over the path', run: hover },
];
