/** Options of IPv4 (RFC 791 3.1): 0 ends, 1 is one byte, every other has a length that includes type and length. */
import { u16 } from '../constants.ts';
import type { Layer } from '../layer.ts';
import { IPV4_OPTION_NAMES } from '../option-names.ts';

const OPTION = {
  recordRoute: 7,
  mtuProbe: 11,
  mtuReply: 12,
  timestamp: 68,
  looseRoute: 131,
  streamId: 136,
  strictRoute: 137,
  routerAlert: 148,
} as const;

/** Adds the options in bytes [from, until) of the packet. */
export function ipv4Options(layer: Layer, from: number, until: number): void {
  const { bytes } = layer;
  for (let at = from; at < until && !layer.cut;) {
    const start = at;
    const type = layer.has(at, 1) ? bytes[at]! : 0;
    const single = type <= 1;
    const size = single ? 1 : layer.has(at, 2) && at + 2 <= until ? bytes[at + 1]! : 2;
    const name = IPV4_OPTION_NAMES[type] ?? `type ${type}`;
    layer.group('ip.opt', start, Math.min(single ? 1 : Math.max(2, size), until - start), name, () => {
      layer.add('ip.opt.type', start, 1, {
        inside: () => {
          layer.bits('ip.opt.type.copy', start, 1, 7, 1);
          layer.bits('ip.opt.type.class', start, 1, 5, 2);
          layer.bits('ip.opt.type.number', start, 1, 0, 5);
        },
      });
      if (single || start + 1 >= until || !layer.add('ip.opt.len', start + 1, 1)) return;
      if (size < 2 || start + size > until) layer.note('Bad option length', size.toString(), start + 1, 1);
      else if (size > 2) optionValue(layer, type, start + 2, start + size);
    });
    // Behind the end of the options is padding.
    if (type === 0 || size < 1 || (!single && size < 2)) return;
    at += size;
  }
}

function optionValue(layer: Layer, type: number, at: number, until: number): void {
  const size = until - at;
  switch (type) {
    case OPTION.recordRoute:
      layer.add('ip.opt.ptr', at, 1);
      addresses(layer, at, until, 'ip.empty_rt');
      return;
    case OPTION.looseRoute:
    case OPTION.strictRoute:
      layer.add('ip.opt.ptr', at, 1);
      addresses(layer, at, until, 'ip.src_rt');
      return;
    case OPTION.timestamp:
      timestamps(layer, at, until);
      return;
    case OPTION.streamId:
      if (size === 2) layer.add('ip.opt.sid', at, 2);
      return;
    case OPTION.routerAlert:
      if (size === 2) layer.add('ip.opt.ra', at, 2);
      return;
    case OPTION.mtuProbe:
    case OPTION.mtuReply:
      if (size === 2) layer.add('ip.opt.mtu', at, 2);
      return;
    default:
      layer.add('ip.opt.value', at, size);
  }
}

/** The pointer, at `at`, counts from 1 at the option's type: in front of it is the way gone, from there on the `ahead`. */
function addresses(layer: Layer, at: number, until: number, ahead: 'ip.src_rt' | 'ip.empty_rt'): void {
  const pointer = layer.has(at, 1) ? at - 2 + layer.bytes[at]! - 1 : at;
  for (let address = at + 1; address + 4 <= until; address += 4) {
    if (!layer.add(address < pointer ? 'ip.rec_rt' : ahead, address, 4)) return;
  }
}

/** @0 u8 pointer, @1 overflow and flag of 4 bits each, then timestamps, with addresses where the flag is not 0. */
function timestamps(layer: Layer, at: number, until: number): void {
  layer.add('ip.opt.ptr', at, 1);
  if (until - at < 2) return;
  layer.bits('ip.opt.overflow', at + 1, 1, 4, 4);
  layer.bits('ip.opt.flag', at + 1, 1, 0, 4);
  if (layer.cut) return;
  const flag = u16(layer.bytes, at) & 0xf;
  const withAddress = flag === 1 || flag === 3;
  for (let stamp = at + 2; stamp + (withAddress ? 8 : 4) <= until;) {
    if (withAddress) {
      if (!layer.add('ip.opt.time_stamp_addr', stamp, 4)) return;
      stamp += 4;
    }
    if (!layer.add('ip.opt.time_stamp', stamp, 4)) return;
    stamp += 4;
  }
}
