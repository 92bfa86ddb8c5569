/** Addresses and ports: one end of the packet, or either. */
import { formatIpv4, formatIpv6, formatMac } from '#core/dissect/addresses.ts';
import { EVENT_BIT, type EventChunk } from '#core/store/event-columns.ts';
import type { CaptureStore } from '#core/store/capture-store.ts';
import { numberAtom, NumberTable, rangeAtom } from '../atom.ts';
import { atomTest, eitherTest, type EventTest } from '../events.ts';
import { ORDER, wrongValue, type Field } from '../field.ts';
import type { Test } from '../syntax.ts';
import { networkInterval, parseInteger, parseMac, parseNetwork, type Network } from '../values.ts';
import { intervalsOf, rangesOf } from './numbers.ts';

type Side = 'src' | 'dst';
const SIDES: readonly Side[] = ['src', 'dst'];
const IPV4_BYTES = 4;
const U32 = 0x1_0000_0000;
const MAX_PORT = 0xffffn;

function ofIpv4(side: Side, networks: readonly Network[] | null): EventTest {
  const ranges = networks === null ? null : rangesOf(networks.map(networkInterval));
  return atomTest(rangeAtom((c) => c[side], EVENT_BIT.ipv4, ranges));
}

function ofIpv6(store: CaptureStore, side: Side, networks: readonly Network[] | null): EventTest {
  const { ipv6 } = store.flows;
  const table = new NumberTable(
    () => ipv6.count,
    (number) => networks === null || networks.some((network) => within(ipv6.key(number), network)),
  );
  return atomTest(numberAtom((c) => c[side], EVENT_BIT.ipv6, table));
}

/** Whether an address, of the network's family, is in it. */
export function within(address: Uint8Array, { bytes, bits }: Network): boolean {
  const whole = bits >>> 3;
  for (let i = 0; i < whole; i++) if (address[i] !== bytes[i]) return false;
  const rest = 8 - (bits & 7);
  return rest === 8 || address[whole]! >>> rest === bytes[whole]! >>> rest;
}

function ipField(name: string, text: string, sides: readonly Side[]): Field {
  const field: Field = {
    name,
    text,
    values: 'an address (10.0.0.1, 2001:db8::1), or with “in” a network (10.0.0.0/8)',
    operators: ['==', 'in'],
    seen: {
      // Numbers of IPv6 addresses below 0, so that they are not taken for one of IPv4.
      visit: (_store, chunk, row, add) => {
        for (const side of sides) {
          const value = chunk[side][row]!;
          if ((chunk.flags[row]! & EVENT_BIT.ipv4) !== 0) add(value);
          else if ((chunk.flags[row]! & EVENT_BIT.ipv6) !== 0 && value !== 0) add(-value);
        }
      },
      text: (store, key) => (key < 0 ? formatIpv6(store.flows.ipv6.key(-key), 0) : ipv4Text(key)),
    },
    number: (store, chunk, row) => {
      const value = chunk[sides[0]!][row]!;
      if ((chunk.flags[row]! & EVENT_BIT.ipv4) !== 0) return value;
      if ((chunk.flags[row]! & EVENT_BIT.ipv6) === 0 || value === 0) return NaN;
      return U32 + ipv6Ranks(store)[value]!;
    },
    exists: (store) => eitherTest(sides.flatMap((side) => [ofIpv4(side, null), ofIpv6(store, side, null)])),
    holds: (store, test: Test) => {
      const networks = test.values.map((value) => {
        const network = parseNetwork(value.text);
        if (network === null) throw wrongValue(field, value);
        return network;
      });
      const [v4, v6] = [true, false].map((is4) =>
        networks.filter(({ bytes }) => (bytes.length === IPV4_BYTES) === is4),
      );
      const parts: EventTest[] = [];
      for (const side of sides) {
        if (v4!.length > 0) parts.push(ofIpv4(side, v4!));
        if (v6!.length > 0) parts.push(ofIpv6(store, side, v6!));
      }
      return eitherTest(parts);
    },
  };
  return field;
}

