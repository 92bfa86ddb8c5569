import { expect, it } from 'vitest';
import { CAREFUL } from '#core/share/policy.ts';
import { manifestOf, newTally } from '#core/share/manifest.ts';
import { BLOCK_SUBTYPE } from '#core/format/structs.ts';
import { joinChunks } from '#core/pcapng/testing/generate-capture.ts';
import { filesBytes, sectionBytes } from '#core/store/testing/scenario.ts';
import { CaptureWriter } from '#core/pcapng/writer.ts';
import type { SourceSpec } from '#workers/api.ts';
import { sourceOf } from '#workers/sources/source-of.ts';
import { World } from '#workers/testing/world.ts';

interface Share {
  readonly expires?: string;
  readonly report?: string;
  readonly note?: string;
}

/** null = no share. */
function capture(share: Share | null): Uint8Array<ArrayBuffer> {
  const writer = new CaptureWriter();
  writer.sectionHeader();
  if (share !== null) {
    const { expires = null, report = '', note = '' } = share;
    const items = note === '' ? [] : [{ pin: { on: 'cause', cause: 'tcx-redirect' }, text: note }];
    writer.json(BLOCK_SUBTYPE.notes, { notes: 1, view: [['where', 'udp']], report, items });
    const selection = { fromNs: null, toNs: null, journeys: null, hooks: null };
    const of = { created: '2026-11-26T12:00:00.000Z', policy: CAREFUL, selection, tally: newTally() };
    writer.json(BLOCK_SUBTYPE.manifest, manifestOf({ ...of, expires, unknownBytes: 0, values: new Map() }));
  }
  return new Uint8Array(writer.take());
}

const part = (name: string, share: Share | null) => ({
  name,
  source: { kind: 'file', file: new File([capture(share)], name) } as const,
});

async function arrived(spec: SourceSpec) {
  const world = new World((one) => sourceOf(one, null));
  await (await world.open(spec)).ended();
  return world.session.arrivedShare();
}

it('of one file what it says is of all of it, with its view', async () => {
  const { line, notes } = await arrived(part('s.pcapng', { report: '# Why' }).source);
  expect(line).toMatch(/^a share of 2026-11-26/);
  expect(notes).toMatchObject({ view: [['where', 'udp']], report: '# Why' });
});

it('of several files each speaks for itself: its line and report name it, and its view is not that of all', async () => {
  const parts = [
    part('live.pcapng', null),
    part('s1.pcapng', {
      expires: '2026-12-03T00:00:00.000Z',
      report: '# Why',
      note: 'here',
    }),
    part('s2.pcapng', { expires: '2026-12-01T00:00:00.000Z', note: 'there' }),
    part('s3.pcapng', {}),
  ];
  const { line, notes, manifest } = await arrived({ kind: 'together', parts });
  expect(line.split('. ').map((one) => one.slice(0, 22))).toEqual([
    's1.pcapng is a share o',
    's2.pcapng is a share o',
    's3.pcapng is a share o',
  ]);
  expect(notes?.view).toEqual([]);
  expect(notes?.report).toBe('Of `s1.pcapng`:\n\n# Why');
  expect(notes?.items.map(({ text }) => text)).toEqual(['here', 'there']);
  // Whoever shares them anew must not keep longer what is to be deleted.
  expect(manifest?.expires).toBe('2026-12-01T00:00:00.000Z');
});

it('of several files a note at a hop stays at that of its own file, of which another has one of the same name', async () => {
  const hook = 'netif_receive_skb';
  const seen = sectionBytes({ seen: [{ hook, id: 1n, us: 0 }] });
  const noted = (before: Uint8Array, hop: string) => {
    const writer = new CaptureWriter();
    writer.sectionHeader();
    const items = [{ pin: { on: 'hop', hop }, text: 'slow here' }];
    writer.json(BLOCK_SUBTYPE.notes, { notes: 1, view: [], report: '', items });
    return new Uint8Array(joinChunks([before, writer.take()]));
  };
  const two = filesBytes([
    ['file1', seen],
    ['file2', seen],
  ]);
  // Namespace and host as the scenario has them.
  const key = `eth0:${hook}~7~`;
  const files = [
    ['a.pcapng', noted(seen, `eth0:${hook}`)],
    ['b.pcapng', noted(seen, `eth0:${hook}`)],
    ['c.pcapng', noted(two, `${key}~file2`)],
    ['d.pcapng', noted(seen, 'eth9:none')],
  ] as const;
  const parts = files.map(([name, bytes]) => ({
    name,
    source: { kind: 'file', file: new File([bytes], name) } as const,
  }));
  const { notes } = await arrived({ kind: 'together', parts });
  expect(notes?.items.map(({ pin }) => pin)).toEqual(
    ['a.pcapng', 'b.pcapng', 'c.pcapng/file2']
      .map((file) => ({ on: 'hop', hop: `${key}~${file}` }))
      .concat({ on: 'hop', hop: 'eth9:none' }),
  );
});
