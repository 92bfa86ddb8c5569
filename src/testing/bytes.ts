/** One event's bytes for tests: an area of 16 bytes with two TLVs, an Ethernet header of 14. */
import type { EventBytes } from '#workers/api.ts';

export function fakeBytes(part: Partial<EventBytes> = {}): EventBytes {
  return {
    event: 101,
    hop: 1,
    area: Uint8Array.from({ length: 16 }, (_, i) => i),
    decoded: {
      tlvs: [
        { type: 1, name: 'trace_id', value: '0x22', offset: 0, length: 10, valueOffset: 2, valueLength: 8 },
        { type: 2, name: 'verdict', value: 'pass', offset: 10, length: 3, valueOffset: 12, valueLength: 1 },
      ],
      fault: null,
    },
    types: [{ type: 1, name: 'trace_id', kind: 'uint', description: 'unique per packet', colour: 'purple' }],
    elsewhere: [],
    blob: null,
    packet: Uint8Array.from({ length: 98 }, (_, i) => i),
    originalLength: 98,
    fields: [
      {
        label: 'Ethernet',
        filter: 'eth',
        value: '',
        raw: null,
        offset: 0,
        length: 14,
        children: [
          {
            label: 'Destination',
            filter: 'eth.dst',
            value: '02:00:00:00:00:01',
            raw: 0x02_00_00_00_00_01,
            offset: 0,
            length: 6,
            children: [],
          },
        ],
      },
    ],
    macOffset: 256,
    dataOffset: 256,
    endOffset: 704,
    comments: [],
    blockOffset: 4096,
    ...part,
  };
}
