/**
 * A page with nobody listening. Playwright's own pages enable the DevTools domain `Network`, by which Chromium sends it each frame of a
 * WebSocket again, as base64, through the browser's main thread: at 21 MB/s this took most of one of two processors, and what was measured
 * was that. Here a page is driven by `Runtime` and `Input` alone.
 */
import type { Browser, CDPSession } from 'playwright-core';

const TIMEOUT_MS = 30_000;
const POLL_MS = 50;

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface WaitOptions {
  readonly timeout?: number;
  readonly polling?: number;
}

interface Answer {
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

interface Evaluated {
  readonly result: { readonly value?: unknown; readonly objectId?: string };
  readonly exceptionDetails?: {
    readonly text: string;
    readonly exception?: { readonly description?: string };
  };
}

/** Keys that are no characters, and what the protocol wants to know of them. */
const KEYS: Readonly<Record<string, { code: string; windowsVirtualKeyCode: number }>> = {
  Delete: { code: 'Delete', windowsVirtualKeyCode: 46 },
  End: { code: 'End', windowsVirtualKeyCode: 35 },
  Escape: { code: 'Escape', windowsVirtualKeyCode: 27 },
  Home: { code: 'Home', windowsVirtualKeyCode: 36 },
};
const CONTROL = 2;

export class UnwatchedPage {
  readonly #session: CDPSession;
  readonly #targetId: string;
  readonly #sessionId: string;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #calls = 0;
  #at = { x: 0, y: 0 };
  #pressed = 0;

  private constructor(session: CDPSession, targetId: string, sessionId: string) {
    this.#session = session;
    this.#targetId = targetId;
    this.#sessionId = sessionId;
    session.on('Target.receivedMessageFromTarget', ({ sessionId: from, message }) => {
      if (from !== sessionId) return;
      const answer = JSON.parse(message) as Answer;
      if (answer.id === undefined) return;
      this.#waiting.get(answer.id)?.(answer);
      this.#waiting.delete(answer.id);
    });
  }

