/** A capture full of things that must not leave, each known, so that a test can look for every one of them. */
import { HOOK_BY_NAME } from '#core/format/hooks.ts';
import { BLOCK_SUBTYPE, META_STATE, TAP_KIND } from '#core/format/structs.ts';
import { UNKNOWN_EVENT, type EventFields } from '#core/pcapng/event.ts';
import { encodeMapSample } from '#core/pcapng/map-sample.ts';
import { joinBytes } from '#core/pcapng/testing/record-calls.ts';
import { rawOrder } from '#core/pcapng/testing/raw-blocks.ts';
import { encodeUtf8 } from '#core/pcapng/text.ts';
import { CaptureWriter } from '#core/pcapng/writer.ts';

export interface Secret {
  readonly what: string;
  readonly bytes: Uint8Array;
}

const hookId = (name: string): number => HOOK_BY_NAME.get(name)!.id;

/** mulberry32: every run seeds the same secrets. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) & 0xff;
  };
}

const SCHEMA = {
  whither: 2,
  name: 'edge',
  description: '',
  framing: { kind: 'tlv', typeBytes: 1, lengthBytes: 1, endian: 'little', pad: 0 },
  types: [
    { type: 1, name: 'verdict', kind: 'enum', names: { '1': 'pass' }, owner: '', description: '' },
    { type: 2, name: 'client', kind: 'ipv4' },
    { type: 3, name: 'server', kind: 'ipv6' },
    { type: 4, name: 'station', kind: 'mac' },
    { type: 5, name: 'session', kind: 'string' },
    { type: 6, name: 'token', kind: 'bytes' },
  ],
  maps: [
    {
      map: 'flows',
      key: { kind: '5-tuple', fields: [{ field: 'source', offset: 0, size: 4 }] },
      value: { offset: 4 },
    },
  ],
};

export const JOURNEYS = 8;
/** Hooks at which each journey is seen. */
export const HOPS: readonly string[] = ['netif_receive_skb', 'tcx/ingress@first', 'skb_copy_datagram_iovec'];

