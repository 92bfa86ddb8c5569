/** What the probe sees and what it accounts for, against counts that it has no part in. */
import { execFileSync } from 'node:child_process';
import { existsSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { BLOCK_SUBTYPE, GAP_CAUSE } from '#core/format/structs.ts';
import { startProbe } from '../lab/edge/record.ts';
import { Child } from '../lab/processes.ts';
import { deviceCounters, until } from '../lab/testing/host-state.ts';
import { finalStatistics, readCapture } from '../lab/testing/read-capture.ts';
import { requireKernel } from '../lab/testing/require-kernel.ts';
import { FLOOD, probeFixture } from './testing/probe-fixture.ts';

const skip = requireKernel();
const TINY_RING_BYTES = 16_384;

describe.skipIf(skip !== null)(`whither-probe${skip === null ? '' : ` (${skip})`}`, () => {
  const fixture = probeFixture();
  const { directory, file } = fixture;

  describe('when the ring is too small for a flood', () => {
    it('accounts for every event: seen = written + lost, in statistics, gaps and drop counts alike', async () => {
      const xdp = async (): Promise<number> => (await fixture.lab.counts()).xdp;
      const beforeStart = await xdp();
      const probe = await startProbe(fixture.lab, file, ['--ring-bytes', String(TINY_RING_BYTES)]);
      const atStart = await xdp();
      await fixture.lab.flood(FLOOD);
      let atEnd = atStart;
      await until('XDP has seen the flood, and sees nothing more', async () => {
        const before = atEnd;
        atEnd = await xdp();
        return atEnd === before && atEnd - atStart > FLOOD / 2;
      });
      await probe.end('SIGTERM');
      const afterEnd = await xdp();

      const capture = readCapture(file);
      expect(capture.problems).toEqual([]);
      const statistics = finalStatistics(capture);
      let lostInAll = 0n;
      for (const { index, id, name } of capture.interfaces) {
        const { received: seen, dropped: lost, delivered } = statistics.get(index)!;
        const packets = capture.packets.filter(({ interfaceIndex }) => interfaceIndex === index);
        const gaps = capture.gaps.filter(({ interfaceId }) => interfaceId === id);
        const told = packets.reduce((sum, { dropCount }) => sum + BigInt(dropCount), 0n);
        expect(delivered, name).toBe(BigInt(packets.length));
        expect(seen, name).toBe(delivered! + lost!);
        expect(
          gaps.reduce((sum, { count }) => sum + count, 0n),
          name,
        ).toBe(lost);
        // What was lost after the last packet has none to be told with.
        expect(told <= lost!, name).toBe(true);
        lostInAll += lost!;
      }
      expect(lostInAll).toBeGreaterThan(0n);
      for (const { cause, from, to } of capture.gaps) {
        expect(cause).toBe(GAP_CAUSE.ringFull);
        expect(from < to).toBe(true);
      }
      // The independent count: what XDP passed on is what the first hook saw. A stray ARP request while the
      // probe starts or ends may or may not be in it.
      const first = capture.interfaces.find(({ name }) => name === 'edge0:netif_receive_skb')!.index;
      const seen = Number(statistics.get(first)!.received);
      expect(seen).toBeGreaterThanOrEqual(atEnd - atStart);
      expect(seen).toBeLessThanOrEqual(afterEnd - beforeStart);
    });
  });

  it('sees the same packets through clsact filters as through tcx links', async () => {
    const probe = await startProbe(fixture.lab, file, ['--no-tcx']);
    const before = (await fixture.lab.counts()).tcx;
    await fixture.lab.startTraffic(500);
    await until('some traffic', async () => (await fixture.lab.counts()).tcx - before > 100);
    await fixture.lab.stopTraffic();
    await probe.end('SIGINT');
    const { packets } = readCapture(file);
    const count = (hook: string): number => packets.filter((packet) => packet.hook === hook).length;
    // tcx runs before clsact: what the lab's tcx program drops does not get there.
    const dropped = packets.filter(
      ({ hook, metaHex }) => hook === 'kfree_skb' && metaHex.slice(20, 26) === '020102',
    );
    expect(count('tcx/ingress@last')).toBeGreaterThan(50);
    expect(count('tcx/ingress@first')).toBe(count('tcx/ingress@last'));
    expect(count('tcx/ingress@first')).toBe(count('netif_receive_skb') - dropped.length);
    expect(count('tcx/egress@first')).toBe(count('net_dev_queue'));
  });

  it('does not look for who wrote among the programs of another Whither', async () => {
    // In the chain are the other probe's programs, too: they are Whither's, and nothing that a person would look for.
    const other = await startProbe(fixture.lab, path.join(directory, 'other.pcapng'), [
      '--hooks',
      'tcx/ingress',
    ]);
    const probe = await startProbe(fixture.lab, file, ['--hooks', 'tcx/ingress']);
    const before = (await fixture.lab.counts()).tcx;
    await fixture.lab.startTraffic(500);
    await until('some traffic', async () => (await fixture.lab.counts()).tcx - before > 100);
    await fixture.lab.stopTraffic();
    await probe.end('SIGINT');
    await other.end('SIGINT');

    const { interfaces, packets } = readCapture(file);
    const names = interfaces.map(({ name }) => name.replace(/#\d+$/, ''));
    expect(names).toEqual(['edge0:tcx/ingress@first', 'edge0:tcx/ingress@last']);
    const notes = new Map((await fixture.lab.notes()).map((note) => [note.trace, note]));
    const journeys = new Map<bigint, string[]>();
    for (const { interfaceIndex, journey, metaHex } of packets) {
      const trace = Buffer.from(metaHex, 'hex').readBigUInt64LE(2).toString(16).padStart(16, '0');
      const written = interfaceIndex === 1;
      expect(metaHex).toBe(written ? notes.get(trace)?.afterTcx : notes.get(trace)?.afterXdp);
      journeys.set(journey, [...(journeys.get(journey) ?? []), names[interfaceIndex]!]);
    }
    const whole = [names[0], names[1]];
    const ways = [...journeys.values()];
    expect(ways.length).toBeGreaterThan(50);
    for (const way of ways) expect(way).toEqual(whole.slice(0, way.length));
    expect(ways.filter((way) => way.length === 2).length).toBeGreaterThan(40);
  });

  it('watches many devices, however their numbers collide', async () => {
    const pairs = Array.from({ length: 30 }, (_, i) => ({ a: `many${i}`, b: `peer${i}`, index: 1000 + i }));
    const ip = (...args: string[]): unknown => execFileSync('ip', ['-n', fixture.lab.netns, ...args]);
    // Numbers 256 apart share their low byte.
    for (const { a, b, index } of pairs) {
      const peer = ['peer', 'name', b, 'index', String(index + 256)];
      ip('link', 'add', a, 'index', String(index), 'type', 'veth', ...peer);
    }
    const names = pairs.flatMap(({ a, b }) => [a, b]);
    const devices = names.flatMap((name) => ['-i', name]);
    rmSync(file, { force: true });
    const probe = new Child(fixture.lab.files.probe, [
      ...devices,
      '--netns',
      fixture.lab.netns,
      '--hooks',
      'net_dev_queue',
      '-w',
      file,
    ]);
    await until('the file has begun', () => existsSync(file) && statSync(file).size > 0);
    // A device that comes up looks for neighbours over IPv6.
    for (const name of names) ip('link', 'set', name, 'up');
    await until('every device has sent', () =>
      names.every((name) => deviceCounters(fixture.lab.netns, name).tx > 0),
    );
    await probe.end('SIGINT');
    for (const { a } of pairs) ip('link', 'del', a);
    const capture = readCapture(file);
    const statistics = finalStatistics(capture);
    const seen = capture.interfaces.filter(({ index }) => statistics.get(index)!.received! > 0n);
    expect(seen.map(({ name }) => name)).toEqual(names.map((name) => `${name}:net_dev_queue`));
  });

  it('copies skb->cb when asked to, and attaches only the hooks asked for', async () => {
    const probe = await startProbe(fixture.lab, file, ['--cb', '--hooks', 'netif_receive_skb,nf/local_in']);
    await fixture.lab.startTraffic(500);
    await until('some packets', () => statSync(file).size > 50_000);
    await fixture.lab.stopTraffic();
    await probe.end('SIGINT');
    const { interfaces, packets, json } = readCapture(file);
    expect(interfaces.map(({ name }) => name)).toEqual(['edge0:netif_receive_skb', 'edge0:nf/local_in']);
    expect(json.get(BLOCK_SUBTYPE.filter)).toMatchObject({ hooks: ['netif_receive_skb', 'nf/local_in'] });
    for (const { event } of packets) expect(event.cb).toHaveLength(48);
    // inet_skb_parm.iif, the first field of cb while IP has the packet: the device it came from.
    const own = packets.filter(({ hook, event }) => hook === 'nf/local_in' && event.protocol === 0x0800);
    expect(own.length).toBeGreaterThan(20);
    const { ifindex } = interfaces[0]!;
    for (const { event } of own) expect(Buffer.from(event.cb!).readInt32LE(0)).toBe(ifindex);
  });
});
