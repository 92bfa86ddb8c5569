/** axe finds nothing: on the start screen, a capture, every pane, dialog and menu, light, dark and with more contrast. */
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import { expect, it } from 'vitest';
import { waitForState } from './look.ts';
import { StaticPage } from './static-page.ts';

const site = new StaticPage();
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** Keys that open a dialog, and what is in it once all of it is. */
const DIALOGS = [
  ['?', '.help'],
  [':', '[role="option"]'],
  ['i', '.dialog-body input'],
  ['h', '.common tbody tr'],
  ['n', '.dialog-body textarea'],
  ['w', '.dialog-body button'],
  ['s', '[role="tab"]'],
  ['q', '.guide-ring'],
] as const;

/** Only colours differ between them. */
const LOOKS = [
  { colorScheme: 'light', contrast: 'no-preference' },
  { colorScheme: 'dark', contrast: 'no-preference' },
  { colorScheme: 'dark', contrast: 'more' },
] as const;

/** What axe finds within `part`, as `look: rule: element: what to do`: by all rules in light, by those of colours in others. */
async function axe(part: string): Promise<readonly string[]> {
  const { page } = site;
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.addScriptTag({ path: AXE });
  const found: string[] = [];
  for (const media of LOOKS) {
    await page.emulateMedia(media);
    const { violations } = (await page.evaluate(
      ([within, options]) =>
        (
          globalThis as unknown as { axe: { run(within: string, options: object): Promise<unknown> } }
        ).axe.run(within, options),
      [
        part,
        {
          resultTypes: ['violations'],
          ...(media !== LOOKS[0] && { runOnly: ['color-contrast'] }),
        },
      ] as const,
    )) as AxeResults;
    for (const { id, nodes } of violations) {
      for (const { target, failureSummary } of nodes.slice(0, 4)) {
        found.push(
          `${media.colorScheme}, contrast ${media.contrast}: ${id}: ${target.join(' ')}: ${failureSummary ?? ''}`,
        );
      }
    }
  }
  return found;
}

async function open(sample: string): Promise<void> {
  await site.page.goto(`${site.url}?source=sample:${sample}`);
  await waitForState(site.page, 'done');
  await site.page.locator('[data-text-field][data-filter-field]').waitFor();
}

it('axe finds nothing', async () => {
  const { page } = site;
  const found: Record<string, readonly string[]> = {};
  const look = async (where: string, part = 'html') => {
    const faults = await axe(part);
    if (faults.length > 0) found[where] = faults;
  };
  // Its script is not of the page: the policy that refuses it is not what is looked at here.
  const devTools = await page.context().newCDPSession(page);
  await devTools.send('Page.setBypassCSP', { enabled: true });
  await page.goto(site.url);
  await page.locator('[data-sample="edge"]').waitFor();
  await look('start');

  await open(`edge&where=${encodeURIComponent('tlv.verdict == drop')}`);
  await page.locator('.list-row').first().click();
  await page.locator('.matrix').waitFor();
  await look('loaded');
  for (const [key, inside] of DIALOGS) {
    await page.keyboard.press(key);
    const dialog = page.getByRole('dialog');
    await dialog.locator(inside).first().waitFor();
    await look(`dialog ${key}`, 'dialog');
    const tabs = dialog.getByRole('tab');
    for (let i = 1; i < (await tabs.count()); i++) {
      await tabs.nth(i).click();
      await dialog.locator('[role="tab"][aria-selected="true"]').nth(0).waitFor();
      await look(`dialog ${key}, ${await tabs.nth(i).textContent()}`, '[role="tabpanel"]');
    }
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  }
  await page.locator('.list-row').first().locator('[data-column="4"]').click({ button: 'right' });
  await page.getByRole('menuitem').first().waitFor();
  await look('menu', 'section:has(> [role="menu"])');

  await open('edge&group=cause');
  await page.locator('.group-table').waitFor();
  await look('groups');
  await open('forward&journey=11&at=7');
  for (const [key, inside] of [
    ['l', '.loss-table'],
    ['d', '.latency-body'],
    ['c', '.cost-pane'],
  ] as const) {
    await page.keyboard.press(key);
    await page.locator(inside).first().waitFor();
  }
  await page.keyboard.press('1');
  await page.keyboard.press('+');
  await page.locator('.path-drawing.zoomed').waitFor();
  await look('losses, latency, cost, path larger');
  await page.getByRole('button', { name: 'Compare…' }).click();
  await page.locator('.path-pane').getByRole('button', { name: 'Table' }).click();
  await page.locator('[data-pane="journey"]').getByRole('button', { name: /^all / }).click();
  await page.locator('.shares').first().waitFor();
  await look('compare, shares');
  await page.getByLabel('Sides to begin with').selectOption({ label: 'Another capture…' });
  await page.getByRole('dialog').getByRole('button', { name: 'Compare', exact: true }).click();
  await page.getByRole('alert').waitFor();
  await look('dialog of another capture', 'dialog');
  expect(found).toEqual({});
});