/** pcapng bytes, and what is in them. */
export function seededCapture(): { readonly capture: Uint8Array; readonly secrets: readonly Secret[] } {
  const next = random(20_261_126);
  const secrets: Secret[] = [];
  const bytes = (what: string, length: number): Uint8Array => {
    const value = Uint8Array.from({ length }, () => next());
    // No address of a kind that is left as it is.
    value[0] = (value[0]! & 0x1f) | 0x20;
    secrets.push({ what, bytes: value });
    return value;
  };
  let texts = 0;
  const text = (what: string, length = 15): string => {
    const value =
      `S${texts++}-${Array.from({ length }, () => String.fromCharCode(97 + (next() % 26))).join('')}`.slice(
        0,
        length,
      );
    secrets.push({ what, bytes: encodeUtf8(value) });
    return value;
  };
  const address = (what: string, length: 4 | 6 | 16): Uint8Array => bytes(`address ${what}`, length);

  const out = new CaptureWriter();
  out.sectionHeader({
    hardware: text('hardware of the section'),
    os: text('system of the section'),
    userAppl: 'whither-probe',
    comments: [text('comment of the section')],
  });
  out.section({
    run: new Uint8Array(16).fill(7),
    segment: 0,
    startedNs: 1n,
    clockOffsetNs: 0n,
    clockErrorNs: 0n,
  });
  const devices = [text('device'), text('device')];
  out.json(BLOCK_SUBTYPE.host, {
    kernel: `6.18.44-${text('who built the kernel')}`,
    hostname: text('host'),
    dropReasons: { '2': 'NOT_SPECIFIED', '3': text('reason that is none') },
    secret: text('a key of the host block that nobody knows'),
    maps: [{ id: 5, name: 'flows' }],
    programs: [
      {
        id: 9,
        name: 'edge_tcx',
        tag: text('tag that is none'),
        attach: text('attach point that is none'),
        device: devices[0],
        netns: 1,
      },
    ],
  });
  out.json(BLOCK_SUBTYPE.file, { name: `${text('file')}.pcapng` });
  out.json(BLOCK_SUBTYPE.catalogue, {
    hooks: [
      { id: 1, name: 'netif_receive_skb', attached: false, how: '', reason: text('why a hook is missing') },
    ],
  });
  out.json(BLOCK_SUBTYPE.filter, {
    expression: `host ${text('filter expression')}`,
    devices,
    netns: text('namespace of the filter'),
    tlv: [{ type: 5, value: text('value that a TLV had to have') }],
    hooks: ['tcx', text('hook that there is not')],
    trigger: { condition: text('condition of the trigger'), before: 1, after: 1 },
  });
  out.json(BLOCK_SUBTYPE.schema, {
    ...SCHEMA,
    description: text('description of the schema'),
    types: SCHEMA.types.map((type) => ({
      ...type,
      owner: text('owner of a type'),
      description: text('description'),
    })),
    when: { devices },
  });
  for (const hop of HOPS) {
    for (const device of devices) {
      out.interfaceDescription({
        linkType: 1,
        name: `${device}:${hop}`,
        description: text('namespace'),
        filter: text('filter of an interface'),
        hardware: `${text('hardware')} (rev 2)`,
        whither: { hook: hookId(hop), ifindex: 3, netns: 0xf000_1234 },
      });
    }
  }
  for (let journey = 0; journey < JOURNEYS; journey++) {
    const packet = journey % 2 === 0 ? tunnelled(address, bytes) : plain(address, bytes, text);
    const area = joinBytes(
      Uint8Array.of(1, 1, 1, 2, 4),
      address('in a TLV', 4),
      Uint8Array.of(3, 16),
      address('in a TLV', 16),
      Uint8Array.of(4, 6),
      address('in a TLV', 6),
      Uint8Array.of(5, 15),
      encodeUtf8(text('text in a TLV')),
      Uint8Array.of(6, 12),
      bytes('bytes in a TLV', 12),
      Uint8Array.of(77, 10),
      bytes('TLV that the schema does not know', 10),
      Uint8Array.of(200),
      bytes('behind the last TLV', 9),
    );
    const skb = bytes('address of an sk_buff', 6);
    const comm = text('process');
    const comment = text('comment of a packet');
    HOPS.forEach((hop, i) => {
      const event: EventFields = {
        ...UNKNOWN_EVENT,
        hook: hookId(hop),
        metaState: META_STATE.present,
        metaLen: area.length,
        metadata: area,
        skb: kernelAddress(skb),
        head: kernelAddress(skb) + 0x100n,
        hash: 0x1234_5678,
        mark: 7,
        cb: joinBytes(bytes('control block', 24), new Uint8Array(24)),
        ...(i === 2 && { task: { pid: 41_234, tgid: 41_234, comm }, socketCookie: 0x7766_5544_3322_1100n }),
        ...(i === 1 && { tap: { kind: TAP_KIND.blob, join: 1, bytes: bytes('what a tap showed', 20) } }),
      };
      out.enhancedPacket({
        interfaceId: 2 * i + (journey % 2),
        time: BigInt(1_795_392_000_000_000_000 + 1000 * (3 * journey + i)),
        data: packet,
        comments: [comment],
        flags: 1,
        packetId: BigInt(journey + 1),
        event,
      });
    });
  }
  const sample = { map: 5, change: 'added', cpu: null, time: 5n } as const;
  const key = address('in a map’s key', 4);
  const value = joinBytes(
    bytes('map value in front of the TLVs', 4),
    Uint8Array.of(6, 12),
    bytes('bytes in a map', 12),
  );
  out.custom(BLOCK_SUBTYPE.mapSample, encodeMapSample({ ...sample, key, value }));
  out.custom(
    BLOCK_SUBTYPE.mapSample,
    encodeMapSample({
      ...sample,
      map: 6,
      key: bytes('key of another map', 8),
      value: bytes('another map', 24),
    }),
  );
  out.custom(99, bytes('block of a kind that is not known', 32));
  const raw = rawOrder(true);
  const rare = [
    raw.block(0x0a, raw.u32(0x544c_534b), raw.u32(16), bytes('TLS key', 16)),
    raw.block(
      4,
      raw.u16(1),
      raw.u16(20),
      address('resolved', 4),
      encodeUtf8(text('resolved name')),
      Uint8Array.of(0),
      raw.u32(0),
    ),
    raw.block(0x0bad, raw.u32(12_345), bytes('block of another tool', 16)),
  ];
  return { capture: joinBytes(out.take(), ...rare), secrets };
}

function kernelAddress(low: Uint8Array): bigint {
  let value = 0xffffn;
  for (const byte of low) value = (value << 8n) | BigInt(byte);
  return BigInt.asUintN(64, value);
}

type AddressOf = (what: string, length: 4 | 6 | 16) => Uint8Array;
type BytesOf = (what: string, length: number) => Uint8Array;