  /**
   * Opens `url` in a window of its own, in the browser's first profile, which Playwright does not attach to. `first` runs in it before
   * anything of the page does. `settleMs`: so long the window is left alone before it goes there, for Chromium loads pages of its own with a new one
   * (its address bar's: 350 ms of processor time).
   */
  static async open(
    browser: Browser,
    url: string,
    size: Readonly<{ width: number; height: number }>,
    first?: () => void,
    settleMs = 0,
  ): Promise<UnwatchedPage> {
    const session = await browser.newBrowserCDPSession();
    const { targetId } = await session.send('Target.createTarget', { url: 'about:blank', ...size });
    const { sessionId } = await session.send('Target.attachToTarget', { targetId, flatten: false });
    const page = new UnwatchedPage(session, targetId, sessionId);
    await page.#send('Emulation.setDeviceMetricsOverride', { ...size, deviceScaleFactor: 1, mobile: false });
    // Without it nothing in a window that is not the foremost gets the focus.
    await page.#send('Emulation.setFocusEmulationEnabled', { enabled: true });
    if (first !== undefined) {
      await page.#send('Page.enable', {});
      await page.#send('Page.addScriptToEvaluateOnNewDocument', {
        source: inPage(`(${first.toString()})()`),
      });
    }
    await page.waitForTimeout(settleMs);
    await page.goto(url);
    return page;
  }

  async goto(url: string): Promise<void> {
    await this.#send('Page.navigate', { url });
    await this.waitForFunction(() => document.readyState === 'complete' && location.href !== 'about:blank');
  }

  /** Runs `what` in the page; what it takes and returns goes as JSON. */
  evaluate<R>(what: () => R): Promise<Awaited<R>>;
  evaluate<R, A>(what: (argument: A) => R, argument: A): Promise<Awaited<R>>;
  async evaluate<R, A>(what: (argument: A) => R, argument?: A): Promise<Awaited<R>> {
    const given = argument === undefined ? 'undefined' : JSON.stringify(argument);
    const { value } = await this.#run(`(${what.toString()})(${given})`, true);
    return value as Awaited<R>;
  }

  waitForFunction(what: () => unknown, argument?: undefined, options?: WaitOptions): Promise<void>;
  waitForFunction<A>(what: (argument: A) => unknown, argument: A, options?: WaitOptions): Promise<void>;
  async waitForFunction<A>(
    what: (argument: A) => unknown,
    argument: A,
    { timeout = TIMEOUT_MS, polling = POLL_MS }: WaitOptions = {},
  ): Promise<void> {
    const deadline = performance.now() + timeout;
    while (!(await this.evaluate(what, argument))) {
      if (performance.now() > deadline) throw new Error(`not so after ${timeout} ms: ${what.toString()}`);
      await this.waitForTimeout(polling);
    }
  }

  waitForTimeout(ms: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, ms));
  }

  waitFor(selector: string): Promise<void> {
    return this.waitForFunction((wanted) => document.querySelector(wanted) !== null, selector);
  }

  /** The first element of `selector`, in CSS pixels. */
  async boxOf(selector: string): Promise<Box> {
    const box = await this.evaluate((wanted) => {
      const found = document.querySelector(wanted)?.getBoundingClientRect();
      return found === undefined
        ? null
        : { x: found.x, y: found.y, width: found.width, height: found.height };
    }, selector);
    if (box === null) throw new Error(`${selector} is not on screen`);
    return box;
  }

  async focus(selector: string): Promise<void> {
    await this.evaluate((wanted) => {
      const found = document.querySelector(wanted);
      if (found instanceof HTMLElement) found.focus();
    }, selector);
  }

  async chooseFile(selector: string, file: string): Promise<void> {
    const { objectId } = await this.#run(`document.querySelector(${JSON.stringify(selector)})`, false);
    await this.#send('DOM.setFileInputFiles', { files: [file], objectId });
  }

  async move(x: number, y: number): Promise<void> {
    this.#at = { x, y };
    await this.#mouse('mouseMoved', this.#pressed > 0 ? { button: 'left' } : {});
  }

  async down(): Promise<void> {
    this.#pressed = 1;
    await this.#mouse('mousePressed', { button: 'left', clickCount: 1 });
  }

  async up(): Promise<void> {
    this.#pressed = 0;
    await this.#mouse('mouseReleased', { button: 'left', clickCount: 1 });
  }

  async wheel(deltaX: number, deltaY: number): Promise<void> {
    await this.#mouse('mouseWheel', { deltaX, deltaY });
  }

  /** A key by its name, or a character; `Control+` before it. */
  async press(key: string): Promise<void> {
    const name = key.replace(/^Control\+/, '');
    const modifiers = name === key ? 0 : CONTROL;
    const special = KEYS[name];
    // Of a character that is no letter the number would be another key's: that of a dot is Delete.
    const code =
      special ?? (/\w/.test(name) ? { windowsVirtualKeyCode: name.toUpperCase().charCodeAt(0) } : {});
    const text = special === undefined && modifiers === 0 ? { text: name } : {};
    const commands = modifiers === CONTROL && name === 'a' ? { commands: ['selectAll'] } : {};
    const event = { key: name, modifiers, ...code };
    await this.#send('Input.dispatchKeyEvent', { type: 'keyDown', ...event, ...text, ...commands });
    await this.#send('Input.dispatchKeyEvent', { type: 'keyUp', ...event });
  }

  async type(text: string, { delay }: { readonly delay: number }): Promise<void> {
    for (const character of text) {
      await this.press(character);
      await this.waitForTimeout(delay);
    }
  }

  async close(): Promise<void> {
    await this.#session.send('Target.closeTarget', { targetId: this.#targetId });
    await this.#session.detach();
  }

  async #mouse(type: string, more: object): Promise<void> {
    await this.#send('Input.dispatchMouseEvent', { type, ...this.#at, buttons: this.#pressed, ...more });
  }

  async #run(expression: string, returnByValue: boolean): Promise<Evaluated['result']> {
    const call = { expression: inPage(expression), returnByValue, awaitPromise: true };
    const { result, exceptionDetails } = (await this.#send('Runtime.evaluate', call)) as Evaluated;
    if (exceptionDetails !== undefined) {
      throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    }
    return result;
  }

  async #send(method: string, params: object): Promise<unknown> {
    const id = ++this.#calls;
    const answered = new Promise<Answer>((resolve) => this.#waiting.set(id, resolve));
    const message = JSON.stringify({ id, method, params });
    await this.#session.send('Target.sendMessageToTarget', { sessionId: this.#sessionId, message });
    const { result, error } = await answered;
    if (error !== undefined) throw new Error(`${method}: ${error.message}`);
    return result;
  }
}

/** tsx keeps the names of functions by a helper that is not in the page. */
function inPage(expression: string): string {
  return `(() => { const __name = (it) => it; return ${expression}; })()`;
}
