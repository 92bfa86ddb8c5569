/** Packets as bytes, built from hex. Checksums are whatever is given: nothing here looks at them. */
import { createFlowFields, dissectFlow } from '#core/dissect/flow.ts';
import { fingerprint, PRINT_WORDS } from '../fingerprint.ts';

export const hex = (text: string): Uint8Array =>
  Uint8Array.from(text.replaceAll(' ', '').match(/../g) ?? [], (byte) => parseInt(byte, 16));
const h16 = (value: number): string => value.toString(16).padStart(4, '0');
const h32 = (value: number): string => (value >>> 0).toString(16).padStart(8, '0');

const ETHERNET = '020000000002 020000000001 0800';

/** Ethernet and IPv4 10.0.0.1 → 10.0.0.2 around a payload. */
function ipv4(protocol: number, payload: string, { id = 1, ttl = 64 } = {}): string {
  const total = 20 + payload.replaceAll(' ', '').length / 2;
  const head = `4500 ${h16(total)} ${h16(id)} 4000 ${ttl.toString(16).padStart(2, '0')}`;
  return `${ETHERNET} ${head}${protocol.toString(16).padStart(2, '0')} 0000 0a000001 0a000002 ${payload}`;
}

export interface PacketOptions {
  readonly id?: number;
  readonly ttl?: number;
  readonly checksum?: number;
  readonly payload?: string;
  readonly port?: number;
}

export function udp(options: PacketOptions = {}): Uint8Array {
  const { payload = '01020304', checksum = 0, port = 9000 } = options;
  return hex(
    ipv4(17, `0fa0 ${h16(port)} ${h16(8 + payload.length / 2)} ${h16(checksum)} ${payload}`, options),
  );
}

export function ping(sequence: number, options: PacketOptions = {}): Uint8Array {
  const { payload = '00112233', checksum = 0 } = options;
  return hex(ipv4(1, `0800 ${h16(checksum)} 0007 ${h16(sequence)} ${payload}`, options));
}

/** A segment of `bytes` of payload. */
export function tcp(sequence: number, bytes: number, options: PacketOptions = {}): Uint8Array {
  const head = `0fa0 2328 ${h32(sequence)} 00000001 5010 ffff 0000 0000`;
  return hex(ipv4(6, head + '00'.repeat(bytes), options));
}

/** The packet in VXLAN, from one host to another. */
export function vxlan(inside: Uint8Array): Uint8Array {
  const payload = `08000000 00002a00 ${Buffer.from(inside).toString('hex')}`.replaceAll(' ', '');
  return udp({ payload, port: 4789, id: 77 });
}

/** Print of a packet of which `captured` bytes are there. */
export function printOf(packet: Uint8Array, captured = packet.length): Uint32Array {
  const flow = createFlowFields();
  // Not at the start of the buffer.
  const buf = new Uint8Array(captured + 5);
  buf.set(packet.subarray(0, captured), 5);
  dissectFlow(buf, 5, captured, 1, flow);
  const out = new Uint32Array(PRINT_WORDS + 1).fill(0xdead);
  fingerprint(buf, 5, captured, packet.length, flow, out, 1);
  return out.subarray(1);
}
