/** The emitted script in tshark, against core/metadata on the same areas. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { EVENT_SIZE } from '#core/format/layout.gen.ts';
import { META_STATE } from '#core/format/structs.ts';
import { decodeArea } from '#core/metadata/decode.ts';
import { compileSchema } from '#core/metadata/scan.ts';
import { parseSchema } from '#core/metadata/schema.ts';
import { hex } from '#core/metadata/testing/schemas.ts';
import type { MetadataSchema } from '#core/metadata/types.ts';
import { UNKNOWN_EVENT } from '#core/pcapng/event.ts';
import { generateCapture, GENERATED_SCHEMA, joinChunks } from '#core/pcapng/testing/generate-capture.ts';
import { rawOrder } from '#core/pcapng/testing/raw-blocks.ts';
import { readAll } from '#core/pcapng/testing/record-calls.ts';
import { CaptureWriter } from '#core/pcapng/writer.ts';
import { hopKeys } from '#core/store/hop-keys.ts';
import { filesBytes, sectionBytes, START_NS, storeOf, UDP_PACKET } from '#core/store/testing/scenario.ts';
import { WiresharkExport } from './for-wireshark.ts';
import { emitWireshark } from './wireshark.ts';

const present = spawnSync('tshark', ['--version']).status === 0;
const required = process.env['WHITHER_REQUIRE_KERNEL'] === '1';
const EVENTS = 200;
const SAMPLES = path.join(import.meta.dirname, '../../public/samples');

function exported(
  capture: Uint8Array,
  step = capture.length,
  hop: string | null = null,
): { bytes: Uint8Array; packets: number } {
  const output = new WiresharkExport(hop);
  const parts: Uint8Array[] = [];
  for (let at = 0; at < capture.length; at += step) parts.push(output.push(capture.subarray(at, at + step)));
  parts.push(output.end());
  return { bytes: joinChunks(parts), packets: output.packets };
}

function schemaOf(json: unknown): MetadataSchema {
  const parsed = parseSchema(JSON.stringify(json));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
  return parsed.schema;
}

function captureOf(areas: readonly Uint8Array[]): Uint8Array {
  const writer = new CaptureWriter();
  writer.sectionHeader();
  writer.interfaceDescription({ linkType: 1 });
  for (const metadata of areas) {
    const event = { ...UNKNOWN_EVENT, metaState: META_STATE.present, metaLen: metadata.length, metadata };
    writer.enhancedPacket({ interfaceId: 0, time: 1n, data: new Uint8Array(60), event });
  }
  return writer.take();
}

test('an export is the capture with a comment on each packet that has metadata, however it is cut', () => {
  const capture = joinChunks(generateCapture({ events: EVENTS }));
  const { bytes, packets } = exported(capture);
  expect(packets).toBe(EVENTS);
  expect(exported(capture, 997).bytes).toEqual(bytes);
  const before = readAll([capture]);
  const after = readAll([bytes]);
  expect(after.problems).toEqual([]);
  const kept = (recorder: typeof before): unknown[] =>
    recorder.packets.map(({ timeNs, data, event, packetId, flags }) => [
      timeNs,
      data,
      event,
      packetId,
      flags,
    ]);
  expect(kept(after)).toEqual(kept(before));
  expect(Buffer.from(after.packets[0]!.options, 'hex').toString('latin1')).toMatch(/whither:1 meta=0108/);
});

/** `length` with what is around it. */
function block(type: number, length: number, little: boolean): Uint8Array {
  const raw = rawOrder(little);
  return raw.block(type, raw.u32(12_345), new Uint8Array(length - 16).fill(7));
}

test.each([true, false])(
  'Custom Blocks of anybody stay behind, and nothing else does (little-endian: %s)',
  (little) => {
    const raw = rawOrder(little);
    const section = raw.block(
      0x0a0d_0d0a,
      raw.u32(0x1a2b_3c4d),
      raw.u16(1),
      raw.u16(0),
      new Uint8Array(8).fill(255),
    );
    const goes = [section, block(0x0a, 40, little), block(0x4000_0bae, 40, little)];
    const capture = joinChunks([
      section,
      block(0x0bad, 32, little),
      goes[1]!,
      block(0x4000_0bad, 64, little),
      goes[2]!,
      block(0x0bad, 32, little),
    ]);
    for (const step of [capture.length, 7, 1])
      expect(exported(capture, step).bytes).toEqual(joinChunks(goes));
    // It ends within one that does not go, and within one that does.
    expect(exported(capture.subarray(0, -1)).bytes).toEqual(joinChunks(goes));
    const cut = capture.subarray(0, capture.length - 32 - 20);
    expect(exported(cut).bytes).toEqual(joinChunks(goes).subarray(0, -20));
  },
);

