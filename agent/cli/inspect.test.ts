import { PassThrough, Readable, Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { generateCapture, GENERATED_SCHEMA, joinChunks } from '#core/pcapng/testing/generate-capture.ts';
import type { InspectedEvent } from '#core/inspect/event-object.ts';
import { FORMAT_VERSION, MAGIC_BLOCK, PEN } from '#core/format/layout.gen.ts';
import { BLOCK_SUBTYPE } from '#core/format/structs.ts';
import { BLOCK_CUSTOM } from '#core/pcapng/blocks.ts';
import { SCHEMA, sectionBytes, START_NS, trace } from '#core/store/testing/scenario.ts';
import { formatLine, inspect, type InspectOptions } from './inspect.ts';

const EVENTS = 200;
const CAPTURE = joinChunks(generateCapture({ events: EVENTS }));
const JSON_LINES: InspectOptions = { json: true, schema: null };

async function run(
  bytes: Uint8Array,
  options: InspectOptions = JSON_LINES,
): Promise<{ code: number; out: string; err: string }> {
  const out = new PassThrough();
  const err = new PassThrough();
  const text = { out: '', err: '' };
  out.on('data', (part: Buffer) => (text.out += part.toString()));
  err.on('data', (part: Buffer) => (text.err += part.toString()));
  const code = await inspect(
    Readable.from([Buffer.from(bytes)], { objectMode: true }),
    'a.pcapng',
    options,
    out,
    err,
  );
  return { code, ...text };
}

function events(out: string): InspectedEvent[] {
  return out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as InspectedEvent);
}

test('every event is one JSON object on a line', async () => {
  const { code, out, err } = await run(CAPTURE);
  expect([code, err]).toEqual([0, '']);
  const all = events(out);
  expect(all.map((event) => event.n)).toEqual(Array.from({ length: EVENTS }, (_, i) => i + 1));
  expect(all[0]).toMatchObject({ time_ns: '1795392000000000000', interface: 'eth0:netif_receive_skb' });
  expect(all[0]!.tlvs.map((tlv) => tlv.name)).toContain('trace_id');
});

test('--where prints the events of journeys that pass, all of them, as without it', async () => {
  const every = events((await run(CAPTURE)).out);
  const { code, out } = await run(CAPTURE, { json: true, schema: null, where: 'tlv.verdict == drop' });
  const some = events(out);
  const drops = new Set(
    every.flatMap((one) => (one.tlvs.some(({ value }) => value === 'drop') ? [one.journey] : [])),
  );
  expect([code, drops.size > 0]).toEqual([0, true]);
  expect(some.map(({ n }) => n)).toEqual(every.filter(({ journey }) => drops.has(journey)).map(({ n }) => n));
  expect(some.length).toBeLessThan(every.length);
  const same = ({ n, interface: name, tlvs, state }: (typeof every)[number]): unknown => ({
    n,
    name,
    tlvs,
    state,
  });
  expect(some.map(same)).toEqual(every.filter(({ journey }) => drops.has(journey)).map(same));
});

test('a filter that cannot be asked says where, why and what to do', async () => {
  await expect(
    run(CAPTURE, { json: true, schema: null, where: 'len > 3 && tlv.verdct' }),
  ).rejects.toMatchObject({
    message: '--where: There is no field “tlv.verdct” ("tlv.verdct", character 12)',
    remedy: 'Did you mean “tlv.verdict”?',
  });
});

test('a hop that the capture has not is said, and the filter is asked all the same', async () => {
  const where = 'hop == "netif_receive_skv" || port == 99999';
  const { code, out, err } = await run(CAPTURE, { json: true, schema: null, where });
  expect([code, out]).toEqual([0, '']);
  expect(err).toBe(
    'a.pcapng: --where: No hop here is called “netif_receive_skv”. Did you mean "netif_receive_skb"?\n' +
      'a.pcapng: --where: There is no port 99999. They end at 65535.\n',
  );
  expect((await run(CAPTURE, { json: true, schema: null, where: 'hop == netif_receive_skb' })).err).toBe('');
});

test('a schema given replaces that of the capture', async () => {
  const types = GENERATED_SCHEMA.types.map((type) => (type.type === 1 ? { ...type, name: 'renamed' } : type));
  const { out } = await run(CAPTURE, { json: true, schema: { ...GENERATED_SCHEMA, types } });
  expect(events(out)[0]!.tlvs[0]!.name).toBe('renamed');
});

test('without --json an event is a line for people', async () => {
  const { out } = await run(CAPTURE, { json: false, schema: null });
  const lines = out.trimEnd().split('\n');
  expect(lines).toHaveLength(EVENTS);
  expect(lines[0]).toMatch(
    /^1 {2}1795392000\.000000000 {2}eth0:netif_receive_skb {2}j=\d+ {2}\w+ {2}\S+ → \S+ {2}trace_id=0x/,
  );
});

test('a type that the schema does not know is printed in hexadecimal where types are wider than a byte', async () => {
  const wide = { ...GENERATED_SCHEMA.framing, typeBytes: 2, lengthBytes: 2, endian: 'big' } as const;
  const { pad: _, ...framing } = wide;
  // The area of the capture, read by this framing: type 0x0108 is longer than it, so most of it is a fault.
  const { out } = await run(CAPTURE, { json: false, schema: { ...GENERATED_SCHEMA, framing, types: [] } });
  expect(out).toMatch(/TLV type 0x[0-9a-f]{4} at offset/);
  const tlv = { name: '', value: '2a', offset: 0, length: 5, value_offset: 4, value_length: 1 };
  const [first] = events((await run(CAPTURE)).out);
  const line = (typeBytes: 1 | 2 | 4): string =>
    formatLine({ ...first!, tlvs: [{ ...tlv, type: 257 }] }, typeBytes);
  expect(line(2)).toContain('  type 0x0101=2a');
  expect(line(4)).toContain('  type 0x00000101=2a');
  expect(formatLine({ ...first!, tlvs: [{ ...tlv, type: 9 }] }, 1)).toContain('  type 9=2a');
});

