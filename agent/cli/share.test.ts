import { PassThrough, Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { findSecret, HOPS, JOURNEYS, seededCapture } from '#core/share/testing/secrets.ts';
import { CAREFUL } from '#core/share/policy.ts';
import { BLOCK_SUBTYPE } from '#core/format/structs.ts';
import { parseNotes } from '#core/notes/notes.ts';
import { CaptureReader } from '#core/pcapng/reader.ts';
import { CaptureWriter } from '#core/pcapng/writer.ts';
import { CaptureStore } from '#core/store/capture-store.ts';
import { Failure } from '../failure.ts';
import { inspect } from './inspect.ts';
import { shareCapture, type ShareOptions } from './share.ts';

const { capture, secrets } = seededCapture();
const OPTIONS: ShareOptions = {
  filtered: null,
  first: null,
  allNotes: false,
  fromNs: null,
  toNs: null,
  hooks: null,
  policy: CAREFUL,
  schema: null,
  expiresMs: null,
  preview: false,
  page: null,
};

/** In pieces, as a file is read. */
function input(): Readable {
  return Readable.from([Buffer.from(capture.subarray(0, 1000)), Buffer.from(capture.subarray(1000))]);
}

async function run(
  options: Partial<ShareOptions>,
  bytes: Uint8Array | null = null,
): Promise<{ code: number; out: Buffer; err: string }> {
  const out = new PassThrough();
  const err = new PassThrough();
  const parts: Buffer[] = [];
  let text = '';
  out.on('data', (part: Buffer) => parts.push(part));
  err.on('data', (part: Buffer) => (text += part.toString()));
  const code = await shareCapture(
    bytes === null ? input() : Readable.from([bytes]),
    'a.pcapng',
    { ...OPTIONS, ...options },
    out,
    err,
  );
  return { code, out: Buffer.concat(parts), err: text };
}

/** What inspect says beside the events. */
async function inspected(bytes: Buffer): Promise<string> {
  const [out, err] = [new PassThrough(), new PassThrough()];
  out.resume();
  await inspect(Readable.from([bytes]), 'b.pcapng', { json: true, summary: true, schema: null }, out, err);
  return String(err.read());
}

function stored(bytes: Uint8Array): CaptureStore {
  const store = new CaptureStore();
  const reader = new CaptureReader(store);
  reader.push(bytes);
  reader.end();
  return store;
}

test('writes a capture that has none of the secrets, and says what it removed', async () => {
  const { code, out, err } = await run({});
  expect(code).toBe(0);
  expect(stored(out).journeys.count).toBe(JOURNEYS);
  expect(secrets.filter((secret) => findSecret(out, secret) !== '')).toEqual([]);
  expect(err).toMatch(/^a\.pcapng: 24 events of 24, \d+ bytes in, \d+ out; removed \d+ bytes of payload/);
});

test('a page with it inside is called by the name of the file only where names are kept', async () => {
  const title = async (policy: ShareOptions['policy']) => {
    const { out } = await run({ policy, page: '<html><head></head></html>' });
    return /data-title="([^"]*)"/.exec(out.toString())?.[1];
  };
  expect(await title(CAREFUL)).toBe('share.pcapng');
  expect(await title({ ...CAREFUL, names: 'keep' })).toBe('a.pcapng');
});

