/** Packets with valid headers for generated captures. Checksums are 0. */

export type PacketKind = 'udp4' | 'tcp4' | 'icmp4' | 'udp6';
/** The first is the common one. */
export const PACKET_KINDS: readonly PacketKind[] = ['udp4', 'tcp4', 'icmp4', 'udp6'];

export interface PacketTemplate {
  readonly bytes: Uint8Array;
  /** On the wire: these packets are cut behind their headers. */
  readonly originalLength: number;
  readonly ethertype: number;
  /** Source address: its last two bytes tell flows apart. */
  readonly sourceOffset: number;
  readonly addressBytes: number;
  /** Source port, or the ICMP identifier. */
  readonly sourcePortOffset: number;
}

const ETHERNET = 14;
const IPV4 = 20;
const IPV6 = 40;
const PAYLOAD = 64;
const L4: Readonly<Record<PacketKind, { readonly bytes: number; readonly protocol: number }>> = {
  udp4: { bytes: 8, protocol: 17 },
  tcp4: { bytes: 20, protocol: 6 },
  icmp4: { bytes: 8, protocol: 1 },
  udp6: { bytes: 8, protocol: 17 },
};

export function packetTemplate(kind: PacketKind): PacketTemplate {
  const v6 = kind === 'udp6';
  const l4 = L4[kind];
  const network = v6 ? IPV6 : IPV4;
  const transport = ETHERNET + network;
  const bytes = new Uint8Array(transport + l4.bytes);
  const v = new DataView(bytes.buffer);
  bytes.set([0x02, 0, 0, 0, 0, 0x02, 0x02, 0, 0, 0, 0, 0x01]);
  const ethertype = v6 ? 0x86dd : 0x0800;
  v.setUint16(12, ethertype);
  const transportLength = l4.bytes + PAYLOAD;
  if (v6) {
    v.setUint32(ETHERNET, 0x6000_0000);
    v.setUint16(ETHERNET + 4, transportLength);
    bytes.set([l4.protocol, 64], ETHERNET + 6);
    bytes.set([0x20, 0x01, 0x0d, 0xb8], ETHERNET + 8);
    bytes.set([0x20, 0x01, 0x0d, 0xb8], ETHERNET + 24);
    bytes[ETHERNET + 39] = 1;
  } else {
    bytes[ETHERNET] = 0x45;
    v.setUint16(ETHERNET + 2, IPV4 + transportLength);
    bytes.set([64, l4.protocol], ETHERNET + 8);
    bytes.set([10, 0, 0, 1], ETHERNET + 12);
    bytes.set([192, 0, 2, 1], ETHERNET + 16);
  }
  if (kind === 'icmp4') {
    bytes[transport] = 8;
  } else {
    v.setUint16(transport, 1024);
    v.setUint16(transport + 2, kind === 'tcp4' ? 443 : 4242);
    if (kind === 'tcp4') bytes.set([0x50, 0x18], transport + 12);
    else v.setUint16(transport + 4, transportLength);
  }
  return {
    bytes,
    originalLength: bytes.length + PAYLOAD,
    ethertype,
    sourceOffset: ETHERNET + (v6 ? 8 : 12),
    addressBytes: v6 ? 16 : 4,
    sourcePortOffset: kind === 'icmp4' ? transport + 4 : transport,
  };
}
