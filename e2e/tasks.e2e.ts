/**
 * The tasks people come with, each in under ten interactions from the start screen. The capture is of the scenario
 * agent/lab/scenarios/sniffed-flow.ts, which says what is true of it.
 */
import type { Locator } from 'playwright-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { allRows, inspectAll, waitForState } from './look.ts';
import { StaticPage } from './static-page.ts';

const site = new StaticPage();
const MAX_INTERACTIONS = 9;
const SAMPLE = 'sniffed-flow';
/** Packets to 7101 behind the packet socket, by the number in their trace id: each other four of the second half. */
const LOST = [37, 45, 53, 61].flatMap((first) => [first, first + 1, first + 2, first + 3]);
const traceId = (sequence: number) => `0xa1a2a3a4${sequence.toString(16).padStart(8, '0')}`;

/** Of what `inspect --json` prints. */
interface Event {
  readonly journey: string;
  readonly time_ns: string;
  readonly state: string;
  readonly dport: number;
}

/** Every click and every key of a task goes through here. */
class Hands {
  #used = 0;

  async click(what: Locator): Promise<void> {
    this.#use(1);
    await what.click();
  }

  async press(key: string): Promise<void> {
    this.#use(1);
    await site.page.keyboard.press(key);
  }

  /** Opens a list and chooses from it. */
  async choose(list: Locator, label: string): Promise<void> {
    this.#use(2);
    await list.selectOption({ label });
  }

  #use(times: number): void {
    this.#used += times;
    expect(this.#used).toBeLessThanOrEqual(MAX_INTERACTIONS);
  }
}

describe('from the start screen', () => {
  let hands: Hands;
  beforeEach(async () => {
    hands = new Hands();
    await site.page.goto(site.url);
    await hands.click(site.page.locator(`[data-sample="${SAMPLE}"]`));
    await waitForState(site.page, 'done');
  });

  /** The losses of trace_id, its row chosen. */
  async function chooseLoss(): Promise<void> {
    await hands.press('l');
    const row = site.page.locator('.loss-table tbody tr', { hasText: 'trace_id' });
    await hands.click(row.getByRole('button'));
    await site.page.getByTestId('list-count').filter({ hasText: '16 of 64' }).waitFor();
  }

  it('finds the packets that lost trace_id', async () => {
    await chooseLoss();
    const { tlvNames } = await site.page.evaluate(() => globalThis.whither.state.newest!);
    const column = 6 + tlvNames.indexOf('trace_id');
    const found = (await allRows(site.page)).map((row) => row.split('|')[column]);
    expect(found).toEqual(LOST.map(traceId));
    // And a person sees the first of them.
    await site.page.locator('.list-row').first().getByText(traceId(LOST[0]!)).waitFor();
  });

  it('says at which hop, by which program and by which function of the kernel', async () => {
    const { page } = site;
    await chooseLoss();
    const note = page.locator('.hop-note');
    await note.filter({ hasText: 'lab0:tcx/ingress@after:mark_dscp#' }).waitFor();
    expect(await note.textContent()).toMatch(/cause.*pskb_expand_head.*writermark_dscp#\d+/);
    await page
      .locator('.verdict', { hasText: /^Metadata lost by mark_dscp#\d+: pskb_expand_head/ })
      .waitFor();
    // Here, and nowhere else.
    const rows = await page.locator('.loss-table tbody tr').allTextContents();
    expect(rows.length).toBe(3);
    for (const row of rows) expect(row).toMatch(/^lab0:tcx\/ingress@after:mark_dscp#\d+lost.*16/);
  });

  it('compares them with those that kept it', async () => {
    const { page } = site;
    await hands.click(page.getByRole('button', { name: 'Compare…' }));
    await hands.choose(page.getByLabel('Sides to begin with'), 'Intact and damaged');
    await expect
      .poll(() => page.locator('.compare-side').allTextContents())
      .toEqual(['A48 journeys', 'B16 journeys']);
    const hops = page.getByRole('table', { name: 'Path as a table' }).locator('tr[data-hop]');
    const at = (hop: string) => hops.filter({ hasText: hop }).locator('td').allTextContents();
    // Packets and share with metadata of A, then of B: the same up to the program that marks.
    await expect
      .poll(() => at('@after:before#'))
      .toEqual(expect.arrayContaining(['48', '100 %', '16', '100 %']));
    expect(await at('@after:mark_dscp#')).toEqual(
      expect.arrayContaining(['48', '100 %', '16', '0 %', '-100']),
    );
    await page.locator('.station.differs', { hasText: 'after mark_dscp' }).waitFor();
  });

  it('finds when it began', async () => {
    const { page } = site;
    await hands.press('x');
    await page.getByTestId('list-count').filter({ hasText: '16 of 64' }).waitFor();
    // By time, so the first is the first that lost any.
    const first = page.locator('.list-row').first();
    await first.getByText(traceId(LOST[0]!)).waitFor();
    const began = await first.locator('[data-column="0"]').textContent();
    // By the events themselves: when the first packet that lost any was seen first.
    const events = (await inspectAll(page)) as readonly Event[];
    const lost = events.find(({ state }) => state === 'lost')!;
    const firstOf = events.find(({ journey }) => journey === lost.journey)!;
    const ns = Number(BigInt(firstOf.time_ns) - BigInt(events[0]!.time_ns));
    expect(began).toBe((ns / 1e9).toFixed(6));
    // It did begin: packets to the same port were there before it, and lost none.
    const before = events.filter(({ time_ns, dport }) => dport === 7101 && time_ns < firstOf.time_ns);
    expect(new Set(before.map(({ journey }) => journey)).size).toBe(16);
    // The timeline shows the same: nothing lost in its first half.
    const table = page.getByRole('table', { name: 'Timeline as a table' });
    const at = (await table.locator('thead th').allTextContents()).indexOf('metadata lost');
    const losses = await table
      .locator('tbody tr')
      .evaluateAll((rows, column) => rows.map((row) => Number(row.children[column]?.textContent)), at);
    const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
    expect(sum(losses)).toBe(LOST.length);
    expect(sum(losses.slice(0, losses.length / 2))).toBe(0);
  });

  it('names what they have in common', async () => {
    const { page } = site;
    await hands.press('x');
    await page.getByTestId('list-count').filter({ hasText: '16 of 64' }).waitFor();
    await hands.press('h');
    const rows = page.getByRole('table', { name: 'What they have in common' }).locator('tbody tr');
    const port = rows.filter({ hasText: /^port\.dst 7101/ });
    await port.waitFor();
    // All of them, and of the others those before the packet socket.
    expect(await port.locator('td').allTextContents()).toEqual(['100 % 16', '33 % 16']);
    await hands.click(port.getByRole('button'));
    await expect.poll(() => new URL(page.url()).searchParams.get('where')).toContain('7101');
  });
});
