/** The subtypes of Multipath TCP's option (RFC 8684 3). */
import { u16 } from '../constants.ts';
import type { Layer } from '../layer.ts';
import { MPTCP_SUBTYPES } from '../option-names.ts';

const SUBTYPE = {
  capable: 0,
  join: 1,
  dss: 2,
  addAddress: 3,
  removeAddress: 4,
  priority: 5,
  fail: 6,
  fastClose: 7,
  reset: 8,
} as const;

/** Bits of a DSS option (RFC 8684 3.3). */
const DSS = { ackPresent: 0x01, ack8: 0x02, mapPresent: 0x04, map8: 0x08 } as const;
/** Whole options, kind and length included, of MP_JOIN in SYN, SYN/ACK and ACK. */
const JOIN_BYTES = { syn: 12, synAck: 16, ack: 24 } as const;

/** `at` is behind kind and length; the upper four bits there are the subtype. */
export function mptcpOption(layer: Layer, at: number, until: number): void {
  const before = at;
  layer.bits('tcp.options.mptcp.subtype', at, 1, 4, 4);
  if (layer.cut) return;
  const { bytes } = layer;
  const subtype = bytes[at]! >>> 4;
  const optionBytes = until - at + 2;
  let next = before;
  switch (subtype) {
    case SUBTYPE.capable:
      next = capable(layer, at, until, optionBytes);
      break;
    case SUBTYPE.join:
      next = join(layer, at, optionBytes);
      break;
    case SUBTYPE.dss:
      next = dss(layer, at, until);
      break;
    case SUBTYPE.addAddress:
      next = addAddress(layer, at, until);
      break;
    case SUBTYPE.removeAddress:
      for (next = at + 1; next < until; next++) layer.add('tcp.options.mptcp.addrid', next, 1);
      break;
    case SUBTYPE.priority:
      layer.add('tcp.options.mptcp.flags', at, 1, {
        inside: () => layer.bits('tcp.options.mptcp.backup.flag', at, 1, 0, 1),
      });
      next = at + 1;
      if (optionBytes === 4) layer.add('tcp.options.mptcp.addrid', next++, 1);
      break;
    case SUBTYPE.fail:
      next = at + 10;
      if (next > until) break;
      layer.bits('tcp.options.mptcp.reserved', at, 2, 0, 12);
      layer.add('tcp.options.mptcp.rawdataseqno', at + 2, 8);
      break;
    case SUBTYPE.fastClose:
      next = at + 10;
      if (next > until) break;
      layer.bits('tcp.options.mptcp.reserved', at, 2, 0, 12);
      layer.add('tcp.options.mptcp.recvkey', at + 2, 8);
      break;
    case SUBTYPE.reset:
      next = at + 2;
      if (next > until) break;
      layer.add('tcp.options.mptcp.flags', at, 1);
      layer.add('tcp.options.mptcp.rst_reason', at + 1, 1);
      break;
  }
  const name = MPTCP_SUBTYPES[subtype] ?? `subtype ${subtype}`;
  if (next > until) layer.note('Bad option length', `too short for ${name}`, at, until - at);
  else if (next < until) layer.unnamed('Value', Math.max(next, at), until - Math.max(next, at));
}

/** @0 subtype and version, @1 flags, @2 sender's key, @10 receiver's key, @18 data-level length (in the third ACK). */
function capable(layer: Layer, at: number, until: number, optionBytes: number): number {
  layer.bits('tcp.options.mptcp.version', at, 1, 0, 4);
  if (at + 2 > until) return at + 2;
  layer.add('tcp.options.mptcp.flags', at + 1, 1, {
    inside: () => {
      layer.bits('tcp.options.mptcp.checksumreq.flags', at + 1, 1, 7, 1);
      layer.bits('tcp.options.mptcp.extensibility.flag', at + 1, 1, 6, 1);
      layer.bits('tcp.options.mptcp.sha256.flag', at + 1, 1, 0, 1);
    },
  });
  if (optionBytes < 12) return at + 2;
  layer.add('tcp.options.mptcp.sendkey', at + 2, 8);
  if (optionBytes < 20) return at + 10;
  layer.add('tcp.options.mptcp.recvkey', at + 10, 8);
  if (optionBytes < 22) return at + 18;
  layer.add('tcp.options.mptcp.datalvllen', at + 18, 2);
  if (optionBytes < 24) return at + 20;
  layer.add('tcp.options.mptcp.checksum', at + 20, 2);
  return at + 22;
}

