/** Segments that TCP collapsed on this kernel, which no hook sees: what is told of them, and of those around them. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CaptureReader } from '#core/pcapng/reader.ts';
import { CaptureStore } from '#core/store/capture-store.ts';
import { journeyDetail } from '#core/store/journey-detail.ts';
import type { JourneyDetail } from '#core/store/view.ts';
import { judge } from './scenario/judge.ts';
import { runScenario } from './scenario/run.ts';
import { collapse } from './scenarios/collapse.ts';
import { requireKernel } from './testing/require-kernel.ts';

const skip = requireKernel();
const READ = 'lab0:skb_copy_datagram_iovec';

describe.skipIf(skip !== null)(`segments that TCP collapsed${skip === null ? '' : ` (${skip})`}`, () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'whither-collapse-'));
  const store = new CaptureStore();
  /** In the order of their sequence numbers, in which they came. */
  let stamped: readonly JourneyDetail[];
  let read: number;

  beforeAll(async () => {
    const file = path.join(directory, 'collapse.pcapng');
    // That the kernel collapsed the queue is what it must say.
    expect(judge(collapse, await runScenario(collapse, file))).toEqual([]);
    const reader = new CaptureReader(store);
    reader.push(readFileSync(file));
    reader.end();
    stamped = Array.from({ length: store.journeys.count }, (_, journey) =>
      journeyDetail(store, journey),
    ).filter(({ hops }) => hops.some(({ metaState }) => metaState === 'present'));
    read = stamped.findIndex(({ hops }) => hops.some(({ hop }) => store.hops.hops[hop]!.name === READ));
  });

  afterAll(() => {
    rmSync(directory, { recursive: true, force: true });
  });

  const linksOf = ({ links }: JourneyDetail): string[] =>
    links.map(
      ({ direction, kind, known, id, evidence }) => `${direction} ${kind} ${known} ${id}: ${evidence}`,
    );

  it('end unseen, for one behind them was read, which is no loss that is known', () => {
    expect(stamped).toHaveLength(collapse.packets);
    expect(read).toBeGreaterThan(0);
    const collapsed = stamped.slice(0, read);
    for (const detail of collapsed) {
      expect(linksOf(detail)).toEqual([
        'to unknown broken : It was last seen at TCP in. What follows it in its connection was read, so its payload was, too, and no hook saw that. Short of memory TCP collapses segments into new packets without metadata (nstat TcpExtTCPRcvCollapsed counts them); that it did is not known.',
      ]);
      expect(detail.hops.at(-1)).toMatchObject({ state: 'present', cause: { name: 'none' } });
    }
  });

  it('are not those behind the last collapse: these were read, or taken in by one that was', () => {
    for (const detail of stamped.slice(read)) {
      const wasRead = detail.hops.some(({ hop }) => store.hops.hops[hop]!.name === READ);
      const into = detail.links.filter(({ direction }) => direction === 'from');
      expect(into.map(({ kind, known }) => `${kind} ${known}`)).toEqual(wasRead ? [] : ['coalesce inferred']);
      expect(linksOf(detail).filter((text) => text.includes('no hook saw that'))).toEqual([]);
    }
  });
});
