import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { InspectedEvent } from '#core/inspect/event-object.ts';
import { CaptureStore } from '#core/store/capture-store.ts';
import { journeyDetail } from '#core/store/journey-detail.ts';
import { CELL, type JourneyDetail } from '#core/store/view.ts';
import { PatternLab, readBoth } from './forward/pattern-lab.ts';
import { ROUTER_DEVICES } from './forward/topology.ts';
import { requireKernel } from './testing/require-kernel.ts';

const skip = requireKernel();
const PINGS = 4;
const INTACT = '11'.repeat(8) + '22'.repeat(8);
const CLOBBERED = `${'11'.repeat(8)}${'22'.repeat(6)}0000`;
const [INSIDE, OUTSIDE] = ROUTER_DEVICES;
/** The first hop behind the neighbour layer. */
const BEHIND = `${OUTSIDE}:tcx/egress@first`;

describe.skipIf(skip !== null)(`a router's cached neighbour${skip === null ? '' : ` (${skip})`}`, () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'whither-clobber-'));
  const file = path.join(directory, 'clobber.pcapng');
  const lab = new PatternLab('hh');
  let store = new CaptureStore();
  let inspected: readonly InspectedEvent[] = [];
  /** The pings as they were forwarded, in order. */
  let pings: JourneyDetail[] = [];

  const nameOf = (hop: number): string => store.hops.hops[hop]!.name;

  beforeAll(async () => {
    await lab.start();
    const probe = await lab.watch(file);
    await lab.pingFromCold(PINGS);
    await sleep(300);
    await probe.end('SIGINT');
    expect(probe.process.exitCode).toBe(0);
    ({ store, events: inspected } = readBoth(file));
    pings = Array.from({ length: store.journeys.count }, (_, journey) =>
      journeyDetail(store, journey),
    ).filter(
      ({ protocol, hops }) =>
        protocol === 'ICMP' && hops.some(({ hop }) => nameOf(hop) === `${INSIDE}:nf/forward`),
    );
  });

  afterAll(async () => {
    await lab.end();
    rmSync(directory, { recursive: true, force: true });
  });

  it('was captured without a problem, every ping at every hop', () => {
    expect(store.problems).toEqual([]);
    expect(pings).toHaveLength(PINGS);
    for (const { hops } of pings) {
      expect(hops.map(({ hop }) => nameOf(hop))).toEqual(
        expect.arrayContaining([`${INSIDE}:netif_receive_skb`, BEHIND, `${OUTSIDE}:net_dev_start_xmit`]),
      );
    }
  });

  it('leaves the metadata of the first packet alone', () => {
    const [first] = pings;
    expect(first!.hops.map(({ state }) => state)).toEqual([
      'written',
      ...Array<string>(first!.hops.length - 1).fill('present'),
    ]);
    expect(first!.rows[0]!.cells.at(-1)!.value).toBe(INTACT);
  });

  it('overwrites the last two bytes of every later one, which is put down to neigh_hh_output', () => {
    for (const { hops, rows, diagnosis } of pings.slice(1)) {
      const at = hops.findIndex(({ hop }) => nameOf(hop) === BEHIND);
      expect(hops.map(({ state }) => state)).toEqual(
        hops.map((_, i) => (i === 0 ? 'written' : i === at ? 'clobbered' : 'present')),
      );
      expect(hops[at]).toMatchObject({
        cell: CELL.clobbered,
        writer: '',
        cause: { name: 'neighbourHeader', operation: 'neigh_hh_output', known: 'implied' },
      });
      expect(hops[at]!.cause.evidence).toMatch(
        /^Bytes 14 to 15 of 16 were 2222 and are 0000, skb->head is the same, the MAC header too; /,
      );
      expect(rows[0]!.cells.map(({ value }) => value)).toEqual(
        hops.map((_, i) => (i < at ? INTACT : CLOBBERED)),
      );
      expect(diagnosis).toMatch(
        /^Metadata clobbered by neigh_hh_output between \S+ and out0:tcx\/egress@first \(implied: .*\), as in 3 of \d+ journeys that came there with metadata\.$/,
      );
    }
  });

  it('names the XDP program that wrote them', () => {
    for (const { hops } of pings)
      expect(hops[0]!.writer).toMatch(/^pattern#\d+ \(tag [0-9a-f]{16}\) at xdp of in0$/);
  });

  it('counts the cause at its hop', () => {
    const hop = store.hops.hops.findIndex(({ name }) => name === BEHIND);
    expect(store.hops.causes.list(hop)).toEqual([
      expect.objectContaining({ state: 'clobbered', cause: 'neighbourHeader', known: 'implied', count: 3 }),
    ]);
  });

  it('is told by inspect as by the page', () => {
    const told = inspected.filter(({ interface: name, state }) => name === BEHIND && state === 'clobbered');
    expect(told.map(({ cause, meta_hex: hex }) => [cause, hex])).toEqual(
      Array.from({ length: PINGS - 1 }, () => ['neighbourHeader', CLOBBERED]),
    );
  });
});
