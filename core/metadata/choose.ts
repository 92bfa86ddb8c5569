/** Which of several schemas in one document reads an area. */
import type { AreaDecoder } from './area-scan.ts';
import { parseHex } from './hex.ts';
import type { When } from './types.ts';

/** Where an area was first seen in its journey. */
export interface AreaPlace {
  /** Name of the device, '' = not known. */
  readonly device: string;
  /** Names of the programs that it was seen behind, or that are attached to the device. */
  readonly programs: readonly string[];
}

export const NOWHERE: AreaPlace = { device: '', programs: [] };

type Matches = (buf: Uint8Array, start: number, length: number, place: AreaPlace) => boolean;

/**
 * The decoder of the area buf[start .. start + length): of the parts of `decoder`'s document the first whose `when` holds,
 * else the first without one; null = none is for it.
 */
export function chooseDecoder(
  decoder: AreaDecoder,
  buf: Uint8Array,
  start: number,
  length: number,
  place: AreaPlace,
): AreaDecoder | null {
  let fallback: AreaDecoder | null = null;
  for (const part of decoder.parts) {
    if (part.matches === null) fallback ??= part.decoder;
    else if (part.matches(buf, start, length, place)) return part.decoder;
  }
  return fallback;
}

/** Whether there is anything to choose, and whether by the place and not by the bytes alone. */
export function choiceOf({ parts }: AreaDecoder): 'none' | 'bytes' | 'place' {
  if (parts.length === 1 && parts[0]!.matches === null) return 'none';
  return parts.some(({ needsPlace }) => needsPlace) ? 'place' : 'bytes';
}

export function compileWhen({ devices, programs, bytes }: When): Matches {
  const pattern = bytes === undefined ? null : parseHex(bytes.value);
  const mask = bytes?.mask === undefined ? null : parseHex(bytes.mask);
  const at = bytes?.at ?? 0;
  return (buf, start, length, place) => {
    if (devices !== undefined && !devices.includes(place.device)) return false;
    if (programs !== undefined && !programs.some((name) => place.programs.includes(name))) return false;
    if (pattern === null) return true;
    const from = at >= 0 ? at : length + at;
    if (from < 0 || from + pattern.length > length) return false;
    for (let i = 0; i < pattern.length; i++) {
      if (((buf[start + from + i]! ^ pattern[i]!) & (mask?.[i] ?? 0xff)) !== 0) return false;
    }
    return true;
  };
}
