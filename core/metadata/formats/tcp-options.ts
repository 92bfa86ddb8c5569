/**
 * Options of TCP: RFC 9293 section 3.2, include/net/tcp.h TCPOPT_*; RFC 7323 (window scale, timestamps), RFC 2018
 * (SACK), RFC 7413 (Fast Open), RFC 5925 (AO), RFC 6994 (experiments 253 and 254), RFC 8684 section 3 (MPTCP), RFC 9768
 * (accurate ECN). The length counts the two header bytes; EOL and NOP are single bytes; 40 bytes at most.
 */
import { MPTCP_SUBTYPES } from '#core/dissect/option-names.ts';
import {
  bits,
  BIG,
  bytesOf,
  enumBits,
  enumOf,
  fields,
  flagsOf,
  hexUint,
  schema,
  tlv,
  tlvs,
} from './parts.ts';
import { tlvStruct, uint, type Draft, type Format } from './parts.ts';

const CAPABLE = 0;
const DSS = 2;
const FAIL = 6;
/** Subtypes whose data is told in bytes: MP_JOIN, ADD_ADDR, REMOVE_ADDR, MP_PRIO, MP_FASTCLOSE, MP_TCPRST. */
const OTHERS = [1, 3, 4, 5, 7, 8];

function of(subtype: number, room: number, draft: Draft): Draft {
  return { ...draft, only: { field: 'subtype', is: subtype, room } };
}

function dss(mask: number, is: number, draft: Draft): Draft {
  return { ...draft, only: { field: 'dss_flags', mask, is } };
}

const MPTCP: readonly Draft[] = [
  enumBits('subtype', 1, 4, 4, MPTCP_SUBTYPES),
  bits('low_bits', 1, 0, 4, { display: 'hex', description: 'Version of MP_CAPABLE, flags of the others' }),
  of(
    CAPABLE,
    1,
    flagsOf('capable_flags', 1, { 0: 'H', 5: 'C', 6: 'B', 7: 'A' }, { description: 'A: checksum required' }),
  ),
  of(CAPABLE, 8, hexUint('sender_key', 8)),
  of(CAPABLE, 8, hexUint('receiver_key', 8)),
  of(CAPABLE, 2, uint('capable_data_length', 2)),
  of(CAPABLE, 2, hexUint('capable_checksum', 2)),
  of(DSS, 1, flagsOf('dss_flags', 1, { 0: 'ACK', 1: 'ACK8', 2: 'MAP', 3: 'DSN8', 4: 'DATA_FIN' })),
  dss(0x03, 0x01, uint('data_ack', 4)),
  dss(0x03, 0x03, uint('data_ack8', 8)),
  dss(0x0c, 0x04, uint('data_sequence', 4)),
  dss(0x0c, 0x0c, uint('data_sequence8', 8)),
  dss(0x04, 0x04, uint('subflow_sequence', 4)),
  dss(0x04, 0x04, uint('data_length', 2)),
  { ...hexUint('checksum', 2), only: { field: 'dss_flags', mask: 0x04, room: 2 } },
  of(FAIL, 9, hexUint('fail_reserved', 1)),
  of(FAIL, 8, uint('fail_data_sequence', 8)),
  { ...bytesOf('data', 'rest'), only: { field: 'subtype', is: OTHERS, room: 1 } },
];

/** RFC 6994: be16 identifier, or the first half of one of 32 bits. */
const EXPERIMENT: readonly Draft[] = [
  enumOf('experiment', 2, { 0xf989: 'Fast Open', 0xe2d4: 'SMC-R (e2d4c3d9)', 0xacce: 'accurate ECN' }),
  bytesOf('data', 'rest'),
];

const SACK_BLOCK = fields(uint('left', 4), uint('right', 4));

export const TCP_OPTIONS: Format = {
  id: 'tcp-options',
  title: 'Options of TCP',
  reference: 'RFC 9293 3.2; include/net/tcp.h TCPOPT_*',
  schema: schema('tcp_options', {
    framing: tlvs({
      typeBytes: 1,
      lengthBytes: 1,
      lengthIncludesHeader: true,
      endian: 'big',
      pad: 1,
      terminator: 0,
    }),
    types: [
      tlv(2, 'mss', 'uint', { unit: 'B' }),
      tlv(3, 'window_scale', 'uint'),
      tlv(4, 'sack_permitted', 'flag'),
      tlv(5, 'sack', 'nested', { size: 8, count: 'rest', framing: BIG, types: SACK_BLOCK }),
      tlvStruct(8, 'timestamps', [uint('value', 4), uint('echo', 4)]),
      tlv(19, 'md5', 'bytes', { description: 'RFC 2385' }),
      tlvStruct(28, 'user_timeout', [
        enumBits('granularity', 2, 15, 1, { 0: 's', 1: 'min' }),
        bits('timeout', 2, 0, 15),
      ]),
      tlvStruct(29, 'ao', [uint('key_id', 1), uint('next_key_id', 1), bytesOf('mac', 'rest')]),
      tlvStruct(30, 'mptcp', MPTCP),
      tlv(34, 'fast_open', 'bytes', { description: 'Cookie; empty asks for one' }),
      tlv(172, 'acc_ecn_0', 'uint', { size: 3, count: 'rest', description: 'Counters EE0B, ECEB, EE1B' }),
      tlv(174, 'acc_ecn_1', 'uint', { size: 3, count: 'rest', description: 'Counters EE1B, ECEB, EE0B' }),
      {
        type: 0xb7,
        name: 'katran_tpr',
        kind: 'uint',
        display: 'hex',
        endian: 'little',
        owner: 'katran',
        description: 'Server id, in the order of the host that wrote it (balancer_consts.h, pckt_parsing.h)',
      },
      tlvStruct(253, 'experiment_253', EXPERIMENT),
      tlvStruct(254, 'experiment_254', EXPERIMENT),
    ],
  }),
};
