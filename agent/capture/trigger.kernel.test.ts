/** `whither capture --trigger` on the labs: what a real kernel does fires it, and the file is a capture of whole journeys. */
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { GAP_CAUSE } from '#core/format/structs.ts';
import type { InspectedEvent } from '#core/inspect/event-object.ts';
import { journeyDetail } from '#core/store/journey-detail.ts';
import { EdgeLab } from '../lab/edge/lab.ts';
import { PatternLab, readBoth } from '../lab/forward/pattern-lab.ts';
import { ROUTER_DEVICES } from '../lab/forward/topology.ts';
import { Child } from '../lab/processes.ts';
import { findRoot } from '../lab/root.ts';
import { RunningScenario } from '../lab/scenario/run.ts';
import { coalesce } from '../lab/scenarios/coalesce.ts';
import { until } from '../lab/testing/host-state.ts';
import { finalStatistics, readCapture } from '../lab/testing/read-capture.ts';
import { requireKernel } from '../lab/testing/require-kernel.ts';

const WHITHER = path.join(findRoot(), 'dist/agent/whither.mjs');
const skip = requireKernel() ?? (existsSync(WHITHER) ? null : 'the agent is not built');
const PINGS = 4;
const RATE = 100;
const LAB_DEVICE = 'lab0';
const READ = 'skb_copy_datagram_iovec';
const [INSIDE, OUTSIDE] = ROUTER_DEVICES;

type Read = ReturnType<typeof readBoth>;

const journeysOf = (events: readonly InspectedEvent[]): Set<string> =>
  new Set(events.map(({ journey }) => journey!));

/** Every event of the run is in the file, or counted as left out, or as lost. */
function expectLedger(file: string, told: string): void {
  const capture = readCapture(file);
  expect(capture.problems).toEqual([]);
  const [, leftOut, seen] = /; (\d+) of (\d+) events were left out/.exec(told)!.map(Number);
  const gaps = capture.gaps.filter(({ cause }) => cause === GAP_CAUSE.trigger);
  expect(gaps.reduce((sum, { count }) => sum + Number(count), 0)).toBe(leftOut);
  expect(capture.packets.length + leftOut!).toBe(seen);
  for (const [index, { received, dropped, delivered }] of finalStatistics(capture)) {
    const written = capture.packets.filter(({ interfaceIndex }) => interfaceIndex === index).length;
    expect(delivered).toBe(BigInt(written));
    expect(received).toBe(delivered! + dropped!);
  }
}

