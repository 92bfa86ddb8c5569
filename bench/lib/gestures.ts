/** What a person does to the page, as input events of the browser. */
import type { Page } from 'playwright-core';

export interface Gesture {
  readonly name: string;
  readonly run: (page: Page) => Promise<void>;
}

const STEPS = 40;
const STEP_MS = 25;
/** As fast as somebody types. */
const KEY_MS = 60;
const LINE_PX = 100;

async function boxOf(
  page: Page,
  selector: string,
): Promise<{ x: number; y: number; width: number; height: number }> {
  const box = await page.locator(selector).first().boundingBox();
  if (box === null) throw new Error(`${selector} is not on screen`);
  return box;
}

async function wheel(page: Page): Promise<void> {
  const { x, y, width, height } = await boxOf(page, '.list-scroll');
  await page.mouse.move(x + width / 2, y + height / 2);
  for (let i = 0; i < STEPS; i++) {
    await page.mouse.wheel(0, i < STEPS / 2 ? LINE_PX : -LINE_PX);
    await page.waitForTimeout(STEP_MS);
  }
}

/** The scroll bar, drawn through the whole list. */
async function drag(page: Page): Promise<void> {
  for (let i = 0; i < STEPS; i++) {
    await page.evaluate((part) => {
      const list = document.querySelector('.list-scroll');
      if (list !== null) list.scrollTop = part * (list.scrollHeight - list.clientHeight);
    }, i / STEPS);
    await page.waitForTimeout(STEP_MS);
  }
}

async function type(page: Page): Promise<void> {
  await page.keyboard.press('/');
  await page.keyboard.type('tlv.verdict == drop && len > 100', { delay: KEY_MS });
  await page.waitForTimeout(20 * STEP_MS);
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.press('Delete');
  await page.waitForTimeout(20 * STEP_MS);
}

async function brush(page: Page): Promise<void> {
  const { x, y, width, height } = await boxOf(page, '[data-pane="timeline"] :is(canvas, svg)');
  await page.mouse.move(x + width / 4, y + height / 2);
  await page.mouse.down();
  for (let i = 0; i < STEPS; i++) {
    await page.mouse.move(x + width * (0.25 + (0.5 * i) / STEPS), y + height / 2);
    await page.waitForTimeout(STEP_MS);
  }
  await page.mouse.up();
  await page.waitForTimeout(20 * STEP_MS);
  await page.keyboard.press('Escape');
  await page.waitForTimeout(20 * STEP_MS);
}

async function hover(page: Page): Promise<void> {
  const { x, y, width, height } = await boxOf(page, '[data-pane="path"] svg');
  for (let i = 0; i < STEPS; i++) {
    await page.mouse.move(x + (width * (i + 0.5)) / STEPS, y + height * (0.5 + 0.3 * Math.sin(i)));
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
