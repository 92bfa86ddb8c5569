import { expect, it } from 'vitest';
import { BLOCK_SUBTYPE } from '#core/format/structs.ts';
import { CaptureWriter } from '#core/pcapng/writer.ts';
import { CAREFUL } from '#core/share/policy.ts';
import { KEEP_ALL } from '#core/share/testing/keep-all.ts';
import { sectionBytes } from '#core/store/testing/scenario.ts';
import type { CaptureNotes, ShareAsk } from '#workers/api.ts';
import { generatedBytes } from '#workers/testing/capture-bytes.ts';
import { fileWorld, World } from '#workers/testing/world.ts';
import { GIVE_UP } from '#workers/schema/api.ts';

const bytes = generatedBytes(6000);
const file = new File([new Uint8Array(bytes)], 'made.pcapng');
const NOTES: CaptureNotes = {
  notes: 1,
  view: [
    ['device', 'x'],
    ['where', 'device == eth0'],
    ['a', 'device ~ eth'],
    ['col', 'tlv.verdict'],
    ['col', 'latency("eth0:a", "eth0:b")'],
  ],
  report: '# What',
  items: [{ pin: { on: 'journey', id: '1', run: '' }, text: 'this one' }],
};
const ASK: ShareAsk = {
  capture: { kind: 'file', file },
  journeys: null,
  time: null,
  hooks: null,
  policy: CAREFUL,
  notes: NOTES,
  allNotes: false,
  files: ['made.pcapng'],
  expiresMs: null,
};

const SECTION_JOURNEYS = 3;

/** A run of one agent: the same ids in every one. */
function section(run: number): Uint8Array {
  const writer = new CaptureWriter();
  writer.sectionHeader();
  writer.section({
    run: new Uint8Array(16).fill(run),
    segment: 0,
    startedNs: 1n,
    clockOffsetNs: 0n,
    clockErrorNs: 0n,
  });
  writer.interfaceDescription({ linkType: 1, name: 'eth0' });
  for (let id = 1; id <= SECTION_JOURNEYS; id++) {
    const data = new Uint8Array(60).fill(16 * run + id);
    writer.enhancedPacket({ interfaceId: 0, time: BigInt(1000 * run + id), data, packetId: BigInt(id) });
  }
  return writer.take();
}

async function opened(of: Uint8Array<ArrayBuffer> = new Uint8Array(bytes)): Promise<World> {
  const world = fileWorld(of);
  await (await world.open()).ended();
  return world;
}

it('makes of the list a share that opens, with its notes, and says what it is of', async () => {
  const { session } = await opened();
  await session.setFilter({
    hop: null,
    metadata: null,
    harm: null,
    time: null,
    where: 'tlv.verdict == drop',
  });
  const { journey } = await session.rows(0, 1000);
  const ask: ShareAsk = { ...ASK, journeys: 'listed', allNotes: true };
  const made = await session.makeShare(ask, new MessageChannel().port1);
  expect(made?.valueRules.get('generated.verdict')).toEqual(['keep', 'hash', 'drop']);
  expect(made?.notesLeft).toBe(0);
  expect(made?.bytesBefore).toBe(bytes.length);
  expect(made?.viewLost).toEqual([
    { name: null, value: 'x', held: null },
    { name: 'a', value: 'device ~ eth', held: { part: 'eth', because: 'name' } },
    // One column goes and the other does not.
    { name: 'col', value: 'latency("eth0:a", "eth0:b")', held: null },
  ]);
  expect(made?.packets.length).toBeGreaterThan(0);
  expect(made?.packets[0]?.before).not.toBe(made?.packets[0]?.after);
  const [name, ...others] = made?.packets[0]?.changes ?? [];
  expect(name).toMatchObject({ of: 'hop', name: 'name', fate: 'replaced', after: made?.packets[0]?.hop });
  expect(new Set(others.map(({ of }) => of))).toEqual(
    new Set(['hop', 'Ethernet', 'IPv4', 'UDP', 'metadata', 'kernel']),
  );
  const share = new Uint8Array(await made!.blob.arrayBuffer());
  const digest = await crypto.subtle.digest('SHA-256', share);
  expect(made?.sha256).toBe(Buffer.from(digest).toString('hex'));

  const again = await opened(share);
  const arrived = await again.session.arrivedShare();
  expect((await again.session.rows(0, 1000)).journey.length).toBe(journey.length);
  expect(arrived.faults).toEqual([]);
  expect(arrived.manifest?.selection.journeys).toBe(journey.length);
  expect(arrived.line).toMatch(/^a share of .*; addresses and names are pseudonyms$/);
  const view = [
    ['where', 'device == dev1'],
    ['col', 'tlv.verdict'],
  ];
  expect(arrived.notes).toEqual({ ...NOTES, view });
});