test('text is refused with cause, remedy and offset', async () => {
  const { code, out, err } = await run(Buffer.from('this is not a capture, it is only some text\n'));
  expect([code, out]).toEqual([1, '']);
  expect(err).toMatch(/^a\.pcapng: at byte 0: .+\. .+\.\n$/);
});

test('an empty file is said to be empty', async () => {
  const { code, err } = await run(new Uint8Array(0));
  expect([code, err]).toEqual([
    1,
    'a.pcapng: at byte 0: The file is empty. Choose another file, or capture again.\n',
  ]);
});

test('of a truncated file, what was whole is printed', async () => {
  const { code, out, err } = await run(CAPTURE.subarray(0, CAPTURE.length - 50));
  expect(code).toBe(1);
  expect(events(out)).toHaveLength(EVENTS - 1);
  expect(err).toMatch(/^a\.pcapng: at byte \d+: The capture ends in the middle of a block/);
});

test('a reader that goes away is no fault', async () => {
  const closed = new Writable({
    write: (_chunk, _encoding, done) => done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })),
  });
  const input = Readable.from(generateCapture({ events: 5000 }).map((chunk) => Buffer.from(chunk)));
  expect(await inspect(input, 'a.pcapng', JSON_LINES, closed, new PassThrough())).toBe(0);
});

test('a capture cannot move the cursor or forge a line', () => {
  const line = formatLine(
    {
      n: 1,
      time_ns: '5',
      interface: 'eth0\n2  0.0  eth1',
      hook: '',
      journey: null,
      meta_hex: 'ff',
      tlvs: [],
      protocol: 'UDP',
      src: 'fe80::1',
      dst: '10.0.0.1',
      sport: 5,
      dport: 6,
      comments: ['\u001b[2J'],
      state: null,
      cause: null,
      evidence: null,
      writer: null,
      links: [],
    },
    1,
  );
  expect(line).toBe('1  0.000000005  eth0·2  0.0  eth1  j=-  UDP  [fe80::1]:5 → 10.0.0.1:6  meta=ff  # ·[2J');
});

const LOST = sectionBytes({
  seen: [
    { hook: 'nf/prerouting', id: 1n, us: 0, meta: [...trace(7), 0, 0] },
    { hook: 'nf/forward', id: 1n, us: 1 },
  ],
});

test('the summary says which hop loses what, as a table', async () => {
  const { code, out } = await run(LOST, { json: false, summary: true, schema: null });
  expect(code).toBe(0);
  expect(out.trimEnd().split('\n')).toEqual([
    'HOP              STATE  TLV     JOURNEYS  OF  CAUSE    KNOWN    EXAMPLE',
    'eth0:nf/forward  lost   (area)         1   1  unknown  unknown  1',
    'eth0:nf/forward  lost   trace          1   1  unknown  unknown  1',
  ]);
});

test('the summary is one JSON object for each row, by the schema that is given', async () => {
  const schema = { ...SCHEMA, types: SCHEMA.types.map((type) => ({ ...type, name: `my_${type.name}` })) };
  const { out } = await run(LOST, { json: true, summary: true, schema });
  expect(
    out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown),
  ).toEqual(
    [null, { type: 1, name: 'my_trace' }].map((tlv) => ({
      hop: 'eth0:nf/forward',
      state: 'lost',
      cause: 'unknown',
      operation: 'unknown',
      known: 'unknown',
      tlv,
      journeys: 1,
      arrived: 1,
      first_ns: (START_NS + 1000n).toString(),
      last_ns: (START_NS + 1000n).toString(),
      example: '1',
    })),
  );
});

test('a summary without a loss says so, and one of a truncated file is of what was whole', async () => {
  const { code, out, err } = await run(LOST.subarray(0, LOST.length - 4), {
    json: false,
    summary: true,
    schema: null,
  });
  expect([code, out]).toEqual([
    1,
    'No metadata was seen to be lost, clobbered or left behind in what was read of this capture.\n',
  ]);
  expect(err).toMatch(/^a\.pcapng: at byte \d+: The capture ends in the middle of a block/);
});

test('problems that are alike are told five times, then counted', async () => {
  // Gap blocks of our own without a body.
  const bad = new Uint8Array(28);
  const view = new DataView(bad.buffer);
  const kind = FORMAT_VERSION | (BLOCK_SUBTYPE.gap << 8);
  [BLOCK_CUSTOM, bad.length, PEN, MAGIC_BLOCK, kind, 0, bad.length].forEach((word, i) =>
    view.setUint32(4 * i, word, true),
  );
  const { code, err } = await run(joinChunks([CAPTURE, ...Array.from({ length: 12 }, () => bad)]));
  const lines = err.trimEnd().split('\n');
  expect([code, lines.length]).toEqual([0, 6]);
  for (const line of lines) expect(line).toMatch(/^a\.pcapng: at byte \d+: The gap block here/);
  expect(lines.at(-1)).toMatch(/This is the last of 7 more like it\.$/);
  const offsets = lines.map((line) => Number(/byte (\d+)/.exec(line)![1]));
  expect(offsets[5]! - offsets[0]!).toBe(11 * bad.length);
});

test('--locations says when there is nothing to list', async () => {
  const { code, out, err } = await run(CAPTURE, { ...JSON_LINES, locations: true });
  expect([code, out]).toEqual([0, '']);
  expect(err).toContain('no TLV was seen in another place than the metadata area');
});
