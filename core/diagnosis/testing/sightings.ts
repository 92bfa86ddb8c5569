/** Hand-made sightings: a packet in a buffer with 256 bytes of headroom, 16 bytes of metadata before its MAC header. */
import { HOOK_BY_NAME } from '#core/format/hooks.ts';
import { META_STATE } from '#core/format/structs.ts';
import { NOWHERE, Sighting, type Operation, type Place } from '../sighting.ts';
import type { Program } from '../types.ts';

export const MAC = 256;
/** 8 × 0x11, 8 × 0x22. */
export const AREA: readonly number[] = [...Array<number>(8).fill(0x11), ...Array<number>(8).fill(0x22)];

/** `eth0:tcx/ingress@first`, `eth0:tcx/ingress@after:NAME#ID`, `eth0:tc/ingress@fentry:NAME#ID`. */
export function place(name: string, netns = 7): Place {
  const [device, rest] = [name.slice(0, name.indexOf(':')), name.slice(name.indexOf(':') + 1)];
  const [point, program] = rest.split(':');
  const { id, lane, order } = HOOK_BY_NAME.get(point!)!;
  const [programName = '', number = '0'] = program?.split('#') ?? [];
  const before = point!.endsWith('@fentry');
  return {
    ...NOWHERE,
    hook: id,
    lane,
    order,
    device,
    netns,
    afterId: before ? 0 : Number(number),
    afterName: before ? '' : programName,
    beforeId: before ? Number(number) : 0,
  };
}

export interface SightingOptions {
  readonly at?: string;
  readonly netns?: number;
  /** null = none. */
  readonly area?: readonly number[] | null;
  readonly head?: number;
  readonly skb?: number;
  readonly mac?: number;
  readonly data?: number;
  readonly state?: number;
  readonly length?: number;
  readonly protocol?: number;
  readonly operations?: readonly Operation[];
}

export function sighting(options: SightingOptions = {}): Sighting {
  const { area = AREA, head = 0x2000, skb = 0x1000, mac = MAC, data = mac, protocol = 0x0800 } = options;
  const s = new Sighting();
  s.place = place(options.at ?? 'eth0:tcx/ingress@first', options.netns);
  s.headHi = head === 0 ? 0 : 0xffff_8882;
  s.headLo = head;
  s.skbHi = skb === 0 ? 0 : 0xffff_8881;
  s.skbLo = skb;
  s.mac = mac;
  s.data = data;
  s.network = mac + 14;
  s.protocol = protocol;
  s.operations = options.operations ?? [];
  s.metaState = options.state ?? (area === null ? META_STATE.none : META_STATE.present);
  s.metaLen = options.length ?? area?.length ?? 0;
  // Not at the start of its buffer, as in the store.
  s.bytes = area === null ? null : Uint8Array.from([0xee, 0xee, 0xee, 0xee, ...area, 0xee]);
  s.start = 4;
  return s;
}

export function program(name: string, id: number, attach: string, device = 'eth0'): Program {
  return { id, name, tag: '0123456789abcdef', attach, device };
}
