/** Values that are copies of something about their packet. */
import { readInteger } from '#core/metadata/value.ts';
import type { TlvType } from '#core/metadata/types.ts';
import type { ByteOrder } from './byte-order.ts';
import type { FieldLook, PacketFields } from './types.ts';

/** One value of a type, with the packet behind its area. */
export interface SeenValue {
  readonly bytes: Uint8Array;
  readonly packet: PacketFields | null;
}

export interface PacketMatch extends FieldLook {
  readonly proposed: Pick<TlvType, 'name' | 'kind'> & Partial<TlvType>;
}

/** Fewer packets may agree by chance. */
const MIN_PACKETS = 4;
const MIN_SHARE = 0.9;
/** A clock that counts from boot runs beside that of the packets; they part by at most this share of the time seen. */
const MAX_DRIFT_SHARE = 8n;
/** A program may take the time long before the packet is seen, and clocks of devices are set badly. */
const MAX_CLOCK_DIFFERENCE_NS = 3_600_000_000_000n;
const UNITS = { ns: 1n, us: 1_000n, ms: 1_000_000n, s: 1_000_000_000n } as const;
const ORDERS = ['little', 'big'] as const;

/** What of the packets the values are; null = nothing that is known of them. */
export function matchPackets(values: readonly SeenValue[]): PacketMatch | null {
  const known = values.filter((value): value is Known => value.packet !== null);
  if (known.length < MIN_PACKETS) return null;
  return addressMatch(known) ?? numberMatch(known) ?? timeMatch(known);
}

interface Known extends SeenValue {
  readonly packet: PacketFields;
}

/** Of all values with a packet; null when they are too few or agree by being one and the same. */
function share(values: readonly Known[], agrees: (value: Known) => boolean): string | null {
  let count = 0;
  const distinct = new Set<string>();
  for (const value of values) {
    if (!agrees(value)) continue;
    count++;
    if (distinct.size < 2) distinct.add(value.bytes.join());
  }
  if (count < MIN_SHARE * values.length || distinct.size < 2) return null;
  return `${count} of ${values.length}`;
}

function addressMatch(values: readonly Known[]): PacketMatch | null {
  for (const side of ['source', 'destination'] as const) {
    for (const order of ['big', 'little'] as const) {
      const found = share(values, ({ bytes, packet }) => sameBytes(bytes, packet[side], order));
      if (found === null) continue;
      const is4 = values[0]!.bytes.length === 4;
      if (!is4 && order === 'little') continue;
      return {
        look: side,
        evidence: `the packet's ${side} address in ${found}`,
        proposed: {
          name: `${side}_address`,
          kind: is4 ? 'ipv4' : 'ipv6',
          ...(order === 'little' && { endian: 'little' }),
        },
      };
    }
  }
  return null;
}

function sameBytes(bytes: Uint8Array, address: Uint8Array | null, order: ByteOrder): boolean {
  if (address?.length !== bytes.length) return false;
  return bytes.every((byte, i) => byte === address[order === 'big' ? i : bytes.length - 1 - i]);
}

const NUMBERS = [
  { look: 'sourcePort', text: 'source port', name: 'source_port' },
  { look: 'destinationPort', text: 'destination port', name: 'destination_port' },
  { look: 'mark', text: 'skb->mark', name: 'mark' },
  { look: 'hash', text: 'skb->hash', name: 'hash' },
] as const;

function isInteger({ bytes }: SeenValue): boolean {
  return bytes.length >= 1 && bytes.length <= 8;
}

function numberMatch(values: readonly Known[]): PacketMatch | null {
  if (!values.every(isInteger)) return null;
  for (const endian of ORDERS) {
    for (const { look, text, name } of NUMBERS) {
      const found = share(values, ({ bytes, packet }) => numberOf(bytes, endian) === big(packet[look]));
      if (found !== null) {
        return {
          look,
          evidence: `the packet's ${text} in ${found}`,
          proposed: { name, kind: 'uint', endian },
        };
      }
    }
    const match = lengthMatch(values, endian);
    if (match !== null) return match;
  }
  return null;
}

/** The packet's length, or that without the headers in front of what the program counts. */
function lengthMatch(values: readonly Known[], endian: ByteOrder): PacketMatch | null {
  const first = values[0]!;
  const difference = BigInt(first.packet.length) - numberOf(first.bytes, endian);
  if (difference < -64n || difference > 64n) return null;
  const found = share(
    values,
    ({ bytes, packet }) => BigInt(packet.length) - numberOf(bytes, endian) === difference,
  );
  if (found === null) return null;
  const than = difference === 0n ? '' : difference > 0n ? ` less ${difference}` : ` and ${-difference} more`;
  return {
    look: 'length',
    evidence: `the packet's length${than} in ${found}`,
    proposed: { name: 'packet_length', kind: 'uint', unit: 'B', endian },
  };
}

function timeMatch(values: readonly Known[]): PacketMatch | null {
  const timed = values.filter(({ bytes, packet }) => packet.timeNs !== null && isInteger({ bytes, packet }));
  if (timed.length < MIN_PACKETS || timed.length < values.length) return null;
  const elapsed = timed.at(-1)!.packet.timeNs! - timed[0]!.packet.timeNs!;
  for (const endian of ORDERS) {
    for (const unit of ['ns', 'us', 'ms', 's'] as const) {
      const behind = ({ bytes, packet }: Known): bigint =>
        packet.timeNs! - numberOf(bytes, endian) * UNITS[unit];
      const first = behind(timed[0]!);
      const isUnix = share(timed, (value) => magnitude(behind(value)) <= MAX_CLOCK_DIFFERENCE_NS);
      const isBoot =
        isUnix ?? share(timed, (value) => MAX_DRIFT_SHARE * magnitude(behind(value) - first) <= elapsed);
      if (isBoot === null || !advances(timed, elapsed, endian, unit)) continue;
      const epoch = isUnix === null ? 'boot' : 'unix';
      return {
        look: 'timestamp',
        evidence:
          epoch === 'unix'
            ? `within an hour of the packet's time, as ${unit} since 1970, in ${isBoot}`
            : `runs with the packets' time, as ${unit} since boot, in ${isBoot}`,
        proposed: { name: 'timestamp', kind: 'timestamp', timestamp: { unit, epoch }, endian },
      };
    }
  }
  return null;
}

/** Over the time that all packets took the value moves on by half of it at least: a constant would run along, too. */
function advances(
  values: readonly Known[],
  elapsed: bigint,
  endian: ByteOrder,
  unit: keyof typeof UNITS,
): boolean {
  const first = values[0]!;
  const last = values.at(-1)!;
  const moved = (numberOf(last.bytes, endian) - numberOf(first.bytes, endian)) * UNITS[unit];
  return elapsed > 0n && 2n * moved > elapsed;
}

function numberOf(bytes: Uint8Array, endian: ByteOrder): bigint {
  return readInteger(bytes, 0, bytes.length, endian);
}

function big(value: number | null): bigint | null {
  return value === null ? null : BigInt(value);
}

function magnitude(value: bigint): bigint {
  return value < 0n ? -value : value;
}