const be16 = (n: number): Uint8Array => Uint8Array.of(n >> 8, n & 0xff);

function ethernet(address: AddressOf, type: number, ...rest: Uint8Array[]): Uint8Array {
  return joinBytes(address('MAC', 6), address('MAC', 6), be16(type), ...rest);
}

function ipv4(address: AddressOf, protocol: number, ...rest: Uint8Array[]): Uint8Array {
  const body = joinBytes(...rest);
  const head = Uint8Array.of(0x45, 0, 0, 0, 0x12, 0x34, 0x40, 0, 64, protocol, 0xbe, 0xef);
  head.set(be16(20 + body.length), 2);
  return joinBytes(head, address('IPv4', 4), address('IPv4', 4), body);
}

function udp(port: number, ...rest: Uint8Array[]): Uint8Array {
  const body = joinBytes(...rest);
  return joinBytes(be16(40_000), be16(port), be16(8 + body.length), be16(0xabcd), body);
}

/** UDP over IPv4 with a token in it, and padding behind. */
function plain(address: AddressOf, bytes: BytesOf, text: (what: string) => string): Uint8Array {
  const payload = udp(9999, encodeUtf8(text('text in a payload')), bytes('token in a payload', 16));
  return ethernet(address, 0x0800, ipv4(address, 17, payload), bytes('padding of a frame', 12));
}

/** VXLAN: IPv6 with TCP and an option of an experiment, in IPv4. */
function tunnelled(address: AddressOf, bytes: BytesOf): Uint8Array {
  const option = joinBytes(Uint8Array.of(253, 12), bytes('value of a TCP option', 10));
  const tcp = joinBytes(
    be16(443),
    be16(50_000),
    Uint8Array.of(0, 0, 0, 1, 0, 0, 0, 2, 0x80, 0x18, 1, 0, 0xde, 0xad, 0, 0),
    option,
    bytes('token in an inner payload', 16),
  );
  const ipv6 = joinBytes(
    Uint8Array.of(0x60, 0, 0, 0),
    be16(tcp.length),
    Uint8Array.of(6, 64),
    address('inner IPv6', 16),
    address('inner IPv6', 16),
    tcp,
  );
  const vxlan = joinBytes(Uint8Array.of(8, 0, 0, 0, 0, 0, 42, 0), ethernet(address, 0x86dd, ipv6));
  return ethernet(address, 0x0800, ipv4(address, 17, udp(4789, vxlan)));
}

/** As people write and paste it: in hexadecimal, with what is between its bytes, and as numbers. */
export function spellings({ bytes }: Secret): readonly (readonly [how: string, text: string])[] {
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0'));
  const back = hex.toReversed();
  const number = (digits: readonly string[]): string => BigInt(`0x${digits.join('')}`).toString();
  return [
    ['in hexadecimal', hex.join('')],
    ['with colons', hex.join(':')],
    ['with spaces', hex.join(' ')],
    ['as an array', hex.join(', 0x')],
    ['escaped', hex.join('\\x')],
    ['dotted', [...bytes].join('.')],
    ...(bytes.length !== 4
      ? []
      : ([
          ['with zeros', [...bytes].map((byte) => String(byte).padStart(3, '0')).join('.')],
          ['with dashes', [...bytes].join('-')],
          ['defanged', [...bytes].join('[.]')],
          ['as a number', number(hex)],
          ['as a number the other way round', number(back)],
          ['in hexadecimal the other way round', back.join('')],
        ] as const)),
  ];
}

/** Where a secret stands in `bytes`: as it is, the other way round, or as it is written; '' = nowhere. */
export function findSecret(bytes: Uint8Array, secret: Secret): string {
  const forms: [string, Uint8Array][] = [
    ['as it is', secret.bytes],
    ['reversed', secret.bytes.slice().reverse()],
    ...spellings(secret).map(([how, text]): [string, Uint8Array] => [how, encodeUtf8(text)]),
  ];
  return forms.find(([, form]) => contains(bytes, form))?.[0] ?? '';
}

function contains(bytes: Uint8Array, part: Uint8Array): boolean {
  const [first] = part;
  for (let at = bytes.indexOf(first!); at >= 0; at = bytes.indexOf(first!, at + 1)) {
    let i = 1;
    while (i < part.length && bytes[at + i] === part[i]) i++;
    if (i === part.length) return true;
  }
  return false;
}