test('of one hop an export has its packets, interfaces and their counters, and nothing of the others', () => {
  const capture = readFileSync(path.join(SAMPLES, 'vxlan.pcapng'));
  const said = (bytes: Uint8Array, hop: string) => {
    const { packets, interfaces, statisticsCalls, problems } = readAll([bytes]);
    const isHop = (index: number): boolean => interfaces[index]!.name === hop;
    return {
      interfaces: interfaces.map(({ name }) => name).filter((name) => name === hop).length,
      packets: packets
        .filter(({ interfaceIndex }) => isHop(interfaceIndex))
        .map(({ timeNs, data, event, packetId }) => [timeNs, data, event, packetId]),
      counters: statisticsCalls
        .filter(({ interfaceIndex }) => isHop(interfaceIndex))
        .map(({ time, received, dropped }) => [time, received, dropped]),
      problems,
    };
  };
  const names = new Set(readAll([capture]).interfaces.map(({ name }) => name));
  expect(names.size).toBeGreaterThan(10);
  for (const hop of names) {
    const { bytes } = exported(capture, 1000, hop);
    expect(said(bytes, hop), hop).toEqual(said(capture, hop));
    expect(new Set(readAll([bytes]).interfaces.map(({ name }) => name))).toEqual(new Set([hop]));
  }
});

test('of captures that are open together one hop of one file, also where its recording goes on in the next', () => {
  const part = (run: number, segment: number, us: number) =>
    sectionBytes({ run, segment, seen: [{ hook: 'netif_receive_skb', id: 1n, us }] });
  const capture = filesBytes([
    ['good', part(1, 0, 0)],
    ['bad', joinChunks([part(2, 0, 1), part(1, 1, 2)])],
  ]);
  const store = storeOf(capture);
  const seenAt = (file: string) => {
    const hop = store.hops.hops.find((one) => one.file === file)!;
    const { packets } = readAll([exported(capture, capture.length, hopKeys(hop)[3]).bytes]);
    return packets.map(({ timeNs }) => Number((timeNs - START_NS) / 1000n));
  };
  expect([seenAt('good'), seenAt('bad')]).toEqual([[0, 2], [1]]);
});

test('what is no pcapng is refused with the offset', () => {
  expect(() => exported(new Uint8Array(40))).toThrow('at byte 0: no pcapng');
});

const hasEditcap = spawnSync('editcap', ['-h']).status === 0 && spawnSync('capinfos', ['-h']).status === 0;

describe.skipIf(!hasEditcap && !required)('editcap takes an export (needs editcap and capinfos)', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'whither-editcap-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  function packetsOf(file: string): number {
    const { stdout } = spawnSync('capinfos', ['-M', '-c', '-T', '-r', file], { encoding: 'utf8' });
    return Number(stdout.trim().split('\t').at(-1));
  }

  it.each(readdirSync(SAMPLES).filter((name) => name.endsWith('.pcapng')))(
    '%s, with as many packets as there were',
    (name) => {
      const [before, after] = [path.join(folder, name), path.join(folder, `edited-${name}`)];
      writeFileSync(before, exported(readFileSync(path.join(SAMPLES, name))).bytes);
      const { status, stderr } = spawnSync('editcap', [before, after], { encoding: 'utf8' });
      expect([status, stderr]).toEqual([0, '']);
      expect(packetsOf(after)).toBeGreaterThan(0);
      expect(packetsOf(after)).toBe(packetsOf(path.join(SAMPLES, name)));
    },
  );

  it.each(['edge0:tcx/ingress@first', 'edge0:nf/local_in'])('and of one hop makes a pcap: %s', (hop) => {
    const [before, after] = [path.join(folder, 'hop.pcapng'), path.join(folder, 'hop.pcap')];
    const capture = readFileSync(path.join(SAMPLES, 'edge.pcapng'));
    const { packets, interfaces } = readAll([capture]);
    writeFileSync(before, exported(capture, capture.length, hop).bytes);
    const { status, stderr } = spawnSync('editcap', ['-F', 'pcap', before, after], { encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
    const seen = packets.filter(({ interfaceIndex }) => interfaces[interfaceIndex]!.name === hop).length;
    expect(seen).toBeGreaterThan(10);
    expect(packetsOf(after)).toBe(seen);
  });
});

