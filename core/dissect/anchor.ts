/**
 * Where in a packet a schema's bytes are: behind a port, in an option, in a tunnel's header. Nothing is allocated per
 * packet. What the bytes mean is `core/metadata`'s.
 */
import type { PacketAnchor } from '#core/metadata/types.ts';
import {
  GENEVE_MIN_BYTES,
  GENEVE_OPTION_HEADER_BYTES,
  GUE_MIN_BYTES,
  IPPROTO,
  IPV4_MIN_BYTES,
  NSH_MD,
  NSH_MIN_BYTES,
  PROXY_MIN_BYTES,
  SRH_FIXED_BYTES,
  TCP_MIN_BYTES,
  u16,
} from './constants.ts';
import { HEADER } from './header-kind.ts';
import { headerBytes, proxyAddressBytes } from './header-size.ts';
import { createWalk, nextHeader, startWalk } from './walk.ts';

/** Bytes of a packet in which `after-bytes` looks for its pattern. */
export const MAX_SEARCH_BYTES = 2048;
/** Bytes of a pattern or magic. */
export const MAX_PATTERN_BYTES = 16;

type HeaderAnchor = Exclude<PacketAnchor, { kind: 'after-bytes' }>;

const ROUTING_TYPE_SEGMENTS = 4;
const IPV6_BYTES = 16;
const IPV6_PAD1 = 0;
/** End of options and no operation, of IPv4 and TCP: one byte each. */
const OPTION_END = 0;
const OPTION_NOP = 1;

/** Looks for one anchor in packet after packet. */
export class AnchorFinder {
  /** The bytes found last are buf[start .. end). */
  start = 0;
  end = 0;
  /** The header says more bytes than the packet has left: they end early. */
  cut = false;
  private readonly anchor: PacketAnchor;
  /** What bytes must begin with, or what is looked for. */
  private readonly pattern: Uint8Array;
  private readonly walk = createWalk();

  /** Throws a RangeError when a pattern is empty, longer than MAX_PATTERN_BYTES or not hexadecimal. */
  constructor(anchor: PacketAnchor) {
    this.anchor = anchor;
    const hex =
      anchor.kind === 'after-bytes' ? anchor.bytes : anchor.kind === 'tcp-option' ? anchor.magic : undefined;
    this.pattern = hex === undefined ? new Uint8Array(0) : patternOf(hex);
  }

  /**
   * Sets `start`, `end` and `cut` to the anchor's bytes in the packet buf[start .. start+length) of `linkType`, and
   * says whether it has any, in the outermost header that fits: an option may be empty, a payload or a list of TLVs that
   * is empty is not there. Packets quoted by ICMP are not looked into. Never throws.
   */
  find(buf: Uint8Array, start: number, length: number, linkType: number): boolean {
    const { walk, anchor } = this;
    if (anchor.kind === 'after-bytes') return this.afterBytes(buf, start, length);
    startWalk(walk, buf, start, length, linkType);
    while (walk.kind !== HEADER.none && walk.kind !== HEADER.data) {
      if (walk.kind === HEADER.icmp || walk.kind === HEADER.icmpv6) return false;
      if (this.inHeader(buf, anchor)) return true;
      nextHeader(walk, buf);
    }
    return false;
  }

  private inHeader(buf: Uint8Array, anchor: HeaderAnchor): boolean {
    const { kind, number, at, end } = this.walk;
    switch (anchor.kind) {
      case 'udp-payload':
        return kind === HEADER.udp && this.hasPort(buf, anchor.port) && this.payload(buf);
      case 'tcp-payload':
        return kind === HEADER.tcp && this.hasPort(buf, anchor.port) && this.payload(buf);
      case 'tcp-option':
        return kind === HEADER.tcp && this.inclusiveOption(buf, TCP_MIN_BYTES, anchor.option);
      case 'ipv4-option':
        return kind === HEADER.ipv4 && this.inclusiveOption(buf, IPV4_MIN_BYTES, anchor.option);
      case 'ipv6-hop-by-hop-option':
        return (
          kind === HEADER.extension && number === IPPROTO.hopByHop && this.exclusiveOption(buf, anchor.option)
        );
      case 'ipv6-destination-option':
        return (
          kind === HEADER.extension &&
          number === IPPROTO.destination &&
          this.exclusiveOption(buf, anchor.option)
        );
      case 'geneve-options':
        return kind === HEADER.geneve && this.tail(buf, GENEVE_MIN_BYTES);
      case 'geneve-option':
        return kind === HEADER.geneve && this.geneveOption(buf, anchor.optionClass, anchor.type);
      case 'nsh-context':
        return kind === HEADER.nsh && this.nsh(buf, NSH_MD.fixed);
      case 'nsh-tlvs':
        return kind === HEADER.nsh && this.nsh(buf, NSH_MD.variable);
      case 'srh-tlvs':
        return (
          kind === HEADER.extension &&
          number === IPPROTO.routing &&
          at + SRH_FIXED_BYTES <= end &&
          buf[at + 2] === ROUTING_TYPE_SEGMENTS &&
          this.tail(buf, SRH_FIXED_BYTES + IPV6_BYTES * (buf[at + 4]! + 1))
        );
      case 'proxy-tlvs':
        return (
          kind === HEADER.proxy &&
          at + PROXY_MIN_BYTES <= end &&
          this.tail(buf, PROXY_MIN_BYTES + proxyAddressBytes(buf, at))
        );
      case 'gue-fields':
        return kind === HEADER.gue && this.tail(buf, GUE_MIN_BYTES);
    }
  }

