import { createHash } from 'node:crypto';
import {
  chmodSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BLOCK_SUBTYPE, GAP_CAUSE } from '#core/format/structs.ts';
import { cutAt, joinBytes, readAll } from '#core/pcapng/testing/record-calls.ts';
import { MAX_FRAME_PAYLOAD_BYTES } from '#core/protocol/messages.ts';
import { CaptureWriter, GAP_ALL_INTERFACES } from '#core/pcapng/writer.ts';
import { event, eventNs, preamble, section, START_NS } from '../testing/section.ts';
import { temporaryDirectory } from '../testing/temporary.ts';
import { MAX_BLOCK_BYTES } from './block-cutter.ts';
import { Planner } from './planner.ts';
import { Spool, type SpoolOptions } from './spool.ts';

const SEGMENT_BYTES = 4096;
const NOW_MS = 1_795_392_100_000;
const SCHEMA = '{"whither":1,"name":"t"}';

async function open(options: SpoolOptions = {}, dir = temporaryDirectory()): Promise<Spool> {
  return Spool.open(dir, { now: () => NOW_MS, ...options });
}

function segmentFiles(spool: Spool): Uint8Array[] {
  const names = readdirSync(spool.dir).filter((name) => name.endsWith('.pcapng'));
  return names.sort().map((name) => readFileSync(path.join(spool.dir, name)));
}

async function readLog(
  spool: Spool,
  from = spool.oldest,
  maxBytes = MAX_FRAME_PAYLOAD_BYTES,
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for (let offset = from; ;) {
    const result = await spool.read(offset, maxBytes);
    if (result.kind === 'end') return joinBytes(...parts);
    if (result.kind !== 'blocks') throw new Error(result.kind);
    parts.push(result.bytes);
    offset = result.next;
  }
}

test('the log is what the probe wrote when it fits one segment', async () => {
  const spool = await open();
  const bytes = section({ run: 1, events: 20 });
  await spool.append(bytes);
  expect(await readLog(spool)).toEqual(joinBytes(bytes));
  expect([spool.oldest, spool.end, spool.segmentStarts]).toEqual([0, bytes.length, [0]]);
  await spool.close();
});

test('every segment is read alone without a problem and describes its section again', async () => {
  const spool = await open({ segmentBytes: SEGMENT_BYTES, schemas: [SCHEMA] });
  await spool.append(section({ run: 7, events: 100 }));
  const files = segmentFiles(spool);
  expect(files.length).toBeGreaterThan(3);
  for (const [index, file] of files.entries()) {
    const read = readAll([file]);
    expect(read.problems).toEqual([]);
    expect(read.interfaces.map((i) => i.name)).toEqual(['eth0:netif_receive_skb', 'eth0:tcx/ingress@first']);
    expect(read.customs.map((c) => c.subtype)).toEqual([
      BLOCK_SUBTYPE.section,
      BLOCK_SUBTYPE.schema,
      BLOCK_SUBTYPE.host,
      BLOCK_SUBTYPE.catalogue,
    ]);
    const body = Buffer.from(read.customs[0]!.body, 'hex');
    expect(body.subarray(0, 16)).toEqual(Buffer.alloc(16, 7));
    expect(body.readUInt32LE(16)).toBe(index);
    expect(file.length).toBeLessThanOrEqual(SEGMENT_BYTES);
  }
  const all = readAll(files);
  expect(all.problems).toEqual([]);
  expect(all.packets.map((p) => Number(p.packetId))).toEqual(Array.from({ length: 100 }, (_, i) => i));
  await spool.close();
});

test('segment files are named by offset and private', async () => {
  const spool = await open({ segmentBytes: SEGMENT_BYTES });
  await spool.append(section({ run: 1, events: 60 }));
  const names = readdirSync(spool.dir).filter((name) => name.endsWith('.pcapng'));
  expect(names).toEqual(spool.segmentStarts.map((start) => `${String(start).padStart(20, '0')}.pcapng`));
  expect(statSync(path.join(spool.dir, names[0]!)).mode & 0o777).toBe(0o600);
  expect(statSync(spool.dir).mode & 0o777).toBe(0o700);
  await spool.close();
});

test('a segment is closed when it is old enough', async () => {
  let now = NOW_MS;
  const spool = await open({ segmentAgeMs: 1000, now: () => now });
  await spool.append(section({ run: 1, events: 2 }));
  now += 1000;
  await spool.append(event(2));
  expect(spool.segmentStarts).toHaveLength(2);
  expect(readAll([segmentFiles(spool)[1]!]).packets.map((p) => p.packetId)).toEqual([2n]);
  await spool.close();
});

