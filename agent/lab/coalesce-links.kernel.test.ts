/** Segments that TCP coalesced in a receive queue, linked to the packet that a process read, and what is told of their metadata. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { summaryObjects } from '#core/inspect/summary.ts';
import { CaptureReader } from '#core/pcapng/reader.ts';
import { CaptureStore } from '#core/store/capture-store.ts';
import { journeyDetail } from '#core/store/journey-detail.ts';
import type { JourneyDetail } from '#core/store/view.ts';
import { judge } from './scenario/judge.ts';
import { runScenario } from './scenario/run.ts';
import { coalesce } from './scenarios/coalesce.ts';
import { requireKernel } from './testing/require-kernel.ts';

const skip = requireKernel();
const READ = 'lab0:skb_copy_datagram_iovec';

describe.skipIf(skip !== null)(`segments that TCP coalesced${skip === null ? '' : ` (${skip})`}`, () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'whither-coalesce-'));
  const store = new CaptureStore();
  let leader: JourneyDetail;
  let taken: readonly JourneyDetail[];

  beforeAll(async () => {
    const file = path.join(directory, 'coalesce.pcapng');
    expect(judge(coalesce, await runScenario(coalesce, file))).toEqual([]);
    const reader = new CaptureReader(store);
    reader.push(readFileSync(file));
    reader.end();
    const stamped = Array.from({ length: store.journeys.count }, (_, journey) =>
      journeyDetail(store, journey),
    ).filter(({ hops }) => hops.some(({ metaState }) => metaState === 'present'));
    const isRead = ({ hops }: JourneyDetail): boolean =>
      hops.some(({ hop }) => store.hops.hops[hop]!.name === READ);
    leader = stamped.find(isRead)!;
    taken = stamped.filter((detail) => !isRead(detail));
  });

  afterAll(() => {
    rmSync(directory, { recursive: true, force: true });
  });

  it('lead to the one that was read, and it to each of them', () => {
    expect(taken).toHaveLength(coalesce.packets - 1);
    const shown = (detail: JourneyDetail): string[] =>
      detail.links.map(({ direction, kind, known, id }) => `${direction} ${kind} ${known} ${id}`);
    for (const detail of taken) expect(shown(detail)).toEqual([`from coalesce inferred ${leader.id}`]);
    expect(shown(leader)).toEqual(taken.map(({ id }) => `to coalesce inferred ${id}`));
  });

  it('are told not to have brought their metadata along', () => {
    const ids = taken.map(({ id }) => id).join(', ');
    const read = leader.hops.find(({ hop }) => store.hops.hops[hop]!.name === READ)!;
    expect(read.cause).toMatchObject({ name: 'coalesced', known: 'implied' });
    expect(read.cause.evidence).toContain(`the payload of journeys ${ids}, whose metadata`);
    for (const { diagnosis } of taken) {
      expect(diagnosis).toContain(
        `Its payload is in the packet of journey ${leader.id} at ${READ}, without this metadata`,
      );
    }
    expect(leader.diagnosis).not.toContain('Its payload');
  });

  it('are a loss at the hop where the packet grew', () => {
    const [row] = summaryObjects(store, null).rows;
    const journeys = coalesce.packets - 1;
    expect(row).toMatchObject({ hop: READ, state: 'lost', cause: 'coalesced', tlv: null, journeys });
  });
});
