/** What people and links write: filters with their completion, conditions of triggers, and messages of the WebSocket. */
import { parseMac as macOf, parseIp } from '#core/metadata/parse-address.ts';
import { parseClientMessage, parseServerMessage } from '#core/protocol/control.ts';
import { decodeDataHeader } from '#core/protocol/data-frame.ts';
import { parseOffset } from '#core/protocol/offset.ts';
import { compileFilter } from '#core/query/compile.ts';
import { completeFilter } from '#core/query/complete.ts';
import { filterDoubts } from '#core/query/doubts.ts';
import { explainFilter } from '#core/query/explain.ts';
import { namedFields } from '#core/query/named-fields.ts';
import { quoteValue } from '#core/query/parse.ts';
import { Query } from '#core/query/query.ts';
import { META_STATE } from '#core/format/structs.ts';
import { client, SCHEMA, sectionBytes, storeOf, trace, verdict } from '#core/store/testing/scenario.ts';
import { parseCondition } from '#core/trigger/condition.ts';
import { holds, type Target } from '../target.ts';
import { bytesOf, textOf } from './text.ts';

const FILTER_BYTES = 4096;
const MESSAGE_BYTES = 64 * 1024;
const STEPS = 1000;

/** Ethernet and ARP: an event with MAC addresses and no others. */
const ARP_PACKET = Uint8Array.from([...new Uint8Array(12).fill(2), 8, 6, ...new Uint8Array(28)]);

const store = storeOf(
  sectionBytes({
    schema: {
      ...SCHEMA,
      types: [
        ...SCHEMA.types,
        { type: 9, name: 'seen', kind: 'timestamp', timestamp: { unit: 'ns', epoch: 'boot' } },
        { type: 10, name: 'blob', kind: 'bytes' },
        { type: 11, name: 'link', kind: 'mac' },
      ],
    },
    seen: [
      { hook: 'netif_receive_skb', id: 1n, us: 0, meta: [...trace(0x1f), ...verdict(1)] },
      { hook: 'tcx/ingress@first', id: 1n, us: 1, meta: trace(0x20) },
      {
        hook: 'netif_receive_skb',
        id: 2n,
        us: 2,
        meta: [...verdict(0), ...client(1), 9, 8, 1, 0, 0, 0, 0, 0, 0, 0],
        fields: { mark: 7 },
      },
      { hook: 'consume_skb', id: 2n, us: 3 },
      { hook: 'netif_receive_skb', id: 3n, us: 4, state: META_STATE.unreadable, data: ARP_PACKET },
    ],
  }),
);

const FILTERS = [
  'tlv.trace == 0x1f && state == lost',
  'tlv.verdict in {pass, drop} or not (meta.len > 4)',
  'any(hop == "tcx ingress" && tlv.trace != 31) || every(meta)',
  'journey.has("clobbered") and lost_at == "tcx ingress"',
  'ip.src in 10.0.0.0/8 && port in 4000..4100',
  'ip.addr in 2001:db8::/32 or eth.addr == 02:00:00:00:00:01',
  'time > "2026-11-23T00:00:00Z" && time < 3ms and journey.duration < 1.5ms',
  'tlv.client in 192.0.2.0/24 || tlv.seen > 2ms or tlv.seen == 2026-11-23T00:00:00Z',
  'tlv.blob == 0104 and tlv.link == 02:00:00:00:00:01',
  'task ~ "cur" && mark == 0x7 && skb == 0xffff888100001000',
  'tlv["trace"] >= 1 && task exists',
  '!(task !~ "\\"x\\\\")',
  'hop == "nosuch" || lost_at ~ "nix" && port == 99999',
  'flow == "udp 192.0.2.7:1 > [2001:db8::1]:2"',
];

const filters: Target = {
  name: 'filter',
  seeds: FILTERS.map(bytesOf),
  maxBytes: FILTER_BYTES,
  run: (input) => {
    const text = textOf(input);
    const compiled = compileFilter(text, store);
    if (compiled.ok) {
      if (compiled.question !== null) {
        const query = new Query(store, compiled.question);
        while (!query.advance(STEPS));
      }
    } else {
      const { from, to, cause, remedy } = compiled.error;
      holds(from >= 0 && from <= to && to <= text.length, 'an error outside of its text');
      holds(cause !== '' && remedy !== '', 'an error without words');
    }
    for (const { from, to, cause, remedy } of filterDoubts(text, store)) {
      holds(from >= 0 && from <= to && to <= text.length, 'a doubt outside of its text');
      holds(cause !== '' && remedy !== '', 'a doubt without words');
    }
    holds(!/undefined|NaN/.test(explainFilter(text) ?? ''), 'an explanation without words');
    const at = text.length === 0 ? 0 : (input[0] ?? 0) % (text.length + 1);
    const { from, to, options } = completeFilter(text, at, store);
    holds(from >= 0 && from <= to && to <= text.length, 'a completion outside of its text');
    // A filter is one line.
    const quoted = compileFilter(
      `task == ${quoteValue(textOf(input.subarray(0, 100)).replaceAll('\n', ' '))}`,
      store,
    );
    holds(quoted.ok, 'quoted text that is no value');
    return [compiled, options, namedFields(text)];
  },
};

const conditions: Target = {
  name: 'condition',
  seeds: [
    'lost@eth0:tcx/ingress and tlv:trace_id=0x1f',
    'drop=NOT_SPECIFIED',
    'clobbered',
    'tlv:7=10.0.0.1',
  ].map(bytesOf),
  maxBytes: FILTER_BYTES,
  run: (input) => {
    const parsed = parseCondition(textOf(input).split('\n'));
    if (!parsed.ok) holds(parsed.cause !== '' && parsed.remedy !== '', 'an error without words');
    return parsed;
  },
};

const addresses: Target = {
  name: 'addresses',
  seeds: ['10.0.0.1', '2001:db8::1', '::ffff:10.0.0.1', '02:00:00:00:00:01', '9007199254740991'].map(bytesOf),
  maxBytes: 64,
  run: (input) => {
    const text = textOf(input);
    const ip = parseIp(text);
    const mac = macOf(text);
    const offset = parseOffset(text);
    holds(ip === null || ip.length === 4 || ip.length === 16, 'an address of another length');
    holds(mac === null || mac.length === 6, 'a MAC address of another length');
    holds(offset === null || Number.isSafeInteger(offset), 'an offset that is none');
    return [ip, mac, offset];
  },
};

const messages: Target = {
  name: 'messages',
  seeds: ['{"type":"credit","bytes":65536}', '{"type":"hello","version":1}'].map(bytesOf),
  maxBytes: MESSAGE_BYTES,
  weighBytes: 1024 * 1024,
  run: (input) => [
    decodeDataHeader(input),
    parseClientMessage(textOf(input)),
    parseServerMessage(textOf(input)),
  ],
};

export const WORD_TARGETS: readonly Target[] = [filters, conditions, addresses, messages];