/** Places of the IPv6 addresses of a capture in order, by their number; made anew when there are more. */
const ranksOf = new WeakMap<CaptureStore, Float64Array>();

function ipv6Ranks(store: CaptureStore): Float64Array {
  const { ipv6 } = store.flows;
  const known = ranksOf.get(store);
  if (known?.length === ipv6.count + 1) return known;
  const hex = (key: Uint8Array): string =>
    key.reduce((text, byte) => text + byte.toString(16).padStart(2, '0'), '');
  const keys = Array.from({ length: ipv6.count }, (_, i) => ({ number: i + 1, text: hex(ipv6.key(i + 1)) }));
  keys.sort((a, b) => (a.text < b.text ? -1 : 1));
  const ranks = new Float64Array(ipv6.count + 1);
  keys.forEach(({ number }, rank) => (ranks[number] = rank));
  ranksOf.set(store, ranks);
  return ranks;
}

function ipv4Text(value: number): string {
  return formatIpv4(Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value), 0);
}

function macField(name: string, text: string, sides: readonly Side[]): Field {
  const test = (store: CaptureStore, wanted: readonly Uint8Array[] | null): EventTest => {
    const { macs } = store.flows;
    const table = new NumberTable(
      () => macs.count,
      (number) =>
        wanted === null ||
        wanted.some((mac) => within(macs.key(number), { bytes: mac, bits: 8 * mac.length })),
    );
    return eitherTest(sides.map((side) => atomTest(numberAtom((c) => c[side], EVENT_BIT.mac, table))));
  };
  const field: Field = {
    name,
    text,
    values: 'a MAC address (02:00:00:00:00:01)',
    operators: ['==', 'in'],
    seen: {
      visit: (_store, chunk, row, add) => {
        for (const side of sides)
          if ((chunk.flags[row]! & EVENT_BIT.mac) !== 0 && chunk[side][row] !== 0) add(chunk[side][row]!);
      },
      text: (store, key) => formatMac(store.flows.macs.key(key), 0),
    },
    exists: (store) => test(store, null),
    holds: (store, asked) =>
      test(
        store,
        asked.values.map((value) => {
          const mac = parseMac(value.text);
          if (mac === null) throw wrongValue(field, value);
          return mac;
        }),
      ),
  };
  return field;
}

function portField(name: string, text: string, sides: readonly Side[]): Field {
  const column = (side: Side) => (c: EventChunk) => (side === 'src' ? c.srcPort : c.dstPort);
  const field: Field = {
    name,
    text,
    values: 'a port (443), or a range of them (1024..65535)',
    operators: ORDER,
    seen: {
      visit: (_store, chunk, row, add) => {
        if ((chunk.flags[row]! & EVENT_BIT.ports) !== 0)
          for (const side of sides) add(column(side)(chunk)[row]!);
      },
      text: (_store, key) => String(key),
    },
    number: (_store, chunk, row) =>
      (chunk.flags[row]! & EVENT_BIT.ports) === 0 ? NaN : column(sides[0]!)(chunk)[row]!,
    exists: () => atomTest(rangeAtom(column('src'), EVENT_BIT.ports, null)),
    holds: (_store, test) => {
      const ranges = rangesOf(intervalsOf(field, test, MAX_PORT, parseInteger));
      return eitherTest(sides.map((side) => atomTest(rangeAtom(column(side), EVENT_BIT.ports, ranges))));
    },
  };
  return field;
}

export const ADDRESS_FIELDS: readonly Field[] = [
  ipField('ip.addr', 'IP address of either end', SIDES),
  ipField('ip.src', 'IP address of the sender', ['src']),
  ipField('ip.dst', 'IP address of the receiver', ['dst']),
  portField('port', 'port of either end', SIDES),
  portField('port.src', 'port of the sender', ['src']),
  portField('port.dst', 'port of the receiver', ['dst']),
  macField('eth.addr', 'MAC address of either end, of packets without IP', SIDES),
  macField('eth.src', 'MAC address of the sender, of packets without IP', ['src']),
  macField('eth.dst', 'MAC address of the receiver, of packets without IP', ['dst']),
];
