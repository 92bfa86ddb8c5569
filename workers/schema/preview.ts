/** Some areas of a capture as a schema reads them: what a person checks a schema by. */
import { formatHex } from '#core/dissect/addresses.ts';
import { chooseDecoder, NOWHERE } from '#core/metadata/choose.ts';
import { decodeArea } from '#core/metadata/decode.ts';
import type { AreaDecoder } from '#core/metadata/scan.ts';
import type { CaptureStore } from '#core/store/capture-store.ts';
import { MAX_PREVIEW_AREAS, type AreaPreview, type PreviewArea } from './api.ts';

/** Of those that are looked at: enough to see what is rare, few enough to be done in a slice. */
const SAMPLED_AREAS = 500;

interface Sample {
  readonly bytes: Uint8Array;
  readonly decoder: AreaDecoder | null;
}

/** By the schemas in force. */
export function previewStore({ areas, tlvs }: CaptureStore): AreaPreview {
  const count = areas.count;
  const every = Math.max(1, Math.floor(count / SAMPLED_AREAS));
  const samples: Sample[] = [];
  for (let area = 1; area <= count && samples.length < SAMPLED_AREAS; area += every) {
    samples.push({ bytes: areas.bytes(area), decoder: tlvs.decoderFor(area) });
  }
  return previewOf(samples);
}

/** By a schema that is not in force; which of several is chosen by the bytes alone. */
export function previewAreas(decoder: AreaDecoder, areas: readonly Uint8Array[]): AreaPreview {
  const every = Math.max(1, Math.ceil(areas.length / SAMPLED_AREAS));
  const bytes = areas.filter((_, i) => i % every === 0);
  return previewOf(
    bytes.map((one) => ({ bytes: one, decoder: chooseDecoder(decoder, one, 0, one.length, NOWHERE) })),
  );
}

/** Those with a fault are shown first, then one of each row of types: the same again says nothing. */
function previewOf(samples: readonly Sample[]): AreaPreview {
  const shown = new Map<string, PreviewArea>();
  let exact = 0;
  let unread = 0;
  for (const { bytes, decoder } of samples) {
    if (decoder === null) {
      unread++;
      continue;
    }
    const { tlvs, fault } = decodeArea(decoder, bytes);
    if (fault === null) exact++;
    const key = `${fault?.code ?? ''} ${tlvs.map(({ type }) => type).join()}`;
    if (shown.has(key)) continue;
    shown.set(key, { hex: formatHex(bytes, 0, bytes.length), tlvs, fault: fault?.message ?? '' });
  }
  const areas = [...shown.values()].sort((a, b) => Number(a.fault === '') - Number(b.fault === ''));
  return { areas: areas.slice(0, MAX_PREVIEW_AREAS), sampled: samples.length, exact, unread };
}
