/** All formats of this folder, and reading with one of them. */
import { decodePart } from '../decode.ts';
import { compileSchema, type AreaDecoder } from '../scan.ts';
import type { DecodedArea } from '../types.ts';
import { CILIUM_MARK, CILIUM_XFER } from './cilium.ts';
import { GENEVE, GENEVE_OPTIONS } from './geneve.ts';
import { GUE } from './gue.ts';
import { IPV4_OPTIONS, IPV6_OPTIONS } from './ip-options.ts';
import { NETLINK } from './netlink.ts';
import { NSH, NSH_MD2 } from './nsh.ts';
import { PRODUCERS } from './producers.ts';
import type { Format } from './parts.ts';
import { PROXY_V2, PROXY_V2_TLVS } from './proxy-v2.ts';
import { SRH, SRH_TLVS } from './srv6.ts';
import { TCP_OPTIONS } from './tcp-options.ts';
import { TRAITS_V1, TRAITS_V2 } from './traits.ts';

export type { Format } from './parts.ts';

export const FORMATS: readonly Format[] = [
  TRAITS_V1,
  TRAITS_V2,
  PROXY_V2,
  PROXY_V2_TLVS,
  GENEVE,
  GENEVE_OPTIONS,
  NSH,
  NSH_MD2,
  SRH,
  SRH_TLVS,
  IPV4_OPTIONS,
  IPV6_OPTIONS,
  TCP_OPTIONS,
  GUE,
  CILIUM_MARK,
  CILIUM_XFER,
  NETLINK,
  ...PRODUCERS,
];

const decoders = new Map<string, AreaDecoder>();

/** Compiled once. */
export function formatDecoder(format: Format): AreaDecoder {
  let decoder = decoders.get(format.id);
  if (decoder === undefined) decoders.set(format.id, (decoder = compileSchema(format.schema)));
  return decoder;
}

/** What is in bytes[start .. end), by `format`; offsets are from the start of `bytes`. Never throws. */
export function decodeFormat(format: Format, bytes: Uint8Array, start: number, end: number): DecodedArea {
  return decodePart(formatDecoder(format), bytes, start, end);
}