test('who inspects it reads what was left out, and of a manifest that is none that it is', async () => {
  const { out } = await run({ hooks: new Set([1]), expiresMs: 1000 });
  const said = await inspected(out);
  expect(said).toMatch(/^b\.pcapng: a share of 20\S+, to be deleted after 20\S+; 8 events of 24; /);
  expect(said).toMatch(/; removed [1-9]\d* bytes of payload, .*; addresses and names are pseudonyms\n$/);
  const at = out.lastIndexOf('{"share":1,');
  out.write('7', at + '{"share":'.length);
  expect(await inspected(out)).toMatch(/^b\.pcapng: at byte \d+: The manifest block here .*\(share: .*\n$/);
});

test('--where takes whole journeys', async () => {
  const { out } = await run({ filtered: { input: input(), where: 'hop == "tcx ingress" && proto == tcp' } });
  const store = stored(out);
  expect(store.journeys.count).toBeLessThanOrEqual(JOURNEYS / 2);
  expect(store.events.count).toBe(store.journeys.count * HOPS.length);
});

test('a filter that is none is named, with its place', async () => {
  const asked = run({ filtered: { input: input(), where: 'tlv.trase == 1' } });
  await expect(asked).rejects.toThrow(Failure);
  await expect(asked).rejects.toThrow(/"tlv.trase", character 1/);
});

test('times and hooks are a selection; the manifest says so and what it left', async () => {
  const { out } = await run({ fromNs: 1_795_392_000_000_003_000n, hooks: new Set([1]), preview: true });
  expect(JSON.parse(out.toString())).toMatchObject({
    selection: { fromNs: '1795392000000003000', toNs: null, hooks: [1] },
    events: { kept: JOURNEYS - 1, left: JOURNEYS * HOPS.length - JOURNEYS + 1 },
  });
});

test('two shares of one capture have nothing in common that tells who is who', async () => {
  const [one, other] = [await run({}), await run({})];
  expect(one.out.equals(other.out)).toBe(false);
});

test('--where does not take a journey of another run with the same id', async () => {
  const bytes = Buffer.concat([1, 2].map((run) => oneJourney(run)));
  const from = (): Readable => Readable.from([bytes]);
  const out = new PassThrough();
  const parts: Buffer[] = [];
  out.on('data', (part: Buffer) => parts.push(part));
  const options = { ...OPTIONS, filtered: { input: from(), where: 'ip.src == 10.0.0.1' } };
  await shareCapture(from(), 'a.pcapng', options, out, new PassThrough());
  const store = stored(Buffer.concat(parts));
  expect([store.journeys.count, store.events.count]).toEqual([1, 1]);
});

test('what is no capture has no share', async () => {
  for (const bytes of ['root:x:0:0:root:/root:/bin/bash\n', '']) {
    for (const options of [{}, { preview: true }, { page: '<html><head></head></html>' }]) {
      const { code, out, err } = await run({ ...options }, Buffer.from(bytes));
      expect([code, out.length]).toEqual([1, 0]);
      expect(err).toMatch(/^a\.pcapng: at byte 0: [^\n]*\n$/);
    }
  }
});

test('a selection of nothing says so', async () => {
  const { code, err } = await run({ fromNs: 1n, toNs: 2n });
  expect(code).toBe(0);
  expect(err).toMatch(/a\.pcapng: nothing of 24 events is selected: the share has no packets\n$/);
});

test('a rule for a type that there is not, and one that a type cannot have, are errors before anything is written', async () => {
  const policy = (values: ShareOptions['policy']['values']) => ({ ...CAREFUL, values });
  const asked = (values: ShareOptions['policy']['values']) => run({ first: input(), policy: policy(values) });
  await expect(asked({ 'egde.session': 'drop' })).rejects.toThrow(/no type egde\.session/);
  await expect(asked({ 'edge.verdict': 'pseudonym' })).rejects.toThrow(/cannot have the rule pseudonym/);
  expect((await asked({ 'edge.session': 'drop', 'edge.client': 'pseudonym' })).code).toBe(0);
});

test('notes and the report go along, those on what does not go stay, and each is said', async () => {
  const writer = new CaptureWriter();
  const at = (ns: string) => ({ on: 'time', fromNs: ns, toNs: ns }) as const;
  writer.json(BLOCK_SUBTYPE.notes, {
    notes: 1,
    view: [],
    report: 'of 192.0.2.7 in a.pcapng at 0xdead1234',
    items: [
      { pin: at('1795392000000000000'), text: 'one' },
      { pin: at('1795392000000003000'), text: 'other' },
    ],
  });
  const written = Buffer.concat([capture, writer.take()]);
  const told = (bytes: Uint8Array) => {
    const block = stored(bytes).facts.told.find(({ subtype }) => subtype === BLOCK_SUBTYPE.notes);
    const parsed = parseNotes(block!.body);
    return 'value' in parsed ? parsed.value : null;
  };
  const whole = await run({}, written);
  expect(whole.err).toMatch(/a\.pcapng: with it go 2 notes and the report\n/);
  expect(whole.err).toMatch(/looks like an address, a pointer or bytes: 0xdead1234\n/);
  expect(told(whole.out)?.report).toMatch(/^of [\d.]+ in file\d at 0xdead1234$/);
  expect(told(whole.out)?.report).not.toContain('192.0.2');
  const part = { toNs: 1_795_392_000_000_002_000n, first: Readable.from([written]) };
  const some = await run(part, written);
  expect(told(some.out)?.items.map(({ text }) => text)).toEqual(['one']);
  expect(some.err).toMatch(
    /with it go 1 note and the report\n.*\n?.*1 note on what does not go stay here: --all-notes/,
  );
  const all = await run({ ...part, first: Readable.from([written]), allNotes: true }, written);
  expect(told(all.out)?.items.length).toBe(2);
});

test('a share of a share is to be deleted when that is, and says so', async () => {
  const one = await run({ expiresMs: 3_600_000 });
  const again = await run({ expiresMs: 'kept' }, one.out);
  const expires = /to be deleted after (\S+),/.exec(again.err)?.[1];
  expect(await inspected(again.out)).toContain(`to be deleted after ${expires};`);
  expect((await run({ expiresMs: null }, one.out)).err).not.toContain('deleted');
});

/** Id 1 in each run, from 10.0.0.RUN. */
function oneJourney(run: number): Uint8Array {
  const writer = new CaptureWriter();
  writer.sectionHeader();
  const id = new Uint8Array(16).fill(run);
  writer.section({ run: id, segment: 0, startedNs: 0n, clockOffsetNs: 0n, clockErrorNs: 0n });
  writer.interfaceDescription({ linkType: 101, name: 'eth0' });
  const data = Uint8Array.from([0x45, 0, 0, 20, 0, 1, 0, 0, 64, 253, 0, 0, 10, 0, 0, run, 10, 0, 1, 1]);
  writer.enhancedPacket({ interfaceId: 0, time: 1n, data, packetId: 1n });
  return writer.take();
}
