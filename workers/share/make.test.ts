import { expect, it } from 'vitest';
import { CAREFUL } from '#core/share/policy.ts';
import type { CaptureNotes, ShareAsk } from '#workers/api.ts';
import { generatedBytes } from '#workers/testing/capture-bytes.ts';
import { fileWorld, World } from '#workers/testing/world.ts';
import { GIVE_UP } from '#workers/schema/api.ts';

const bytes = generatedBytes(6000);
const file = new File([new Uint8Array(bytes)], 'made.pcapng');
const NOTES: CaptureNotes = {
  notes: 1,
  view: [['device', 'x']],
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
  expiresMs: null,
};

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
  const made = await session.makeShare({ ...ASK, journeys: 'listed' }, new MessageChannel().port1);
  expect(made?.bytesBefore).toBe(bytes.length);
  expect(made?.viewLost).toEqual(['device']);
  expect(made?.packets.length).toBeGreaterThan(0);
  expect(made?.packets[0]?.before).not.toBe(made?.packets[0]?.after);
  const share = new Uint8Array(await made!.blob.arrayBuffer());
  const digest = await crypto.subtle.digest('SHA-256', share);
  expect(made?.sha256).toBe(Buffer.from(digest).toString('hex'));

  const again = await opened(share);
  const arrived = await again.session.arrivedShare();
  expect((await again.session.rows(0, 1000)).journey.length).toBe(journey.length);
  expect(arrived.faults).toEqual([]);
  expect(arrived.manifest?.selection.journeys).toBe(journey.length);
  expect(arrived.notes).toEqual({ ...NOTES, view: [] });
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

it('packs a share so that a page unpacks it', async () => {
  const { session } = await opened();
  const packed = await session.packShare(new Blob([new Uint8Array(bytes)]));
  const plain = new Blob([Buffer.from(packed, 'base64')])
    .stream()
    .pipeThrough(new DecompressionStream('deflate'));
  expect(Buffer.from(await new Response(plain).arrayBuffer()).equals(Buffer.from(bytes))).toBe(true);
});
