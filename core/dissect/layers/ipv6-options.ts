/** Hop-by-hop and destination options (RFC 8200 4.2): Pad1 is one zero byte, every other type, length of the value, value. */
import { u16 } from '../constants.ts';
import type { Layer } from '../layer.ts';
import { IPV6_OPTION_NAMES } from '../option-names.ts';
import { ioamOption } from './ioam.ts';

const OPTION = {
  pad1: 0x00,
  padN: 0x01,
  tunnelLimit: 0x04,
  routerAlert: 0x05,
  calipso: 0x07,
  ioamDestination: 0x11,
  pathMtu: 0x30,
  ioamHopByHop: 0x31,
  jumbo: 0xc2,
  homeAddress: 0xc9,
} as const;
/** RFC 4727: the eight combinations of the first three bits with 0x1e. */
const EXPERIMENTAL_BITS = 0x1e;

/** Adds the options in bytes [from, until) of the packet. */
export function ipv6Options(layer: Layer, from: number, until: number): void {
  const { bytes } = layer;
  for (let at = from; at < until && !layer.cut;) {
    const start = at;
    const type = layer.has(at, 1) ? bytes[at]! : OPTION.pad1;
    const headed = type !== OPTION.pad1;
    const size = !headed ? 1 : layer.has(at, 2) && at + 2 <= until ? 2 + bytes[at + 1]! : 2;
    const overrun = start + size > until;
    const name = IPV6_OPTION_NAMES[type] ?? `type ${type}`;
    layer.group('ipv6.opt', start, Math.min(size, until - start), name, () => {
      layer.add('ipv6.opt.type', start, 1, headed ? { inside: () => typeBits(layer, start) } : {});
      if (!headed || start + 2 > until || !layer.add('ipv6.opt.length', start + 1, 1)) return;
      if (overrun) layer.note('Bad option length', (size - 2).toString(), start + 1, 1);
      else if (size > 2) optionValue(layer, type, start + 2, start + size);
    });
    if (overrun) return;
    at += size;
  }
}

function typeBits(layer: Layer, at: number): void {
  layer.bits('ipv6.opt.type.action', at, 1, 6, 2);
  layer.bits('ipv6.opt.type.change', at, 1, 5, 1);
  layer.bits('ipv6.opt.type.rest', at, 1, 0, 5);
}

/** The value is shown as its fields where its length is that of the option, as bytes otherwise. */
function optionValue(layer: Layer, type: number, at: number, until: number): void {
  const size = until - at;
  switch (type) {
    case OPTION.padN:
      layer.add('ipv6.opt.padn', at, size);
      return;
    case OPTION.tunnelLimit:
      if (size !== 1) break;
      layer.add('ipv6.opt.tel', at, 1);
      return;
    case OPTION.routerAlert:
      if (size !== 2) break;
      layer.add('ipv6.opt.router_alert', at, 2);
      return;
    case OPTION.jumbo:
      if (size !== 4) break;
      layer.add('ipv6.opt.jumbo', at, 4);
      return;
    case OPTION.homeAddress:
      if (size !== 16) break;
      layer.add('ipv6.opt.mipv6.home_address', at, 16);
      return;
    case OPTION.pathMtu:
      // RFC 9268: the lowest bit of the returned MTU is a flag.
      if (size !== 4) break;
      layer.add('ipv6.opt.pmtu.min', at, 2);
      if (!layer.has(at, 4)) break;
      layer.add('ipv6.opt.pmtu.rtn', at + 2, 2, { value: u16(layer.bytes, at + 2) & 0xfffe });
      layer.bits('ipv6.opt.pmtu.r_flag', at + 3, 1, 0, 1);
      return;
    case OPTION.calipso:
      if (size < 8) break;
      calipso(layer, at, until);
      return;
    case OPTION.ioamDestination:
    case OPTION.ioamHopByHop:
      if (size < 2) break;
      ioamOption(layer, at, until);
      return;
  }
  const experimental = (type & 0x1f) === EXPERIMENTAL_BITS;
  layer.add(experimental ? 'ipv6.opt.experimental' : 'ipv6.opt.unknown', at, size);
}

/** RFC 5570 5.1: @0 u32be domain, @4 u8 compartment length in words, @5 u8 level, @6 u16be checksum, @8 bitmap. */
function calipso(layer: Layer, at: number, until: number): void {
  layer.add('ipv6.opt.calipso.doi', at, 4);
  layer.add('ipv6.opt.calipso.cmpt.length', at + 4, 1);
  layer.add('ipv6.opt.calipso.sens_level', at + 5, 1);
  layer.add('ipv6.opt.calipso.checksum', at + 6, 2);
  if (until > at + 8) layer.add('ipv6.opt.calipso.cmpt_bitmap', at + 8, until - at - 8);
}
