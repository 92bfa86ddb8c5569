/** Every decoder that reads bytes of others, and the schema reader. */
import { dissectTree } from '#core/dissect/tree.ts';
import { createFlowFields, dissectFlow } from '#core/dissect/flow.ts';
import { findingText } from '#core/lint/finding.ts';
import { lintArea } from '#core/lint/lint-area.ts';
import { decodeArea } from '#core/metadata/decode.ts';
import { encodeArea } from '#core/metadata/encode.ts';
import { formatDecoder, FORMATS } from '#core/metadata/formats/formats.ts';
import { VECTORS } from '#core/metadata/formats/testing/vectors.ts';
import { gapsOf } from '#core/metadata/gaps.ts';
import { locateJson } from '#core/metadata/json-path.ts';
import { leftover } from '#core/metadata/leftover.ts';
import { compileSchema, type AreaDecoder } from '#core/metadata/scan.ts';
import { parseSchema } from '#core/metadata/schema.ts';
import { EDGE, hex } from '#core/metadata/testing/schemas.ts';
import type { MetadataSchema, TlvFraming } from '#core/metadata/types.ts';
import { CaptureReader } from '#core/pcapng/reader.ts';
import { generateCapture, joinChunks } from '#core/pcapng/testing/generate-capture.ts';
import { parseClientMessage, parseServerMessage } from '#core/protocol/control.ts';
import { decodeDataHeader } from '#core/protocol/data-frame.ts';
import { CaptureStore } from '#core/store/capture-store.ts';
import { UDP_PACKET } from '#core/store/testing/scenario.ts';
import { holds, type Target } from './target.ts';

const AREA_BYTES = 255;
const PACKET_BYTES = 2048;
const CAPTURE_BYTES = 64 * 1024;
const SCHEMA_BYTES = 64 * 1024;

const areas = VECTORS.map(({ bytes }) => hex(bytes));
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const bytes = (words: string): Uint8Array => new TextEncoder().encode(words);

/** Everything that is done with an area: it is read, its gaps, its lint, and written again. */
function readArea(decoder: AreaDecoder, area: Uint8Array): unknown {
  const decoded = decodeArea(decoder, area);
  for (const { offset, length } of decoded.tlvs) {
    holds(offset >= 0 && offset + length <= area.length, 'a TLV outside of its area');
  }
  for (const { offset, length } of gapsOf(decoder, area)) {
    holds(offset >= 0 && offset + length <= area.length, 'a gap outside of its area');
  }
  const again = encodeArea(decoder, decoded.tlvs, leftover(decoder, area, decoded.tlvs));
  if (again !== null)
    holds(
      again.every((byte, i) => byte === area[i]),
      'other bytes when written again',
    );
  const findings = lintArea(decoder, area, area.length);
  for (const finding of findings) {
    holds(!/undefined|NaN/.test(findingText(finding, decoder)), 'a finding without words');
  }
  return { decoded, findings };
}

/** Any framing of TLVs, from six bytes. */
function framingOf(dice: Uint8Array): TlvFraming {
  const at = (i: number): number => dice[i] ?? 0;
  const widths = [1, 2, 4] as const;
  const typeBytes = widths[at(0) % 3]!;
  return {
    kind: 'tlv',
    typeBytes,
    classBytes: typeBytes === 4 ? 0 : ([0, 1, 2] as const)[(at(0) >> 4) % 3]!,
    lengthBytes: widths[at(1) % 3]!,
    endian: (at(1) & 0x80) === 0 ? 'little' : 'big',
    lengthUnit: ([1, 4, 8] as const)[(at(1) >> 2) % 3]!,
    lengthIncludesHeader: (at(1) & 0x40) !== 0,
    align: ([1, 2, 4, 8] as const)[at(2) & 3]!,
    start: at(2) >> 5,
    ...((at(2) & 4) !== 0 && { lengthMask: 0x7f }),
    ...((at(2) & 8) !== 0 && { terminator: at(3) & 0xf }),
    ...((at(2) & 16) !== 0 && typeBytes === 1 && { pad: at(4) & 0xf }),
  };
}

const DICE_BYTES = 5;

const formats: readonly Target[] = FORMATS.map((format) => ({
  name: format.id,
  seeds: areas,
  maxBytes: AREA_BYTES,
  run: (input) => readArea(formatDecoder(format), input),
}));

const framings: Target = {
  name: 'tlv-framings',
  seeds: areas,
  maxBytes: AREA_BYTES,
  run: (input) => {
    const schema: MetadataSchema = { ...EDGE, framing: framingOf(input) };
    return readArea(compileSchema(schema), input.subarray(DICE_BYTES));
  },
};

const schemas: Target = {
  name: 'schema',
  seeds: [EDGE, ...FORMATS.map(({ schema }) => schema)].map((schema) => bytes(JSON.stringify(schema))),
  maxBytes: SCHEMA_BYTES,
  run: (input) => {
    const json = text(input);
    const parsed = parseSchema(json);
    if (!parsed.ok) {
      for (const { path, message } of parsed.errors) {
        holds(path !== '' && message !== '', 'an error without a place or words');
        locateJson(json, path);
      }
      return parsed;
    }
    const again = parseSchema(JSON.stringify(parsed.schema));
    holds(
      again.ok && JSON.stringify(again.schema) === JSON.stringify(parsed.schema),
      'a schema that does not parse to itself',
    );
    const decoder = compileSchema(parsed.schema);
    for (const area of areas.slice(0, 4)) readArea(decoder, area);
    return parsed;
  },
};

const packets: Target = {
  name: 'packets',
  seeds: [UDP_PACKET, ...areas],
  maxBytes: PACKET_BYTES,
  run: (input) => {
    const linkType = input[0] ?? 0;
    dissectFlow(input, 1, Math.max(0, input.length - 1), linkType, createFlowFields());
    return dissectTree(input.subarray(1), linkType);
  },
};

const captures: Target = {
  name: 'captures',
  seeds: [joinChunks(generateCapture({ events: 40, seed: 1 }))],
  maxBytes: CAPTURE_BYTES,
  run: (input) => {
    const store = new CaptureStore({ seed: 1 });
    const reader = new CaptureReader(store);
    reader.push(input);
    reader.end();
    return store.problems;
  },
};

const messages: Target = {
  name: 'messages',
  seeds: [bytes('{"type":"credit","bytes":65536}'), bytes('{"type":"hello","version":1}')],
  maxBytes: SCHEMA_BYTES,
  run: (input) => [decodeDataHeader(input), parseClientMessage(text(input)), parseServerMessage(text(input))],
};

export const TARGETS: readonly Target[] = [...formats, framings, schemas, packets, captures, messages];