test('any chunking gives the same log', () => {
  const input = joinBytes(section({ run: 1, events: 30 }), section({ run: 2, events: 10, first: 30 }));
  const log = (chunks: readonly Uint8Array[]): string => {
    const planner = new Planner({
      segmentBytes: SEGMENT_BYTES,
      segmentAgeMs: 1e9,
      schemas: [SCHEMA],
      now: () => NOW_MS,
    });
    const hash = createHash('sha256');
    for (const chunk of chunks) {
      const { steps, failure } = planner.push(chunk);
      expect(failure).toBeNull();
      for (const { roll, bytes } of steps) hash.update(roll ? 'roll' : '').update(bytes);
    }
    return hash.digest('hex');
  };
  const whole = log([input.slice()]);
  fc.assert(
    fc.property(fc.array(fc.nat(input.length), { maxLength: 60 }), (cuts) => {
      expect(log(cutAt(input, cuts))).toBe(whole);
    }),
    { numRuns: 60 },
  );
  expect(log(Array.from(input, (byte) => Uint8Array.of(byte)))).toBe(whole);
});

test('garbage from the probe is a failure that names the offset, and what was whole is kept', async () => {
  const spool = await open();
  const good = section({ run: 1, events: 3 });
  const bad = Buffer.alloc(64, 0xff);
  await expect(spool.append(joinBytes(good, bad))).rejects.toThrow(
    `the probe's output is not the expected pcapng at byte ${good.length}, a block says 4294967295 bytes`,
  );
  expect(spool.end).toBe(good.length);
  await spool.close();
});

test('the cutter never holds more than one block of any stream', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 64 }), { maxLength: 20 }), (chunks) => {
      const planner = new Planner({ segmentBytes: 1e9, segmentAgeMs: 1e9, schemas: [], now: () => NOW_MS });
      for (const chunk of [preamble(1), ...chunks]) if (planner.push(chunk).failure) break;
      expect(planner.probeEnded()).toBeLessThan(MAX_BLOCK_BYTES);
    }),
  );
});

test('a restart that was asked for is told as that, the next one is a loss again', async () => {
  const spool = await open();
  await spool.append(section({ run: 1, events: 2 }));
  spool.restartAsked();
  await spool.probeEnded();
  await spool.append(section({ run: 2, events: 1, first: 2 }));
  await spool.probeEnded();
  await spool.append(section({ run: 3, events: 1, first: 3 }));
  const gaps = readAll([await readLog(spool)]).customs.filter((c) => c.subtype === BLOCK_SUBTYPE.gap);
  expect(gaps.map(({ body }) => Buffer.from(body, 'hex').readUInt8(4))).toEqual([
    GAP_CAUSE.askedRestart,
    GAP_CAUSE.probeRestart,
  ]);
  await spool.close();
});

test('a probe that dies in the middle of a block leaves a gap from its last event to the restart', async () => {
  const spool = await open();
  const first = section({ run: 1, events: 5 });
  await spool.append(joinBytes(first, event(5).subarray(0, 50)));
  await spool.probeEnded();
  expect(spool.end).toBe(first.length);
  await spool.append(section({ run: 2, events: 1, first: 6 }));
  const read = readAll([await readLog(spool)]);
  expect(read.problems).toEqual([]);
  expect(read.sections).toHaveLength(2);
  const gap = read.customs.find((c) => c.subtype === BLOCK_SUBTYPE.gap)!;
  const body = Buffer.from(gap.body, 'hex');
  expect(gap.section).toBe(0);
  expect(body.readUInt32LE(0)).toBe(0xffff_ffff);
  expect(body.readUInt8(4)).toBe(GAP_CAUSE.probeRestart);
  expect(body.readBigUInt64LE(8)).toBe(0xffff_ffff_ffff_ffffn);
  expect(body.readBigUInt64LE(16)).toBe(eventNs(4));
  expect(body.readBigUInt64LE(24)).toBe(BigInt(NOW_MS) * 1_000_000n);
  await spool.close();
});

test('without an event the gap begins at the start of the section', async () => {
  const spool = await open();
  await spool.append(preamble(1));
  await spool.append(preamble(2));
  const gap = readAll([await readLog(spool)]).customs.find((c) => c.subtype === BLOCK_SUBTYPE.gap)!;
  expect(Buffer.from(gap.body, 'hex').readBigUInt64LE(16)).toBe(START_NS);
  await spool.close();
});

