/** A journey for tests: written at hop 1, one TLV more at 2, one changed at 3, all lost at 4. */
import { CELL, type JourneyDetail, type JourneyHop } from '#workers/api.ts';
import { FAKE_START_NS } from './rows.ts';

function hopAt(position: number, part: Partial<JourneyHop> = {}): JourneyHop {
  return {
    event: 100 + position,
    hop: position,
    timeNs: String(FAKE_START_NS + BigInt(position) * 1900n),
    deltaNs: position === 0 ? 0 : 1900,
    cpu: 1,
    metaState: 'present',
    metaLength: 28,
    cell: CELL.present,
    state: 'present',
    cause: { name: 'none', operation: '', known: 'unknown', evidence: '' },
    writer: '',
    skb: '0xffff888004f2c100',
    head: '0xffff888004f2c000',
    mark: 0,
    hash: 0xdeadbeef,
    task: '',
    drop: '',
    fault: '',
    ...part,
  };
}

export const FAKE_DETAIL: JourneyDetail = {
  journey: 7,
  id: '12161',
  run: '',
  source: '10.0.0.1:4000',
  destination: '10.0.0.2:9000',
  protocol: 'UDP',
  hops: [
    hopAt(0, { metaState: 'none', metaLength: 0, cell: CELL.none }),
    hopAt(1, {
      cell: CELL.written,
      state: 'written',
      cause: { name: 'program', operation: 'a BPF program', known: 'implied', evidence: 'meta_len was 0.' },
      writer: 'edge_xdp#41 (tag 958ea0b5a440b4aa) at xdp of eth0',
    }),
    hopAt(2, { cell: CELL.written, metaLength: 34, mark: 16 }),
    hopAt(3, { cell: CELL.changed, mark: 16 }),
    hopAt(4, {
      metaState: 'none',
      metaLength: 0,
      cell: CELL.lost,
      state: 'lost',
      cause: { name: 'unknown', operation: '', known: 'unknown', evidence: 'skb->head is the same.' },
      task: 'nginx/812',
      mark: 16,
    }),
  ],
  beside: [
    {
      name: 'mark',
      cells: ['0x00000000', '0x00000000', '0x00000010', '0x00000010', ''].map((value, i) => ({
        value,
        changed: i === 2 || i === 4,
      })),
    },
  ],
  links: [],
  elsewhere: [],
  locations: [],
  diagnosis: '',
  rows: [
    {
      type: 1,
      name: 'trace_id',
      kind: 'u64',
      note: { description: 'unique per packet', owner: 'edge_xdp', colour: 'purple' },
      cells: [
        { value: '', state: 'absent' },
        { value: '0x22', state: 'written' },
        { value: '0x22', state: 'same' },
        { value: '0x23', state: 'changed' },
        { value: '', state: 'lost' },
      ],
    },
    {
      type: 4,
      name: '',
      kind: '',
      note: { description: '', owner: '', colour: null },
      cells: [
        { value: '', state: 'absent' },
        { value: '', state: 'absent' },
        { value: '07', state: 'written' },
        { value: '07', state: 'same' },
        { value: '', state: 'lost' },
      ],
    },
  ],
  omitted: 0,
};

/** More than a journey has hops. */
const EVENTS_APART = 10;

/** The same happened to another: with events of its own, for none is of two journeys. */
export function fakeDetail(journey: number): JourneyDetail {
  const apart = EVENTS_APART * (journey - FAKE_DETAIL.journey);
  const hops = FAKE_DETAIL.hops.map((hop) => ({ ...hop, event: hop.event + apart }));
  return { ...FAKE_DETAIL, journey, id: String(journey + 1), hops };
}
