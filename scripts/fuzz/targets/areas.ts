/** Metadata areas: every published format, any framing of TLVs, and a choice between several schemas. */
import { findingText } from '#core/lint/finding.ts';
import { lintArea } from '#core/lint/lint-area.ts';
import { chooseDecoder } from '#core/metadata/choose.ts';
import { decodeArea, decodePart } from '#core/metadata/decode.ts';
import { encodeArea } from '#core/metadata/encode.ts';
import { decodeFormat, formatDecoder, FORMATS } from '#core/metadata/formats/formats.ts';
import { VECTORS } from '#core/metadata/formats/testing/vectors.ts';
import { gapsOf } from '#core/metadata/gaps.ts';
import { leftover } from '#core/metadata/leftover.ts';
import { compileSchema, type AreaDecoder } from '#core/metadata/scan.ts';
import { EDGE, hex } from '#core/metadata/testing/schemas.ts';
import type { MetadataSchema, TlvFraming } from '#core/metadata/types.ts';
import { compareTlvs } from '#core/store/cells.ts';
import { holds, type Target } from '../target.ts';

const AREA_BYTES = 255;

export const AREAS = VECTORS.map(({ bytes }) => hex(bytes));

/** Everything that is done with an area: it is read, its gaps, its lint, and written again. */
export function readArea(decoder: AreaDecoder, area: Uint8Array): unknown {
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
  const part = decodePart(decoder, area, area.length >> 1, area.length);
  for (const { offset } of part.tlvs) holds(offset >= area.length >> 1, 'a TLV in front of its part');
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
  seeds: AREAS,
  maxBytes: AREA_BYTES,
  run: (input) => {
    const { tlvs } = decodeFormat(format, input, 0, input.length >> 1);
    for (const { offset, length } of tlvs)
      holds(offset + length <= input.length >> 1, 'a TLV behind its part');
    return readArea(formatDecoder(format), input);
  },
}));

const framings: Target = {
  name: 'tlv-framings',
  seeds: AREAS,
  maxBytes: AREA_BYTES,
  run: (input) => {
    const schema: MetadataSchema = { ...EDGE, framing: framingOf(input) };
    return readArea(compileSchema(schema), input.subarray(DICE_BYTES));
  },
};

const several: AreaDecoder = compileSchema({
  ...EDGE,
  when: { bytes: { value: '0104', mask: 'ff00', at: -4 } },
  also: FORMATS.map(({ schema: { framing, types, name } }, i) => ({
    name,
    framing,
    types,
    ...(i > 0 && { when: { bytes: { value: String(i).padStart(2, '0'), mask: '0f' } } }),
  })),
});

/** Two areas of a journey, each read by the schema that is chosen for it. */
const choice: Target = {
  name: 'schema-choice',
  seeds: AREAS,
  maxBytes: 2 * AREA_BYTES,
  run: (input) => {
    const middle = input.length >> 1;
    const [before, after] = [input.subarray(0, middle), input.subarray(middle)];
    const of = (area: Uint8Array): AreaDecoder | null =>
      chooseDecoder(several, area, 0, area.length, { device: 'eth0', programs: [] });
    return [of(before), of(after), compareTlvs(before, of(before), after, of(after))];
  },
};

export const AREA_TARGETS: readonly Target[] = [...formats, framings, choice];
