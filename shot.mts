import { launchBrowser, openPage } from './e2e/browser.ts';
import { serveStatic } from './e2e/static.ts';
import { waitForState } from './e2e/look.ts';
const [query, out, w='1280', h='720', dark='', ...keys] = process.argv.slice(2);
const browser = await launchBrowser(); const host = await serveStatic();
const { page, faults } = await openPage(browser, { width:+w, height:+h, dark: dark==='dark' });
await page.goto(host.url + query!);
if (query !== '') await waitForState(page, 'done');
await page.waitForTimeout(1200);
for (const k of keys) { if (k.startsWith('click:')) await page.locator(k.slice(6)).first().click(); else if (k.startsWith('type:')) await page.keyboard.type(k.slice(5)); else await page.keyboard.press(k); await page.waitForTimeout(400); }
await page.screenshot({ path: out });
console.log(page.url(), faults);
await browser.close(); await host.close();
