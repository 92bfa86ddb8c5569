/** A page of its own for every test, on a static host without an agent; one browser and one host for a test file. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { launchBrowser, openPage, type WatchedPage } from './browser.ts';
import { plainPcap } from './captures.ts';
import { waitForState } from './look.ts';
import { serveStatic, type StaticHost } from './static.ts';

export type DroppedFile = readonly [name: string, bytes: Uint8Array];

export class StaticPage {
  #browser: Browser | null = null;
  #host: StaticHost | null = null;
  #watched: WatchedPage | null = null;

  /** Registers what has to happen around the tests of the file that calls it. */
  constructor() {
    beforeAll(async () => {
      this.#browser = await launchBrowser();
      this.#host = await serveStatic(new Map([['/captures/plain.pcap', plainPcap(40)]]));
    });
    afterAll(async () => {
      await this.#browser?.close();
      await this.#host?.close();
    });
    beforeEach(async () => {
      this.#watched = await openPage(this.#browser!);
    });
    afterEach(async () => {
      const { faults } = this.#watched!;
      await this.#watched!.close();
      expect(faults).toEqual([]);
    });
  }

  get page(): Page {
    return this.#watched!.page;
  }

  get url(): string {
    return this.#host!.url;
  }

  async openSample(): Promise<void> {
    await this.page.goto(this.url);
    await this.page.locator('[data-sample="edge"]').click();
    await waitForState(this.page, 'done');
  }

  /** Dropped on a page with nothing open, and read to their ends. */
  async openFiles(files: readonly DroppedFile[]): Promise<void> {
    await this.page.goto(this.url);
    await this.dropAll(files);
    await waitForState(this.page, 'done');
  }

  /** As a person does it: over the whole page, not into an input. */
  drop(name: string, bytes: Uint8Array): Promise<void> {
    return this.dropAll([[name, bytes]]);
  }

  async dropAll(files: readonly DroppedFile[]): Promise<void> {
    const transfer = await this.page.evaluateHandle(
      (encoded) => {
        const data = new DataTransfer();
        for (const [name, base64] of encoded) {
          const raw = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
          data.items.add(new File([raw], name));
        }
        return data;
      },
      files.map(([name, bytes]) => [name, Buffer.from(bytes).toString('base64')] as const),
    );
    await this.page.dispatchEvent('body', 'drop', { dataTransfer: transfer });
  }
}