describe.skipIf(skip !== null)(`a trigger${skip === null ? '' : ` (${skip})`}`, () => {
  let directory = '';
  let file = '';
  const children: Child[] = [];

  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'whither-trigger-'));
    file = path.join(directory, 'triggered.pcapng');
  });

  afterEach(async () => {
    for (const child of children.splice(0).reverse()) await child.end('SIGTERM');
    rmSync(directory, { recursive: true, force: true });
  });

  /** Resolves when it is attached: the file's head is written only then. */
  async function startCapture(args: readonly string[]): Promise<Child> {
    const child = new Child(process.execPath, [WHITHER, 'capture', '-w', file, ...args]);
    children.push(child);
    await until('it captures', () => {
      if (child.over) throw new Error(child.complaint);
      return existsSync(file) && statSync(file).size > 0;
    });
    return child;
  }

  it('fires on the second packet through a router, whose cached neighbour clobbers it', async () => {
    const lab = new PatternLab('trigger');
    onTestFinished(() => lab.end());
    await lab.start();
    const whole = path.join(directory, 'whole.pcapng');
    const probe = await lab.watch(whole);
    const trigger = ['--trigger', 'clobbered', '--before', '1', '--after', '2', '--trigger-once'];
    const devices = ROUTER_DEVICES.flatMap((device) => ['-i', device]);
    const capture = await startCapture([...devices, '--netns', lab.router, ...trigger]);
    await sleep(500);
    await lab.pingFromCold(PINGS);
    await until('it ends by itself', () => capture.over);
    await probe.end('SIGINT');
    expect(capture.process.exitCode).toBe(0);

    const { events, store } = readBoth(file);
    expect(store.problems).toEqual([]);
    expect(store.facts.filter?.trigger).toEqual({ condition: 'metadata clobbered', before: 1, after: 2 });
    const fired = events.filter(({ trigger: text }) => text !== undefined);
    expect(fired).toMatchObject([
      {
        state: 'clobbered',
        cause: 'neighbourHeader',
        trigger: `metadata clobbered at ${OUTSIDE}:tcx/egress@first`,
      },
    ]);
    expect(journeysOf(events).size).toBe(1 + 1 + 2);

    // The other probe saw everything: the first packet that was clobbered there is this one, at the same hops.
    const all = readBoth(whole);
    const clobbered = all.events.find(({ state }) => state === 'clobbered')!;
    const hopsOf = ({ events: seen }: Read, journey: string | null): string[] =>
      seen.filter((event) => event.journey === journey).map(({ interface: name }) => name);
    const hops = hopsOf({ events, store }, fired[0]!.journey);
    expect(hops.length).toBeGreaterThan(8);
    expect(hops).toEqual(hopsOf(all, clobbered.journey));
    const requests = all.events.filter(
      ({ interface: name, protocol }) => name === `${INSIDE}:nf/forward` && protocol === 'ICMP',
    );
    expect(requests.findIndex(({ journey }) => journey === clobbered.journey)).toBe(1);
    expectLedger(file, capture.complaint);
  });

  it('fires on segments that TCP coalesces, each of which it keeps, with the packet that took them in', async () => {
    const lab = await RunningScenario.start(coalesce);
    onTestFinished(() => lab.close());
    const whole = path.join(directory, 'whole.pcapng');
    const probe = await lab.record(whole);
    const device = ['-i', LAB_DEVICE, '--netns', lab.netns, '--schema', lab.schema];
    const trigger = ['--trigger', `lost@${READ}`, '--before', '0', '--after', '0', '--trigger-once'];
    const capture = await startCapture([...device, ...trigger]);
    await sleep(500);
    await lab.traffic();
    await until('it ends by itself', () => capture.over);
    await probe.end('SIGINT');
    expect(capture.process.exitCode).toBe(0);

    const { events, store } = readBoth(file);
    expect(store.problems).toEqual([]);
    // The other probe saw everything: which segment is which is told by its metadata.
    const all = readBoth(whole);
    const lostIn = ({ events: seen, store: of }: Read): string[] =>
      Array.from({ length: of.journeys.count }, (_, journey) => journeyDetail(of, journey))
        .filter(({ hops }) => hops.some(({ metaState }) => metaState === 'present'))
        .filter(({ links }) =>
          links.some(({ kind, direction }) => kind === 'coalesce' && direction === 'from'),
        )
        .map(({ hops }) => seen[hops.at(-1)!.event]!.meta_hex);
    expect(lostIn({ events, store })).toHaveLength(coalesce.packets - 1);
    expect(lostIn({ events, store })).toEqual(lostIn(all));
    expect(journeysOf(events).size).toBe(coalesce.packets);
    const fired = events.filter(({ trigger: text }) => text !== undefined);
    expect(fired).toMatchObject([{ hook: READ, cause: 'coalesced', state: 'present' }]);
    const leader = fired[0]!.journey!;
    const told = [...journeysOf(events)]
      .filter((journey) => journey !== leader)
      .map((journey) => {
        const where = `metadata lost at ${LAB_DEVICE}:${READ}, where its payload is in the packet of journey ${leader}`;
        return `journey ${journey}: ${where}`;
      });
    expect(fired[0]!.trigger).toBe(told.join('; '));
    expectLedger(file, capture.complaint);
  });

  describe('on the edge', () => {
    let lab: EdgeLab;
    beforeEach(async () => {
      lab = await EdgeLab.start();
    });
    afterEach(() => lab.stop());

    it.each([
      ['drop=no_socket', /^a drop with reason NO_SOCKET at edge0:kfree_skb$/],
      ['tlv:verdict=pass and tlv:tenant', /^TLV verdict = pass and TLV tenant, the last of it at edge0:/],
    ])('keeps journeys before and after %s', async (condition, told) => {
      const trigger = ['--trigger', condition, '--before', '3', '--after', '2', '--trigger-once'];
      const device = ['-i', lab.device, '--netns', lab.netns, '--schema', lab.files.schema];
      const capture = await startCapture([...device, ...trigger]);
      await lab.startTraffic(RATE);
      await until('it ends by itself', () => capture.over);
      expect(capture.process.exitCode).toBe(0);
      await lab.stopTraffic();

      const { events, store } = readBoth(file);
      expect(store.problems).toEqual([]);
      const fired = events.filter(({ trigger: text }) => text !== undefined);
      expect(fired[0]!.trigger).toMatch(told);
      const at = events.indexOf(fired[0]!);
      const before = journeysOf(events.slice(0, at));
      before.delete(fired[0]!.journey!);
      const after = journeysOf(events.slice(at));
      for (const journey of [...before, fired[0]!.journey!]) after.delete(journey);
      // Of what followed, two began; others are there because they met it, too.
      const others = new Set(fired.slice(1).map(({ journey }) => journey!));
      const followed = [...after].filter((journey) => !others.has(journey)).length;
      expect(before.size).toBeLessThanOrEqual(3);
      expect(followed).toBeLessThanOrEqual(2);
      expect(followed + others.size).toBeGreaterThanOrEqual(2);
      expectLedger(file, capture.complaint);
    });
  });
});
