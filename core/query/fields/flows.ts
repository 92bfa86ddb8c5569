/** The flow: protocol, addresses and ports of both ends as one value, `UDP 10.0.0.1:4000 > 10.0.0.2:9000`. */
import { formatIpv4, formatIpv6, formatMac } from '#core/dissect/addresses.ts';
import { PROTOCOL, PROTOCOL_NAMES } from '#core/dissect/types.ts';
import { BytesTable } from '#core/store/bytes-table.ts';
import type { CaptureStore } from '#core/store/capture-store.ts';
import { EVENT_BIT, type EventChunk } from '#core/store/event-columns.ts';
import { bothTests, eitherTest, notTest, type EventTest } from '../events.ts';
import { wrongValue, type Field } from '../field.ts';
import type { Literal, Test } from '../syntax.ts';
import { ADDRESS_FIELDS } from './addresses.ts';
import { parseFlow, printFlow, type FlowEnd } from './flow-value.ts';
import { PROTOCOL_FIELD } from './names.ts';

/** Flows of a capture that are told apart. */
const MAX_FLOWS = 1 << 20;
/** src u32, dst u32, source and destination port u16, protocol u8, EVENT_BIT of address and ports u8; little-endian. */
const KEY_BYTES = 14;
const ADDRESS_BITS = EVENT_BIT.ipv4 | EVENT_BIT.ipv6 | EVENT_BIT.mac;

const key = new DataView(new ArrayBuffer(KEY_BYTES));
const tables = new WeakMap<CaptureStore, BytesTable>();

function tableOf(store: CaptureStore): BytesTable {
  let table = tables.get(store);
  if (table === undefined) tables.set(store, (table = new BytesTable(KEY_BYTES, MAX_FLOWS, 0)));
  return table;
}

/** Number of the flow from 1; 0 = it has no addresses, or found no place. */
function flowOf(store: CaptureStore, chunk: EventChunk, row: number): number {
  const bits = chunk.flags[row]! & (ADDRESS_BITS | EVENT_BIT.ports);
  if ((bits & ADDRESS_BITS) === 0) return 0;
  // An address that found no place in its table is none that could be told, or asked for.
  if ((bits & EVENT_BIT.ipv4) === 0 && (chunk.src[row] === 0 || chunk.dst[row] === 0)) return 0;
  const hasPorts = (bits & EVENT_BIT.ports) !== 0;
  key.setUint32(0, chunk.src[row]!, true);
  key.setUint32(4, chunk.dst[row]!, true);
  key.setUint16(8, hasPorts ? chunk.srcPort[row]! : 0, true);
  key.setUint16(10, hasPorts ? chunk.dstPort[row]! : 0, true);
  key.setUint8(12, chunk.protocol[row]!);
  key.setUint8(13, bits);
  return tableOf(store).intern(key, 0);
}

function flowText(store: CaptureStore, flow: number): string {
  const bytes = tableOf(store).key(flow).slice();
  const view = new DataView(bytes.buffer);
  const bits = view.getUint8(13);
  const hasPorts = (bits & EVENT_BIT.ports) !== 0;
  const end = (address: number, port: number): FlowEnd => ({
    address: addressText(store, bits, address),
    port: hasPorts ? String(port) : null,
  });
  const source = end(view.getUint32(0, true), view.getUint16(8, true));
  const destination = end(view.getUint32(4, true), view.getUint16(10, true));
  const protocol = view.getUint8(12);
  return printFlow({
    protocol: protocol === PROTOCOL.unknown ? null : PROTOCOL_NAMES[protocol]!,
    source,
    destination,
  });
}

function addressText(store: CaptureStore, bits: number, value: number): string {
  if ((bits & EVENT_BIT.ipv4) !== 0) {
    return formatIpv4(Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value), 0);
  }
  const { ipv6, macs } = store.flows;
  return (bits & EVENT_BIT.ipv6) !== 0 ? formatIpv6(ipv6.key(value), 0) : formatMac(macs.key(value), 0);
}

const MAC = /^(?:[\da-f]{2}[:-]){5}[\da-f]{2}$/i;

/** The test as those of protocol, addresses and ports. */
function isFlow(store: CaptureStore, literal: Literal): EventTest {
  const flow = parseFlow(literal.text);
  if (flow === null) throw wrongValue(FLOW_FIELD, literal);
  const { protocol, source, destination } = flow;
  const asked = (field: Field, text: string): EventTest => {
    const test: Test = {
      kind: 'test',
      field: { name: field.name, from: literal.from, to: literal.to },
      operator: '==',
      values: [{ ...literal, text }],
      from: literal.from,
      to: literal.to,
    };
    return field.holds(store, test);
  };
  const one = (end: FlowEnd, side: 'src' | 'dst'): EventTest => {
    const address = asked(byName(`${MAC.test(end.address) ? 'eth' : 'ip'}.${side}`), end.address);
    const port = byName(`port.${side}`);
    return bothTests(address, end.port === null ? notTest(port.exists(store)) : asked(port, end.port));
  };
  const ends = bothTests(one(source, 'src'), one(destination, 'dst'));
  if (protocol === null) return ends;
  return bothTests(asked(PROTOCOL_FIELD, protocol), ends);
}

function byName(name: string): Field {
  return ADDRESS_FIELDS.find((field) => field.name === name)!;
}

export const FLOW_FIELD: Field = {
  name: 'flow',
  text: 'protocol, addresses and ports of both ends',
  values: 'a flow ("UDP 10.0.0.1:4000 > 10.0.0.2:9000")',
  operators: ['==', 'in'],
  seen: {
    visit: (store, chunk, row, add) => {
      const flow = flowOf(store, chunk, row);
      if (flow !== 0) add(flow);
    },
    text: flowText,
  },
  exists: (store) => eitherTest([byName('ip.addr').exists(store), byName('eth.addr').exists(store)]),
  holds: (store, test) => eitherTest(test.values.map((value) => isFlow(store, value))),
};