test('what a trigger has left out before is no part of the gap of a restart', async () => {
  const spool = await open();
  const writer = new CaptureWriter();
  writer.gap({
    interfaceId: GAP_ALL_INTERFACES,
    cause: GAP_CAUSE.trigger,
    count: 7n,
    fromNs: START_NS,
    toNs: eventNs(9),
  });
  await spool.append(joinBytes(preamble(1), writer.take()));
  await spool.append(preamble(2));
  const gaps = readAll([await readLog(spool)]).customs.filter((c) => c.subtype === BLOCK_SUBTYPE.gap);
  expect(gaps.map(({ body }) => Buffer.from(body, 'hex').readBigUInt64LE(16))).toEqual([
    START_NS,
    eventNs(9),
  ]);
  await spool.close();
});

test('retention by size removes whole segments, and a reader is told exactly what is gone', async () => {
  const spool = await open({ segmentBytes: SEGMENT_BYTES, retainBytes: 16 * SEGMENT_BYTES });
  await spool.append(section({ run: 1, events: 1000 }));
  expect(spool.end - spool.oldest).toBeLessThanOrEqual(16 * SEGMENT_BYTES);
  expect(spool.oldest).toBeGreaterThan(0);
  expect(await spool.read(10, 1024)).toEqual({
    kind: 'gone',
    oldest: spool.oldest,
    missedBytes: spool.oldest - 10,
  });
  const kept = readAll([await readLog(spool)]);
  expect(kept.problems).toEqual([]);
  expect(kept.packets.at(-1)!.packetId).toBe(999n);
  expect(readdirSync(spool.dir).filter((name) => name.endsWith('.pcapng'))).toHaveLength(
    spool.segmentStarts.length,
  );
  await spool.close();
});

test('retention by age keeps the segment that is being written', async () => {
  let now = NOW_MS;
  const spool = await open({ segmentBytes: SEGMENT_BYTES, retainAgeMs: 5000, now: () => now });
  await spool.append(section({ run: 1, events: 100 }));
  const last = spool.segmentStarts.at(-1)!;
  now += 5001;
  await spool.enforceRetention();
  expect(spool.segmentStarts).toEqual([last]);
  await spool.close();
});

test('retention does not mind that somebody has removed a segment before', async () => {
  let now = NOW_MS;
  const spool = await open({ segmentBytes: SEGMENT_BYTES, retainAgeMs: 5000, now: () => now });
  await spool.append(section({ run: 1, events: 100 }));
  rmSync(path.join(spool.dir, '00000000000000000000.pcapng'));
  now += 5001;
  await spool.enforceRetention();
  await spool.append(event(100));
  expect(spool.segmentStarts).toHaveLength(1);
  await spool.close();
});

test('a reader that retention overtakes in the middle of a read is told what is gone', async () => {
  const dir = temporaryDirectory();
  const first = await open({ segmentBytes: SEGMENT_BYTES }, dir);
  await first.append(section({ run: 1, events: 100 }));
  await first.close();
  const spool = await open({ retainBytes: 1 }, dir);
  // As if its file went between the look at the list of segments and the reading.
  rmSync(path.join(dir, '00000000000000000000.pcapng'));
  const reading = spool.read(0, MAX_FRAME_PAYLOAD_BYTES);
  const raw = spool.readRaw(0, 4);
  await spool.enforceRetention();
  const answer = await reading;
  expect(answer).toMatchObject({ kind: 'gone' });
  // Retention may have gone on meanwhile; what is said is true at one moment.
  if (answer.kind === 'gone') expect(answer.missedBytes).toBe(answer.oldest);
  expect(await raw).toEqual({ oldest: expect.any(Number) as number });
  await spool.close();
});

