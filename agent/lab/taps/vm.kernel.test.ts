import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { LocationSink } from '#core/inspect/locations.ts';
import { TAP_JOIN } from '#core/format/structs.ts';
import { CaptureReader } from '#core/pcapng/reader.ts';
import { CaptureStore } from '#core/store/capture-store.ts';
import { findRoot } from '../root.ts';
import { readCapture, type Capture } from '../testing/read-capture.ts';
import { IN_VM, IPROUTE2 } from '../vm/initramfs.ts';
import { AWAIT, type Job } from '../vm/jobs.ts';
import { withVm } from '../vm/machine.ts';
import { requireVm } from '../vm/require-vm.ts';

/** The oldest kernel that Whither supports: whither.h must pass its verifier, and find everything there. */
const VERSION = '6.1';
const kernel = requireVm(VERSION);
const skip = typeof kernel === 'string' ? kernel : null;
const COUNT = 5;

function tapsJob(root: string): Job {
  const ip = IPROUTE2.ip;
  const script = `
set -eu
${AWAIT}
${ip} netns add here
${ip} netns add there
${ip} link add peer0 netns there type veth peer name taps0 netns here
${ip} -n there addr add 10.74.0.1/24 dev peer0
${ip} -n here addr add 10.74.0.2/24 dev taps0
${ip} -n there link set peer0 up
${ip} -n here link set taps0 up
mkfifo /tmp/taps-pipe
/taps/whither-taps attach here taps0 /taps/taps.bpf.o /sys/fs/cgroup </tmp/taps-pipe >attached.txt 2>attach-errors.txt &
attached=$!
exec 3>/tmp/taps-pipe
await attached.txt $attached
/taps/whither-taps receive here 10.74.0.2 >received.txt &
receiver=$!
await received.txt $receiver
${IN_VM.probe} -i taps0 --netns here --schema /taps/schema.json --map taps_flows --map taps_sockets --map-interval 50 -w taps.pcapng 2>probe.txt &
probe=$!
await taps.pcapng $probe
/taps/whither-taps send there 10.74.0.1 10.74.0.2 7100 ${COUNT}
sleep 0.5
kill -INT $probe
wait $probe
echo sites >&3
sleep 0.2
kill $receiver
exec 3>&-
wait $attached
`;
  const built = (file: string): string => path.join(root, 'build', file);
  return {
    name: 'taps',
    script,
    files: {
      '/taps/whither-taps': built('whither-taps'),
      '/taps/taps.bpf.o': built('lab/taps.bpf.o'),
      '/taps/schema.json': path.join(root, 'agent/lab/taps/schema.json'),
    },
  };
}

describe.skipIf(skip !== null)(`taps on Linux ${VERSION} in QEMU${skip === null ? '' : ` (${skip})`}`, () => {
  if (typeof kernel === 'string') return;
  let capture: Capture;
  let sink: LocationSink;
  let said: string;
  let attached: string;

  beforeAll(async () => {
    await withVm(kernel, [tapsJob(findRoot())], ({ directory }) => {
      const file = (name: string): string => path.join(directory, 'taps', name);
      said = readFileSync(file('stderr'), 'utf8') + readFileSync(file('attach-errors.txt'), 'utf8');
      attached = readFileSync(file('attached.txt'), 'utf8');
      capture = readCapture(file('taps.pcapng'));
      sink = new LocationSink(new CaptureStore());
      const reader = new CaptureReader(sink);
      reader.push(readFileSync(file('taps.pcapng')));
      reader.end();
    });
  });

  it('load, and are silent when the probe has ended', () => {
    const [ready, sites] = attached.split('\n');
    expect([said, ready]).toEqual(['', 'ready']);
    const on = (JSON.parse(sites!) as { name: string; on: number }[]).map((site) => site.on);
    expect(on).toEqual([0, 0, 0, 0]);
  });

  it('are events of the packet, joined to its hooks', () => {
    const at = (name: string) =>
      capture.packets.filter((packet) => capture.interfaces[packet.interfaceIndex]!.name === `taps0:${name}`);
    expect(at('tap/xdp_exit').map(({ metaHex }) => metaHex)).toEqual(
      Array.from({ length: COUNT }, (_, n) => `21080${n + 1}0000000000000022010` + '1000000'),
    );
    for (const packet of at('tap/xdp_exit')) {
      expect(packet.event.tap!.join).toBe(TAP_JOIN.head);
      const names = capture.packets
        .filter(({ journey }) => journey === packet.journey)
        .map(({ interfaceIndex }) => capture.interfaces[interfaceIndex]!.name);
      expect(names).toContain('taps0:napi_gro_receive_entry');
      expect(names).toContain('taps0:tap/to_flow_map');
    }
    expect(capture.problems).toEqual([]);
  });

  it('and sampled maps make one line of a TLV', () => {
    const row = [...sink.objects()].find(({ name, value }) => name === 'request' && value === String(COUNT))!;
    expect(row.locations.map(({ where }) => where)).toEqual(['packet', 'area', 'blob', 'map', 'socket']);
  });
});
