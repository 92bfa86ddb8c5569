import { Readable, Writable } from 'node:stream';
import { expect, it } from 'vitest';
import { readAll } from '#core/pcapng/testing/record-calls.ts';
import { sectionBytes } from '#core/store/testing/scenario.ts';
import { exportForWireshark } from './schema-commands.ts';

const CAPTURE = sectionBytes({
  seen: [
    { hook: 'netif_receive_skb', id: 1n, us: 0 },
    { hook: 'tcx/ingress@first', id: 1n, us: 1 },
  ],
});

async function exported(hop: string | null): Promise<Buffer> {
  const parts: Buffer[] = [];
  const out = new Writable({
    write: (part: Buffer, _, done) => {
      parts.push(part);
      done();
    },
  });
  await exportForWireshark(Readable.from([CAPTURE]), 'c.pcapng', hop, out);
  return Buffer.concat(parts);
}

it('one hop is less than all, which without metadata is the capture as it was but for its Custom Blocks', async () => {
  const all = await exported(null);
  const [before, after] = [readAll([CAPTURE]), readAll([all])];
  const packets = ({ packets: recorded }: typeof before) =>
    recorded.map(({ blockOffset: _, ...packet }) => packet);
  expect(packets(after)).toEqual(packets(before));
  expect(after.problems).toEqual([]);
  expect(before.customs.length).toBeGreaterThan(0);
  expect(after.customs).toEqual([]);
  const one = await exported('eth0:tcx/ingress@first');
  expect(one.length).toBeLessThan(all.length);
  expect(one.length).toBeGreaterThan(all.length / 2);
});

it('a hop that is not there is told with those that are', async () => {
  await expect(exported('eth0:xdp')).rejects.toMatchObject({
    message: 'c.pcapng has no packet of eth0:xdp',
    remedy: 'its hops are eth0:netif_receive_skb, eth0:tcx/ingress@first',
  });
});