  /** The bytes [from, to) as the header has them, as far as they are there. */
  private found(from: number, to: number, end: number): true {
    this.start = from;
    this.end = Math.min(to, end);
    this.cut = to > end;
    return true;
  }

  /** The header behind its first `offset` bytes. */
  private tail(buf: Uint8Array, offset: number): boolean {
    const { kind, number, at, end } = this.walk;
    const size = headerBytes(kind, number, buf, at, end);
    if (size <= offset || at + offset >= end) return false;
    return this.found(at + offset, at + size, end);
  }

  private hasPort(buf: Uint8Array, port: number): boolean {
    const { at, end } = this.walk;
    return at + 4 <= end && (u16(buf, at) === port || u16(buf, at + 2) === port);
  }

  private payload(buf: Uint8Array): boolean {
    const { kind, at, end } = this.walk;
    const stated = kind === HEADER.udp && at + 6 <= end ? at + u16(buf, at + 4) : 0;
    nextHeader(this.walk, buf);
    const { at: from, end: to } = this.walk;
    if (this.walk.kind === HEADER.none || from >= to) return false;
    return this.found(from, Math.max(to, stated), end);
  }

  /** An option of IPv4 or TCP, whose length counts type and length: behind the header's first `offset` bytes. */
  private inclusiveOption(buf: Uint8Array, offset: number, option: number): boolean {
    const { kind, number, at, end } = this.walk;
    const { pattern } = this;
    const until = at + headerBytes(kind, number, buf, at, end);
    for (let next = at + offset; next + 2 <= Math.min(until, end);) {
      const type = buf[next]!;
      if (type === OPTION_END) return false;
      if (type === OPTION_NOP) {
        next++;
        continue;
      }
      const to = next + buf[next + 1]!;
      const value = next + 2;
      if (to < value || to > until) return false;
      if (type === option && beginsWith(buf, value, Math.min(to, end), pattern)) {
        return this.found(value + pattern.length, to, end);
      }
      next = to;
    }
    return false;
  }

  /** A hop-by-hop or destination option, whose length is that of its value. */
  private exclusiveOption(buf: Uint8Array, option: number): boolean {
    const { kind, number, at, end } = this.walk;
    const until = at + headerBytes(kind, number, buf, at, end);
    for (let next = at + 2; next + 2 <= Math.min(until, end);) {
      if (buf[next] === IPV6_PAD1) {
        next++;
        continue;
      }
      const value = next + 2;
      const to = value + buf[next + 1]!;
      if (to > until) return false;
      if (buf[next] === option) return this.found(value, to, end);
      next = to;
    }
    return false;
  }

  private geneveOption(buf: Uint8Array, optionClass: number, type: number): boolean {
    const { kind, number, at, end } = this.walk;
    const until = at + headerBytes(kind, number, buf, at, end);
    for (let next = at + GENEVE_MIN_BYTES; next + GENEVE_OPTION_HEADER_BYTES <= Math.min(until, end);) {
      const data = next + GENEVE_OPTION_HEADER_BYTES;
      const to = data + ((buf[next + 3]! & 0x1f) << 2);
      if (to > until) return false;
      if (u16(buf, next) === optionClass && buf[next + 2] === type) return this.found(data, to, end);
      next = to;
    }
    return false;
  }

  private nsh(buf: Uint8Array, type: number): boolean {
    const { at, end } = this.walk;
    return at + NSH_MIN_BYTES <= end && (buf[at + 2]! & 0xf) === type && this.tail(buf, NSH_MIN_BYTES);
  }

  private afterBytes(buf: Uint8Array, start: number, length: number): boolean {
    const { pattern } = this;
    const end = Math.min(start + length, buf.length);
    const last = Math.min(end, start + MAX_SEARCH_BYTES) - pattern.length;
    for (let at = start; at <= last; at++) {
      if (!beginsWith(buf, at, end, pattern)) continue;
      return at + pattern.length < end && this.found(at + pattern.length, end, end);
    }
    return false;
  }
}

function beginsWith(buf: Uint8Array, at: number, end: number, pattern: Uint8Array): boolean {
  if (at + pattern.length > end) return false;
  for (let i = 0; i < pattern.length; i++) if (buf[at + i] !== pattern[i]) return false;
  return true;
}

function patternOf(hex: string): Uint8Array {
  const bytes = Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
  if (!/^(?:[0-9a-f]{2})+$/i.test(hex) || bytes.length > MAX_PATTERN_BYTES) {
    throw new RangeError(`1 to ${MAX_PATTERN_BYTES} bytes in hexadecimal can be looked for, not “${hex}”`);
  }
  return bytes;
}
