/** Bytes as published, and what they say: of the standards' own examples and of the kernel's and projects' code. */
import type { MetadataSchema, TlvType } from '../../types.ts';
import type { Format } from '../formats.ts';
import { CILIUM_MARK, CILIUM_XFER } from '../cilium.ts';
import { GENEVE, GENEVE_OPTIONS } from '../geneve.ts';
import { GUE } from '../gue.ts';
import { IPV4_OPTIONS, IPV6_OPTIONS } from '../ip-options.ts';
import { NETLINK } from '../netlink.ts';
import { NSH, NSH_MD2 } from '../nsh.ts';
import { afXdpInteraction, XDP_META, XSK_TX_COMPLETION, XSK_TX_REQUEST } from '../producers.ts';
import { PROXY_V2, PROXY_V2_TLVS } from '../proxy-v2.ts';
import { SRH, SRH_TLVS } from '../srv6.ts';
import { TCP_OPTIONS } from '../tcp-options.ts';
import { TRAITS_V1, TRAITS_V2 } from '../traits.ts';

function traits(format: Format, ...types: TlvType[]): MetadataSchema {
  return { ...format.schema, types };
}

const U32: TlvType = { type: 1, name: 'a', kind: 'uint', display: 'hex' };

/** `says`: `name=value` of each TLV, fields of nested values behind its name. */
const LIST: readonly (readonly [format: Format | MetadataSchema, bytes: string, says: string])[] = [
  // traits, patch 01/17 of RFC v2 and v1, as the C code writes them on x86
  [TRAITS_V2, '00000000000000000000000000000000', ''],
  [TRAITS_V2, '00000000000000000100000000000000', '#0='],
  [
    traits(TRAITS_V2, { type: 0, name: 'seen', kind: 'flag' }),
    '0000000000000000 0100000000000000',
    'seen=set',
  ],
  [traits(TRAITS_V2, U32), '0200000000000000 0000000000000000 44332211', 'a=0x11223344'],
  [TRAITS_V2, '0000000000000080 0000000000000080 0807060504030201', '#3f=0807060504030201'],
  [
    traits(
      TRAITS_V2,
      { ...U32, type: 2 },
      { type: 3, name: 'b', kind: 'uint' },
      { type: 5, name: 'c', kind: 'flag' },
      { ...U32, type: 40, name: 'd' },
    ),
    '0c00000000010000 2800000000010000 efbeadde 0100000000000000 8877665544332211',
    'a=0xdeadbeef b=1 c=set d=0x1122334455667788',
  ],
  [
    traits(TRAITS_V2, { ...U32, type: 2 }, { ...U32, type: 40, name: 'd' }),
    '0400000000010000 2000000000010000 efbeadde 8877665544332211',
    'a=0xdeadbeef #5= d=0x1122334455667788',
  ],
  [
    traits(TRAITS_V1, { ...U32, type: 2 }, { ...U32, type: 7, name: 'b' }, { ...U32, type: 9, name: 'c' }),
    '8002000000000000 0402000000000000 efbe bebafeca 8877665544332211',
    'a=0xbeef b=0xcafebabe c=0x1122334455667788',
  ],
  // the same on a host of big byte order
  [
    { ...traits(TRAITS_V2, U32), framing: { kind: 'traits', version: 2, endian: 'big' } },
    '0000000000000002 0000000000000000 11223344',
    'a=0x11223344',
  ],
  // PROXY v2
  [PROXY_V2_TLVS, '050003 616263', 'unique_id=616263'],
  [
    PROXY_V2_TLVS,
    '010002 6832 020009 6c6f63616c686f7374 20000f 05 00000000 210007 544c5376312e33 2f0001 00',
    'alpn=h2 authority=localhost ssl=client=SSL|CERT_SESS verify=0 tlvs={ssl_version=TLSv1.3} #2f=00',
  ],
  [
    PROXY_V2,
    '0d0a0d0a000d0a515549540a 21 11 0012 0a000001 0a000002 1f90 01bb 050003616263',
    'signature=0d0a0d0a000d0a515549540a version=2 command=PROXY family=INET protocol=STREAM length=18 body=source=10.0.0.1 destination=10.0.0.2 source_port=8080 destination_port=443 tlvs={unique_id=616263}',
  ],
  [
    PROXY_V2,
    '0d0a0d0a000d0a515549540a 20 00 0000',
    'signature=0d0a0d0a000d0a515549540a version=2 command=LOCAL family=UNSPEC protocol=UNSPEC length=0 body=',
  ],
  // Geneve: Cilium's DSR in IPv4 and IPv6, and the header around it
  [GENEVE_OPTIONS, '014b81 02 0a000001 0050 0000', 'cilium_dsr=address=10.0.0.1 port=80 pad=0x0000'],
  [
    GENEVE_OPTIONS,
    '0102 80 01 aabbccdd 014b81 05 20010db8000000000000000000000001 1f90 0000',
    '#10280=aabbccdd cilium_dsr=address=2001:db8::1 port=8080 pad=0x0000',
  ],
  [
    GENEVE,
    '03 40 6558 00002a 00 014b81 02 0a000001 00500000',
    'version=0 options_words=3 oam=0 critical=1 reserved=0 protocol=Ethernet vni=42 reserved2=0 options=cilium_dsr={address=10.0.0.1 port=80 pad=0x0000}',
  ],
  // NSH
  [NSH_MD2, '0001 02 05 aabbccddee 000000', '#102=aabbccddee'],
  [
    NSH,
    '0fc6 01 03 00002a ff 00000001 00000002 00000003 00000004',
    'version=0 oam=0 unassigned=0 ttl=63 length_words=6 unassigned2=0 md_type=fixed next_protocol=Ethernet path=42 index=255 context=0x00000001, 0x00000002, 0x00000003, 0x00000004',
  ],
  [
    NSH,
    '0fc5 02 01 000001 fe 0001 02 05 aabbccddee 000000',
    'version=0 oam=0 unassigned=0 ttl=63 length_words=5 unassigned2=0 md_type=TLVs next_protocol=IPv4 path=1 index=254 metadata=258=aabbccddee',
  ],
  // SRv6
  [SRH_TLVS, '04 02 0000', 'padn=0000'],
  [
    SRH_TLVS,
    '00 05 26 8000 00000007 1111111111111111111111111111111111111111111111111111111111111111',
    'hmac=destination_excluded=1 reserved=0 key_id=7 hmac=1111111111111111111111111111111111111111111111111111111111111111',
  ],
  [
    SRH,
    '29 05 04 01 01 00 0000 20010db8000000000000000000000001 20010db8000000000000000000000002 04 06 000000000000',
    'next_header=IPv6 length=5 routing_type=SRH segments_left=1 last_entry=1 flags=0x00 tag=0x0000 segments=2001:db8::1, 2001:db8::2 tlvs=padn=000000000000',
  ],
  // IPv4 options
  [IPV4_OPTIONS, '9404 0000 00', 'router_alert=examine'],
  [IPV4_OPTIONS, '01 07 0b 04 0a000001 00000000 00', 'record_route=pointer=4 addresses=10.0.0.1, 0.0.0.0'],
  [
    IPV4_OPTIONS,
    '44 0c 05 01 0a000001 00000064',
    'timestamp=pointer=5 overflow=0 flag=with addresses entries={0={address=10.0.0.1 timestamp=100 ms}}',
  ],
  [IPV4_OPTIONS, '44 08 09 10 00000064', 'timestamp=pointer=9 overflow=1 flag=timestamps timestamps=100 ms'],
  [
    IPV4_OPTIONS,
    '9a 08 0050 0a000001',
    'cilium_dsr=port=80 address=10.0.0.1 port_swapped=20480 address_swapped=1.0.0.10',
  ],
  // IPv6 options, IOAM with two nodes and free space among them
  [IPV6_OPTIONS, '05 02 0000 01 02 0000', 'router_alert=MLD padn=0000'],
  [IPV6_OPTIONS, 'c2 04 00010000', 'jumbo=65536 B'],
  [
    IPV6_OPTIONS,
    '07 0c 00000001 01 05 abcd f0000000',
    'calipso=doi=1 compartment_words=1 level=5 checksum=0xabcd compartments=f0000000',
  ],
  [IPV6_OPTIONS, '1b 12 20010db8000000000000000000000001 0050', 'cilium_dsr=address=2001:db8::1 port=80'],
  [
    IPV6_OPTIONS,
    '31 1e 00 00 007b 1001 c00000 00 00000000 40000001 00010002 3f000002 00030004 01 00',
    'ioam=reserved=0x00 ioam_type=preallocated trace namespace=123 node_words=2 overflow=0 loopback=0 active=0 flags_reserved=0 remaining_words=1 trace_type=interfaces|node_id trace_reserved=0x00 free=00000000 nodes={0={hop_limit=64 node_id=1 ingress_if=1 egress_if=2} 1={hop_limit=63 node_id=2 ingress_if=3 egress_if=4}} padn=',
  ],
  [
    IPV6_OPTIONS,
    '31 1a 00 00 0000 0800 c00002 00 40000001 00010002 01 00000a 53746174 0100',
    'ioam=reserved=0x00 ioam_type=preallocated trace namespace=0 node_words=1 overflow=0 loopback=0 active=0 flags_reserved=0 remaining_words=0 trace_type=opaque_state|interfaces|node_id trace_reserved=0x00 free= nodes={0={hop_limit=64 node_id=1 ingress_if=1 egress_if=2 opaque_words=1 opaque_schema=10 opaque=53746174}} padn=',
  ],
  // TCP options
  [
    TCP_OPTIONS,
    '0204 05b4 0402 080a 00000001 00000002 01 0303 07',
    'mss=1460 B sack_permitted=set timestamps=value=1 echo=2 window_scale=7',
  ],
  [
    TCP_OPTIONS,
    '0101 0512 00000001 00000002 00000005 00000006',
    'sack=0={left=1 right=2} 1={left=5 right=6}',
  ],
  [TCP_OPTIONS, 'b706 78563412', 'katran_tpr=0x12345678'],
  [TCP_OPTIONS, 'fe06 e2d4c3d9 0101', 'experiment_254=experiment=SMC-R (e2d4c3d9) data=c3d9'],
  [TCP_OPTIONS, 'fd0c f989 0102030405060708', 'experiment_253=experiment=Fast Open data=0102030405060708'],
  [TCP_OPTIONS, '1e04 01 81', 'mptcp=subtype=MP_CAPABLE low_bits=0x1 capable_flags=H|A'],
  [
    TCP_OPTIONS,
    '1e16 01 81 1111111111111111 2222222222222222 0064',
    'mptcp=subtype=MP_CAPABLE low_bits=0x1 capable_flags=H|A sender_key=0x1111111111111111 receiver_key=0x2222222222222222 capable_data_length=100',
  ],
  [
    TCP_OPTIONS,
    '1e14 20 05 00000001 00000002 00000003 0064 abcd',
    'mptcp=subtype=DSS low_bits=0x0 dss_flags=ACK|MAP data_ack=1 data_sequence=2 subflow_sequence=3 data_length=100 checksum=0xabcd',
  ],
  [TCP_OPTIONS, '1e0c 10 02 aabbccdd 11223344', 'mptcp=subtype=MP_JOIN low_bits=0x0 data=02aabbccdd11223344'],
  [
    TCP_OPTIONS,
    '1d10 01 02 000102030405060708090a0b',
    'ao=key_id=1 next_key_id=2 mac=000102030405060708090a0b',
  ],
  [TCP_OPTIONS, '1c04 8005', 'user_timeout=granularity=min timeout=5'],
  [TCP_OPTIONS, 'ae0b 000001 000002 000003', 'acc_ecn_1=1, 2, 3'],
  // GUE
  [
    GUE,
    '02 04 0001 80000000 0022 0028',
    'variant=0 control=0 field_words=2 protocol=4 flags=PRIVATE fields=private_flags=REMOTE_CHECKSUM checksum_start=34 checksum_offset=40',
  ],
  [GUE, '00 29 0000', 'variant=0 control=0 field_words=0 protocol=41 flags=0'],
  [GUE, '60', 'variant=1'],
  // Cilium beside packets
  [CILIUM_MARK, '010f3412', 'magic=IDENTITY identity_low=4660 identity_high=1'],
  [CILIUM_MARK, '0002 f03a', 'magic=TO_PROXY proxy_port=15088'],
  [CILIUM_XFER, '09000000', 'xfer_flags=XFER_PKT_NO_SVC|XFER_PKT_SNAT_DONE'],
  [NETLINK, '0500 0180 61 000000 0600 0200 6162', '#1=61 #2=6162'],
  // Structs of the kernel and of others
  [
    XDP_META,
    '0100000000000000 0200000000000000 efbeadde 18000000 8100 6420 07000000',
    'hint_valid=TIMESTAMP|RSS|VLAN rx_timestamp=1970-01-01T00:00:00.000000001Z xdp_timestamp=1970-01-01T00:00:00.000000002Z rx_hash=0xdeadbeef rx_hash_type=L4|L4_TCP vlan_protocol=0x8100 vlan_id=100 vlan_priority=1',
  ],
  [
    XDP_META,
    'a1ffffff00000000 0200000000000000 00000000 a1ffffff a1ffffff 00000000',
    'hint_valid=0 rx_timestamp_error=-95 xdp_timestamp=1970-01-01T00:00:00.000000002Z rx_hash_error=-95 vlan_error=-95',
  ],
  [
    XSK_TX_REQUEST,
    '0600000000000000 2200 1000 00000000 0100000000000000',
    'flags=CHECKSUM|LAUNCH_TIME checksum_start=34 checksum_offset=16 reserved=0x00000000 launch_time=1 ns',
  ],
  [
    XSK_TX_COMPLETION,
    '0100000000000000 2a00000000000000 0000000000000000',
    'flags=TIMESTAMP tx_timestamp=42 ns unused=0000000000000000',
  ],
  [
    afXdpInteraction(0x2a, 0x2b).schema,
    'ffffffff 0100000000000000 03000000 2a000000',
    'rx_ktime=0.000000001 s after boot xdp_rx_cpu=3 btf_id=42',
  ],
];

export interface Vector {
  readonly schema: MetadataSchema;
  /** Hexadecimal; spaces are for the reader. */
  readonly bytes: string;
  readonly says: string;
}

export const VECTORS: readonly Vector[] = LIST.map(([format, bytes, says]) => ({
  schema: 'schema' in format ? format.schema : format,
  bytes,
  says,
}));
