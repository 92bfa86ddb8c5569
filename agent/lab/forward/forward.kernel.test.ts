import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { META_STATE } from '#core/format/structs.ts';
import { edgePrograms } from '../edge/lab.ts';
import { Child, runCommand } from '../processes.ts';
import { labFiles } from '../root.ts';
import { until } from '../testing/host-state.ts';
import { finalStatistics, readCapture, type Capture, type SeenPacket } from '../testing/read-capture.ts';
import { requireKernel } from '../testing/require-kernel.ts';
import { CLIENTS, forwardTopology, ROUTER_DEVICES, SERVER, v6 } from './topology.ts';

const skip = requireKernel();
const RATE = '200';
const ETHERTYPES = { IPv4: 0x0800, IPv6: 0x86dd } as const;
const INWARDS = [
  'in0:napi_gro_receive_entry',
  'in0:netif_receive_skb',
  'in0:tcx/ingress@first',
  'in0:tcx/ingress@last',
  'in0:nf/prerouting',
  'in0:nf/forward',
  'out0:nf/postrouting',
  'out0:tcx/egress@first',
  'out0:tcx/egress@last',
  'out0:net_dev_queue',
  'out0:qdisc_enqueue',
  'out0:qdisc_dequeue',
  'out0:net_dev_start_xmit',
];
const OUTWARDS = [
  'out0:netif_rx',
  'out0:netif_receive_skb',
  'out0:tcx/ingress@first',
  'out0:tcx/ingress@last',
  'out0:nf/prerouting',
  'out0:nf/forward',
  'in0:nf/postrouting',
  'in0:tcx/egress@first',
  'in0:tcx/egress@last',
  'in0:net_dev_queue',
  'in0:net_dev_start_xmit',
];

describe.skipIf(skip !== null)(`the probe on a router${skip === null ? '' : ` (${skip})`}`, () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'whither-forward-'));
  const file = path.join(directory, 'forward.pcapng');
  const [client, router, server] = ['client', 'router', 'server'].map(
    (name) => `whither-${name}-${process.pid}`,
  ) as [string, string, string];
  const children: Child[] = [];
  let capture: Capture;
  /** Interface names of a journey's events in their order, by journey. */
  const ways = new Map<bigint, SeenPacket[]>();

  const start = (command: string, ...args: string[]): Child => {
    const child = new Child(command, args);
    children.push(child);
    return child;
  };
  const answers = (from: string, to: string): boolean =>
    spawnSync('ip', ['netns', 'exec', client, 'ping', '-c', '1', '-W', '1', '-I', from, to]).status === 0;
  const nameOf = ({ interfaceIndex }: SeenPacket): string => capture.interfaces[interfaceIndex]!.name;

  beforeAll(async () => {
    const files = labFiles();
    children.push(new Child(files.loader, ['guard', client, router, server], { detached: true }));
    for (const [command, ...args] of forwardTopology({ client, router, server })) {
      await runCommand(command!, args);
    }
    await start(files.loader, 'attach', router, files.programs, ...edgePrograms(ROUTER_DEVICES[0])).line();
    const devices = ROUTER_DEVICES.flatMap((device) => ['-i', device]);
    // Also makes the routers' neighbour entries, so that no packet waits for one.
    for (const one of CLIENTS) {
      await until(`IPv4 is forwarded for ${one}`, () => answers(one, SERVER));
      await until(`IPv6 is forwarded for ${one}`, () => answers(v6(one), v6(SERVER)));
    }
    const probe = start(files.probe, ...devices, '--netns', router, '-w', file);
    // The file's head is written only then.
    await until('the probe is attached', () => existsSync(file) && statSync(file).size > 0);
    await start(files.traffic, 'serve', server).line();
    const asking = start(files.traffic, 'ask', client, RATE);
    await sleep(3000);
    await asking.end();
    await sleep(300);
    await probe.end('SIGINT');
    capture = readCapture(file);
    for (const packet of capture.packets) {
      ways.set(packet.journey, [...(ways.get(packet.journey) ?? []), packet]);
    }
  });

  afterAll(async () => {
    for (const child of children.reverse()) await child.end('SIGTERM');
    rmSync(directory, { recursive: true, force: true });
  });

  const journeys = (protocol: number, through: string): SeenPacket[][] =>
    [...ways.values()].filter((way) => {
      const forwarded = way.find((packet) => nameOf(packet) === through);
      return forwarded?.event.protocol === protocol;
    });

  it.each(Object.entries(ETHERTYPES))(
    'follows %s through every hook, device to device, both ways',
    (_, type) => {
      for (const [through, whole] of [
        ['in0:nf/forward', INWARDS],
        ['out0:nf/forward', OUTWARDS],
      ] as const) {
        const ofType = journeys(type, through);
        expect(ofType.length).toBeGreaterThan(20);
        const names = ofType.map((way) => way.map(nameOf));
        for (const way of names) expect(way).toEqual(whole);
      }
    },
  );

  it.each(Object.entries(ETHERTYPES))('reads the metadata of %s at every hook of the way', (_, type) => {
    for (const way of journeys(type, 'in0:nf/forward')) {
      const at = (name: string): string => way.find((packet) => nameOf(packet) === name)!.metaHex;
      for (const packet of way) expect(packet.event.metaState).toBe(META_STATE.present);
      for (const name of INWARDS.slice(0, 3)) expect(at(name)).toBe(at('in0:netif_receive_skb'));
      for (const name of INWARDS.slice(3)) expect(at(name)).toBe(at('in0:tcx/ingress@last'));
    }
  });

  it('names neither a journey twice nor two packets alike: trace ids and journeys are one to one', () => {
    const traces = new Map<string, Set<bigint>>();
    for (const { metaHex, journey } of capture.packets) {
      if (metaHex === '') continue;
      const trace = metaHex.slice(4, 20);
      traces.set(trace, (traces.get(trace) ?? new Set()).add(journey));
    }
    expect(traces.size).toBeGreaterThan(100);
    expect([...traces.values()].filter((set) => set.size > 1)).toEqual([]);
  });

  it('loses nothing, by its own account', () => {
    expect(capture.problems).toEqual([]);
    for (const { received, dropped, delivered } of finalStatistics(capture).values()) {
      expect([dropped, delivered]).toEqual([0n, received]);
    }
  });
});
