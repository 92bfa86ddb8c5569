import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { PackedCapture } from '#workers/api.ts';
import { Fault } from '#workers/fault.ts';
import { PackedSource } from '#workers/sources/packed.ts';
import { generatedBytes } from '#workers/testing/capture-bytes.ts';
import { World } from '#workers/testing/world.ts';
import { packShare } from './pack.ts';
import { unpack } from './unpack.ts';

const CAPTURE = new Uint8Array(generatedBytes(6000));

function packed(bytes: Uint8Array, part: Partial<PackedCapture> = {}): PackedCapture {
  const text = deflateSync(bytes).toString('base64');
  return { kind: 'packed', within: 'page', text, title: 'share.pcapng', limit: 2 ** 30, ...part };
}

/** What comes out, and what was wrong. */
async function all(of: PackedCapture): Promise<{ readonly bytes: Buffer; readonly fault: unknown }> {
  const parts: Uint8Array[] = [];
  try {
    for await (const part of unpack(of)) parts.push(part);
    return { bytes: Buffer.concat(parts), fault: null };
  } catch (fault) {
    return { bytes: Buffer.concat(parts), fault };
  }
}

it('gives what was packed, in pieces', async () => {
  const clock = { now: () => 0, yieldToTasks: () => Promise.resolve() };
  const made = await packShare(
    new Blob([CAPTURE]),
    clock,
    () => undefined,
    () => true,
  );
  const text = await made!.text();
  expect(text.length).toBeGreaterThan(128 * 1024);
  const { bytes, fault } = await all(packed(CAPTURE, { text }));
  expect(fault).toBeNull();
  expect(bytes.equals(CAPTURE)).toBe(true);
});

it.each<[string, PackedCapture, RegExp]>([
  [
    'cut off',
    packed(CAPTURE, { text: packed(CAPTURE).text.slice(0, 50_000) }),
    /not whole when it was saved/,
  ],
  ['no base64', packed(CAPTURE, { text: '*'.repeat(8) }), /its text is damaged/],
  ['no deflate', packed(CAPTURE, { text: 'AAAAAAAA' }), /it is damaged/],
])('says what is wrong with what is %s, and gives what comes before', async (_, of, why) => {
  const { bytes, fault } = await all(of);
  expect(fault).toBeInstanceOf(Fault);
  expect((fault as Fault).cause).toMatch(why);
  expect((fault as Fault).remedy).toMatch(/^Ask for the file again/);
  expect(bytes.equals(CAPTURE.subarray(0, bytes.length))).toBe(true);
});

it('a link that says more than one may gives no byte beyond its limit', async () => {
  const limit = 1024 * 1024;
  const bomb = packed(new Uint8Array(16 * limit), { within: 'link', limit });
  expect(bomb.text.length).toBeLessThan(100_000);
  const { bytes, fault } = await all(bomb);
  expect(bytes.length).toBeLessThanOrEqual(limit);
  expect((fault as Fault).cause).toBe(
    `The capture in this link cannot be read: it says more than ${limit} bytes.`,
  );
});

it('whatever the text, gives at most its limit or a fault', async () => {
  const limit = 1000;
  const texts = fc.oneof(
    fc.base64String({ maxLength: 200 }),
    fc.string({ maxLength: 50 }),
    fc.uint8Array({ maxLength: 3000 }).map((bytes) => packed(bytes).text),
  );
  await fc.assert(
    fc.asyncProperty(texts, async (text) => {
      const { bytes, fault } = await all(packed(CAPTURE, { text, limit }));
      expect(bytes.length).toBeLessThanOrEqual(limit);
      if (fault !== null) expect(fault).toBeInstanceOf(Fault);
    }),
  );
});

it('is open in full, can be read again, and is there to be downloaded', async () => {
  const world = new World(new PackedSource(packed(CAPTURE)));
  const end = await (await world.open()).ended();
  expect(end).toMatchObject({ state: 'done', bytesRead: CAPTURE.length, bytesTotal: CAPTURE.length });
  const { packet } = await world.session.eventBytes(0);
  expect(packet.length).toBeGreaterThan(0);
  const held = Buffer.from(await (await world.session.heldCapture()).arrayBuffer());
  expect(held.equals(CAPTURE)).toBe(true);
});

it('what was unpacked before it is damaged stays, and it is said', async () => {
  const cut = packed(CAPTURE, { text: packed(CAPTURE).text.slice(0, packed(CAPTURE).text.length >> 1) });
  const { state, events, problems } = await (await new World(new PackedSource(cut)).open()).ended();
  expect(state).toBe('failed');
  expect(events).toBeGreaterThan(0);
  expect(problems.map(({ code }) => code)).toEqual(['embedded']);
});