function join(layer: Layer, at: number, optionBytes: number): number {
  switch (optionBytes) {
    case JOIN_BYTES.syn:
      joinFlags(layer, at);
      layer.add('tcp.options.mptcp.addrid', at + 1, 1);
      layer.add('tcp.options.mptcp.recvtok', at + 2, 4);
      layer.add('tcp.options.mptcp.sendrand', at + 6, 4);
      return at + 10;
    case JOIN_BYTES.synAck:
      joinFlags(layer, at);
      layer.add('tcp.options.mptcp.addrid', at + 1, 1);
      layer.add('tcp.options.mptcp.sendtrunchmac', at + 2, 8);
      layer.add('tcp.options.mptcp.sendrand', at + 10, 4);
      return at + 14;
    case JOIN_BYTES.ack:
      layer.bits('tcp.options.mptcp.reserved', at, 2, 0, 12);
      layer.add('tcp.options.mptcp.sendhmac', at + 2, 20);
      return at + 22;
    default:
      return at;
  }
}

function joinFlags(layer: Layer, at: number): void {
  layer.add('tcp.options.mptcp.flags', at, 1, {
    inside: () => layer.bits('tcp.options.mptcp.backup.flag', at, 1, 0, 1),
  });
}

/** @1 flags, then data ACK (4 or 8), data sequence number (4 or 8), subflow sequence number (4), length (2), checksum (2, if used). */
function dss(layer: Layer, at: number, until: number): number {
  if (at + 2 > until || !layer.has(at, 2)) return at + 2;
  const flags = u16(layer.bytes, at) & 0x1f;
  layer.add('tcp.options.mptcp.flags', at + 1, 1, {
    inside: () => {
      layer.bits('tcp.options.mptcp.datafin.flag', at + 1, 1, 4, 1);
      layer.bits('tcp.options.mptcp.dseqn8.flag', at + 1, 1, 3, 1);
      layer.bits('tcp.options.mptcp.dseqnpresent.flag', at + 1, 1, 2, 1);
      layer.bits('tcp.options.mptcp.dataack8.flag', at + 1, 1, 1, 1);
      layer.bits('tcp.options.mptcp.dataackpresent.flag', at + 1, 1, 0, 1);
    },
  });
  let next = at + 2;
  if ((flags & DSS.ackPresent) !== 0) {
    const size = (flags & DSS.ack8) !== 0 ? 8 : 4;
    if (next + size > until) return next + size;
    layer.add('tcp.options.mptcp.rawdataack', next, size);
    next += size;
  }
  if ((flags & DSS.mapPresent) === 0) return next;
  const size = (flags & DSS.map8) !== 0 ? 8 : 4;
  if (next + size + 6 > until) return next + size + 6;
  layer.add('tcp.options.mptcp.rawdataseqno', next, size);
  next += size;
  layer.add('tcp.options.mptcp.subflowseqno', next, 4);
  layer.add('tcp.options.mptcp.datalvllen', next + 4, 2);
  next += 6;
  if (next + 2 > until) return next;
  layer.add('tcp.options.mptcp.checksum', next, 2);
  return next + 2;
}

/** @0 subtype and echo flag, @1 address ID, then address, port (if there) and truncated HMAC (8, if there): the length tells. */
function addAddress(layer: Layer, at: number, until: number): number {
  layer.bits('tcp.options.mptcp.echo', at, 1, 0, 1);
  if (at + 2 > until) return at + 2;
  layer.add('tcp.options.mptcp.addrid', at + 1, 1);
  const isIpv6 = until - at - 2 >= 16;
  let next = at + 2;
  const size = isIpv6 ? 16 : 4;
  if (next + size > until) return next + size;
  layer.add(isIpv6 ? 'tcp.options.mptcp.ipv6' : 'tcp.options.mptcp.ipv4', next, size);
  next += size;
  const behind = until - next;
  if (behind === 2 || behind === 10) {
    layer.add('tcp.options.mptcp.port', next, 2);
    next += 2;
  }
  if (until - next === 8) {
    layer.add('tcp.options.mptcp.addaddrtrunchmac', next, 8);
    next += 8;
  }
  return next;
}