/** Only on Linux: elsewhere nothing says which files are open. */
test.skipIf(process.platform !== 'linux')('only the segment being written stays open', async () => {
  const spool = await open({ segmentBytes: SEGMENT_BYTES });
  await spool.append(section({ run: 1, events: 100 }));
  await readLog(spool);
  const openFiles = readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/self/fd/${fd}`)];
    } catch {
      return [];
    }
  });
  const last = `${String(spool.segmentStarts.at(-1)).padStart(20, '0')}.pcapng`;
  expect(spool.segmentStarts.length).toBeGreaterThan(3);
  expect(openFiles.filter((file) => file.startsWith(spool.dir))).toEqual([path.join(spool.dir, last)]);
  await spool.close();
});

test('a snapshot survives retention', async () => {
  let now = NOW_MS;
  const spool = await open({ segmentBytes: SEGMENT_BYTES, retainAgeMs: 5000, now: () => now });
  await spool.append(section({ run: 1, events: 100 }));
  const before = await readLog(spool);
  const { length, chunks } = spool.snapshot();
  const reading = chunks();
  const parts = [(await reading.next()).value as Uint8Array];
  now += 5001;
  await spool.enforceRetention();
  for await (const part of reading) parts.push(part);
  expect(joinBytes(...parts)).toEqual(before);
  expect(length).toBe(before.length);
  await spool.close();
});

test('a read returns whole blocks only, whatever the limit', async () => {
  const spool = await open({ segmentBytes: SEGMENT_BYTES });
  await spool.append(section({ run: 1, events: 60 }));
  const log = await readLog(spool);
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 600, max: 10_000 }), async (maxBytes) => {
      expect(await readLog(spool, 0, maxBytes)).toEqual(log);
    }),
    { numRuns: 20 },
  );
  expect(await spool.read(0, 20)).toEqual({ kind: 'too-small', blockBytes: 48 });
  expect((await spool.read(2, 4096)).kind).toBe('invalid');
  expect(await spool.read(spool.end + 1, 4096)).toEqual({
    kind: 'invalid',
    reason: `offset ${spool.end + 1} is past the end of the log, ${spool.end}`,
  });
  await spool.close();
});

test('raw reads cross segments, and say when bytes are gone or not there yet', async () => {
  const spool = await open({ segmentBytes: SEGMENT_BYTES });
  await spool.append(section({ run: 1, events: 60 }));
  const log = await readLog(spool);
  const second = spool.segmentStarts[1]!;
  expect(await spool.readRaw(second - 7, 20)).toEqual(log.slice(second - 7, second + 13));
  expect(await spool.readRaw(spool.end - 4, 5)).toBeNull();
  await spool.close();
});

test('a client that wants the present starts at a segment of its own', async () => {
  const spool = await open();
  await spool.append(section({ run: 1, events: 8000 }));
  const start = await spool.liveStart();
  expect(start).toBe(spool.segmentStarts.at(-1));
  expect(start).toBeGreaterThan(1024 * 1024);
  await spool.append(event(8000));
  expect(readAll([await readLog(spool, start)]).packets.map((p) => p.packetId)).toEqual([8000n]);
  // Again at once: there is nothing to cut off.
  expect(await spool.liveStart()).toBe(start);
  await spool.close();
});

test('appends are announced after they can be read', async () => {
  const spool = await open();
  const ends: number[] = [];
  const stop = spool.onAppend(() => ends.push(spool.end));
  await spool.append(preamble(1));
  stop();
  await spool.append(event(0));
  expect(ends).toEqual([preamble(1).length]);
  await spool.close();
});

test('a spool taken up again has the same id and goes on at its end, without the block that was cut', async () => {
  const dir = temporaryDirectory();
  const first = await open({ segmentBytes: SEGMENT_BYTES }, dir);
  await first.append(section({ run: 1, events: 60 }));
  const { id, end, segmentStarts } = first;
  await first.close();
  const last = path.join(dir, `${String(segmentStarts.at(-1)).padStart(20, '0')}.pcapng`);
  truncateSync(last, statSync(last).size - 10);
  const again = await open({}, dir);
  const lost = event(0).length;
  expect([again.id, again.oldest, again.end]).toEqual([id, 0, end - lost]);
  await again.append(section({ run: 2, events: 1, first: 60 }));
  expect(readAll([await readLog(again)]).problems).toEqual([]);
  await again.close();
  expect((await open()).id).not.toBe(id);
});

test('a directory in use is refused', async () => {
  const dir = temporaryDirectory();
  const spool = await open({}, dir);
  await expect(open({}, dir)).rejects.toThrow(`in use by process ${process.pid}`);
  await spool.close();
});

test('a directory with other files in it is refused and left as it is', async () => {
  const home = temporaryDirectory();
  writeFileSync(path.join(home, 'letter.txt'), '');
  chmodSync(home, 0o755);
  await expect(open({}, home)).rejects.toThrow('is no spool');
  expect([readdirSync(home), statSync(home).mode & 0o777]).toEqual([['letter.txt'], 0o755]);
});

test('the lock of a process that is gone is taken over, also when another has its id', async () => {
  const dir = temporaryDirectory();
  await (await open({}, dir)).close();
  const lock = path.join(dir, 'lock');
  // This process, started at another time: the one that wrote the lock had our id before a reboot.
  for (const left of [`${process.pid} 1`, '4194305 1', '', 'garbage']) {
    writeFileSync(lock, left);
    const spool = await open({}, dir);
    expect(readFileSync(lock, 'utf8'), left).toMatch(new RegExp(`^${process.pid} \\d*\n$`));
    await spool.close();
  }
  expect(readdirSync(dir)).toEqual(['spool-id']);
});