it('what was chosen goes, also when the log has let go of earlier runs since it was read', async () => {
  const runs = [1, 2, 3].map((run) => section(run));
  const { session } = await opened(new Uint8Array(Buffer.concat(runs)));
  const { journey } = await session.rows(0, 100);
  expect(journey.length).toBe(3 * SECTION_JOURNEYS);
  const rotated = new File(
    runs.slice(1).map((one) => new Uint8Array(one)),
    'spool.pcapng',
  );
  const chosen = SECTION_JOURNEYS + 1;
  const made = await session.makeShare(
    { ...ASK, capture: { kind: 'file', file: rotated }, journeys: [chosen], policy: KEEP_ALL },
    new MessageChannel().port1,
  );
  expect(made?.manifest.events).toEqual({ kept: 1, left: 2 * SECTION_JOURNEYS - 1 });
  const again = await opened(new Uint8Array(await made!.blob.arrayBuffer()));
  const rows = await again.session.rows(0, 100);
  expect(rows.journey.length).toBe(1);
  const [before, after] = [await session.journey(chosen), await again.session.journey(0)];
  expect([after.id, after.run]).toEqual([before.id, before.run]);
  expect(after.run).toBe('02020202');
});

it('shows different packets, those with metadata where there are any', async () => {
  const preview = async (capture: Uint8Array) => {
    const { session } = await opened(new Uint8Array(capture));
    const asked: ShareAsk = {
      ...ASK,
      capture: { kind: 'file', file: new File([new Uint8Array(capture)], 'a.pcapng') },
    };
    return (await session.makeShare(asked, new MessageChannel().port1))!.packets;
  };
  const plain = await preview(section(1));
  expect(plain.map(({ areaBefore }) => areaBefore)).toEqual(['', '', '']);
  expect(new Set(plain.map(({ before }) => before)).size).toBe(3);
  const meta = [1, 4, 7, 0, 0, 0];
  const seen = [
    { hook: 'netif_receive_skb', id: 1n, us: 0 },
    { hook: 'tcx/ingress@first', id: 1n, us: 1, meta },
    { hook: 'tcx/ingress@last', id: 1n, us: 2, meta },
  ];
  const told = await preview(sectionBytes({ seen }));
  expect(told.map(({ areaBefore }) => areaBefore)).toEqual(['010407000000']);
});

it('of manifests and notes that arrive the newest count, and those that are none are said with their place', async () => {
  const writer = new CaptureWriter();
  writer.sectionHeader();
  const offset = writer.length;
  writer.json(BLOCK_SUBTYPE.notes, { notes: 2 });
  writer.json(BLOCK_SUBTYPE.notes, NOTES);
  writer.json(BLOCK_SUBTYPE.manifest, { share: 1 });
  const { session } = await opened(new Uint8Array(writer.take()));
  const { manifest, notes, faults } = await session.arrivedShare();
  expect([manifest, notes]).toEqual([null, NOTES]);
  expect(faults.map(({ offset: at, cause }) => [at, /^The (\w+) block/.exec(cause)?.[1]])).toEqual([
    [offset, 'notes'],
    [expect.any(Number), 'manifest'],
  ]);
});

it('is given up when nobody wants it any more', async () => {
  const world = await opened();
  const { session } = world;
  world.slow = true;
  const { port1, port2 } = new MessageChannel();
  port2.postMessage(GIVE_UP);
  expect(await session.makeShare(ASK, port1)).toBeNull();
  port2.close();
});

it('packs in slices, and no more when nobody wants it', async () => {
  const world = await opened();
  world.slow = true;
  const { yields } = world;
  const { port1, port2 } = new MessageChannel();
  // Longer than what is compressed at once.
  const packed = world.session.packShare(new Blob([new Uint8Array(2 ** 20)]), port1);
  world.onYield = () => port2.postMessage(GIVE_UP);
  expect(await packed).toBeNull();
  expect(world.yields - yields).toBeLessThan(4);
  port2.close();
});

it('packs a share so that a page unpacks it', async () => {
  const { session } = await opened();
  const { port1, port2 } = new MessageChannel();
  const packed = await session.packShare(new Blob([new Uint8Array(bytes)]), port1);
  port2.close();
  const plain = new Blob([Buffer.from(await packed!.text(), 'base64')])
    .stream()
    .pipeThrough(new DecompressionStream('deflate'));
  expect(Buffer.from(await new Response(plain).arrayBuffer()).equals(Buffer.from(bytes))).toBe(true);
});