describe.skipIf(!present && !required)('in tshark (needs tshark)', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'whither-lua-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** One row for each packet, one cell for each field. */
  function fields(schema: MetadataSchema, capture: Uint8Array, names: readonly string[]): string[][] {
    const script = path.join(folder, 'schema.lua');
    const file = path.join(folder, 'capture.pcapng');
    writeFileSync(script, emitWireshark(schema));
    writeFileSync(file, exported(capture).bytes);
    const args = ['-n', '-Y', 'whither', '-X', `lua_script:${script}`, '-r', file, '-T', 'fields'];
    for (const name of names) args.push('-e', `whither.${name}`);
    const { stdout, stderr, status } = spawnSync('tshark', args, { encoding: 'utf8', maxBuffer: 64 << 20 });
    expect([status, stderr.replace(/^Running as user.*\n/m, '')]).toEqual([0, '']);
    return stdout
      .replace(/\n$/, '')
      .split('\n')
      .map((line) => line.split('\t'));
  }

  it('a TCP connection of a real capture has no retransmissions at one hop, and has at all of them', () => {
    const capture = readFileSync(path.join(import.meta.dirname, '../../public/samples/edge.pcapng'));
    const frames = (hop: string | null, filter: string): number => {
      const file = path.join(folder, 'hop.pcapng');
      writeFileSync(file, exported(capture, 1000, hop).bytes);
      const { stdout, status } = spawnSync('tshark', ['-n', '-r', file, '-Y', filter], { encoding: 'utf8' });
      expect(status).toBe(0);
      return stdout.split('\n').length - 1;
    };
    const hop = 'edge0:netif_receive_skb';
    expect(frames(null, 'tcp.analysis.retransmission')).toBeGreaterThan(100);
    expect(frames(hop, 'tcp')).toBeGreaterThan(20);
    expect(frames(hop, 'tcp.analysis.retransmission')).toBe(0);
  });

  it('each TLV is a field with the value that Whither prints', () => {
    const capture = joinChunks(generateCapture({ events: EVENTS }));
    const schema = schemaOf(GENERATED_SCHEMA);
    const decoder = compileSchema(schema);
    const wanted = readAll([capture]).packets.map(({ event }) => {
      const area = Buffer.from(event, 'hex').subarray(EVENT_SIZE);
      return decodeArea(decoder, area).tlvs.map(({ value }) => value);
    });
    expect(wanted).toHaveLength(EVENTS);
    expect(
      fields(
        schema,
        capture,
        schema.types.map(({ name }) => name),
      ),
    ).toEqual(wanted);
  });

  it('structs with bit fields, lists, nested structs, signed and big-endian numbers', () => {
    const schema = schemaOf({
      whither: 2,
      name: 'it"s a \\struct\n',
      framing: { kind: 'struct', endian: 'little', size: 24 },
      types: [
        { name: 'low', kind: 'uint', size: 2, bits: { from: 0, count: 5 } },
        { name: 'level', kind: 'int', size: 2, bits: { from: 5, count: 11 } },
        { name: 'port', kind: 'uint', size: 2, endian: 'big' },
        { name: 'origin', kind: 'ipv4' },
        { name: 'mac', kind: 'mac' },
        {
          name: 'version',
          kind: 'nested',
          size: 2,
          framing: { kind: 'struct', endian: 'little' },
          types: [
            { name: 'major', kind: 'uint', size: 1 },
            { name: 'minor', kind: 'enum', size: 1, names: { 7: 'seven' } },
          ],
        },
        { name: 'marks', kind: 'uint', size: 2, count: 2 },
        { name: 'set', kind: 'flags', size: 1, names: { 0: 'a', 7: 'z' } },
        { name: 'label', kind: 'string', size: 3 },
      ],
    });
    const area = hex('e5ff 01bb 0a000001 020000000007 0307 0a000b00 89 6f6b00');
    const names = [
      'low',
      'level',
      'port',
      'origin',
      'mac',
      'version.major',
      'version.minor',
      'marks',
      'set',
      'label',
    ];
    expect(fields(schema, captureOf([area]), names)).toEqual([
      ['5', '-1', '443', '10.0.0.1', '02:00:00:00:00:07', '3', 'seven', '10,11', 'a|z|0x8', 'ok'],
    ]);
  });

  it('traits, and TLVs with class, mask and units', () => {
    const traits = schemaOf({
      whither: 2,
      name: 'traits',
      framing: { kind: 'traits', version: 2, endian: 'little' },
      types: [
        { type: 2, name: 'mark', kind: 'uint', display: 'hex' },
        { type: 5, name: 'seen', kind: 'flag' },
        { type: 40, name: 'trace', kind: 'uint' },
      ],
    });
    const bytes = hex('0c00000000010000 2800000000010000 efbeadde 0100000000000000 8877665544332211');
    expect(fields(traits, captureOf([bytes]), ['mark', 'seen', 'trace', 'unknown'])).toEqual([
      ['0x00000000deadbeef', 'set', String(0x1122334455667788n), '0100000000000000'],
    ]);
    const geneve = schemaOf({
      whither: 2,
      name: 'geneve',
      framing: {
        kind: 'tlv',
        classBytes: 2,
        typeBytes: 1,
        lengthBytes: 1,
        lengthMask: '0x1f',
        lengthUnit: 4,
        endian: 'big',
      },
      types: [{ type: '0x014b81', name: 'dsr', kind: 'bytes' }],
    });
    expect(fields(geneve, captureOf([hex('014b81e2 0a00000101bb0000 0102')]), ['dsr', 'fault'])).toEqual([
      ['0a00000101bb0000', 'truncated at offset 12'],
    ]);
  });

  it('several schemas: for areas by their bytes and devices, for payloads by their port, and behind bytes', () => {
    const field = { name: 'value', kind: 'uint', size: 1 };
    const struct = { kind: 'struct', endian: 'big' };
    const part = (name: string, more: object): object => ({ name, framing: struct, types: [field], ...more });
    const schema = schemaOf({
      whither: 2,
      ...part('rest', {}),
      also: [
        part('ends_in_b', { when: { bytes: { value: 'ab', mask: '0f', at: -1 } } }),
        part('of_eth1', { when: { devices: ['eth1', 'eth2'] } }),
        part('of_program', { when: { programs: ['edge'] } }),
        part('payload', { where: { in: 'packet', at: { kind: 'udp-payload', port: 9000 } } }),
        part('behind', { where: { in: 'packet', at: { kind: 'after-bytes', bytes: '23280010' } } }),
        part('mark', { where: { in: 'mark' }, framing: { ...struct, size: 4 } }),
      ],
    });
    const payload = Uint8Array.from([...UDP_PACKET.subarray(0, 38), 0, 16, 0, 0, 42, 1, 2, 3, 4, 5, 6, 7]);
    const writer = new CaptureWriter();
    writer.sectionHeader();
    for (const name of ['eth0:tcx/ingress@first', 'eth1:netif_receive_skb', 'eth10:net_dev_queue']) {
      writer.interfaceDescription({ linkType: 1, name });
    }
    const events: readonly [journey: bigint, interfaceId: number, area: string][] = [
      [1n, 0, '0100'],
      [2n, 0, '022b'],
      // Written at eth1; the same bytes at another device are still those of eth1, others are not.
      [3n, 1, '0300'],
      [3n, 0, '0300'],
      [3n, 0, '0400'],
      [4n, 2, '0500'],
    ];
    for (const [packetId, interfaceId, bytes] of events) {
      const metadata = hex(bytes);
      const event = { ...UNKNOWN_EVENT, metaState: META_STATE.present, metaLen: metadata.length, metadata };
      writer.enhancedPacket({ interfaceId, packetId, time: packetId, data: payload, event });
    }
    const names = ['value', 'ends_in_b.value', 'of_eth1.value', 'payload.value', 'behind.value'];
    const rows = fields(schema, writer.take(), names);
    expect(rows).toEqual([
      ['1', '', '', '42', '0'],
      ['', '2', '', '42', '0'],
      ['', '', '3', '42', '0'],
      ['', '', '3', '42', '0'],
      ['4', '', '', '42', '0'],
      ['5', '', '', '42', '0'],
    ]);
    expect(emitWireshark(schema)).toContain('-- Not in it: of_program, which is chosen by programs.');
    expect(emitWireshark(schema)).toContain('-- Not in it: mark, which is in skb->mark.');
  });
});
