import { LAB_ADDRESS, pair } from '../scenario/network.ts';
import type { Scenario } from '../scenario/types.ts';

const PACKETS = 4;
/** Maps are looked at every 50 ms. */
const PAUSE_MS = '200';
/** As in traffic/shuffle.c: the first of them less one. */
const BASE_ID = 0x5151000000000000n;

const ids = Array.from({ length: PACKETS }, (_, i) =>
  (BASE_ID + BigInt(i + 1)).toString(16).padStart(16, '0'),
);
const WAY = 'packet area blob map socket';

function shuffled(transport: 'tcp' | 'udp', area: (id: string) => string): Scenario {
  const bytes = (sequence: number): string => area(ids[sequence - 1]!);
  return {
    name: transport === 'tcp' ? 'shuffle' : 'shuffle-udp',
    summary:
      transport === 'tcp'
        ? 'a PROXY v2 TLV goes from packet data to area, map and socket; a socket option tells the application'
        : 'a Geneve-style option goes from packet data to area, map and socket; the mark tells the application',
    roles: ['client', 'lab'],
    network: pair,
    programs: {
      object: 'shuffle',
      role: 'lab',
      attach: [
        'cgroup:-:shuffle_socket',
        'cgroup:-:shuffle_option',
        'xdp:lab0:shuffle_xdp',
        'ingress:lab0:shuffle_tc',
      ],
    },
    watch: { role: 'lab', devices: ['lab0'] },
    schema: transport === 'tcp' ? 'shuffle.schema.json' : 'shuffle-udp.schema.json',
    maps: ['shuffle_flows', 'shuffle_sockets'],
    traffic: (ns) => [
      { during: ['shuffle-serve', ns.lab!, '-'] },
      { send: ['shuffle-send', ns.client!, transport, LAB_ADDRESS, String(PACKETS), PAUSE_MS] },
    ],
    packets: PACKETS,
    expect: [
      { at: 'lab0:tcx/ingress@first', state: 'present', area: bytes },
      { at: 'lab0:tcx/ingress@last', state: 'present', area: bytes, truth: 'to map' },
      { at: 'lab0:cgroup_skb/ingress', state: 'present', area: bytes },
    ],
    losses: () => [],
    said: ids.map((id) => (transport === 'tcp' ? `tcp: ${id}` : `udp: ${id.slice(-8)}`)),
    places: ids.map((id) => `request_id=0x${id} ${WAY}`),
    survival: [
      {
        operation: `from packet data to the application, ${transport.toUpperCase()}`,
        at: 'lab0:cgroup_skb/ingress',
        written: bytes,
      },
    ],
  };
}

/** The TLV as it came, and a byte of padding. */
export const shuffle = shuffled('tcp', (id) => `e00008${id}00`);
/** Class, type and length of the option, and its value. */
export const shuffleUdp = shuffled('udp', (id) => `01070002${id}`);
