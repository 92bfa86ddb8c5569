/** Hops: hook × device × netns for Whither's captures, one per interface name in others; and their counts. */
import { HOOK_BY_ID, HOOK_NONE, type Lane, type Layer } from '#core/format/hooks.ts';
import type { InterfaceInfo } from '#core/pcapng/types.ts';
import { MAX_HOPS } from './limits.ts';

/** What does not change about a hop; the names are those of `Hop` in view.ts. */
export interface HopIdentity {
  readonly name: string;
  readonly hook: number;
  readonly label: string;
  readonly lane: Lane | 'none';
  readonly layer: Layer | 'none';
  readonly order: number;
  readonly device: string;
  readonly netns: number;
}

/** Every interface beyond MAX_HOPS - 1. */
const OTHER: HopIdentity = {
  name: 'other interfaces',
  hook: HOOK_NONE,
  label: 'other interfaces',
  lane: 'none',
  layer: 'none',
  order: MAX_HOPS,
  device: '',
  netns: 0,
};

export class HopTable {
  readonly hops: HopIdentity[] = [];
  /** Counts by hop index; meanings as in view.ts `Hop`. */
  readonly events = new Float64Array(MAX_HOPS);
  readonly withMetadata = new Float64Array(MAX_HOPS);
  readonly metadataBytes = new Float64Array(MAX_HOPS);
  readonly unreadable = new Float64Array(MAX_HOPS);
  readonly metadataLost = new Float64Array(MAX_HOPS);
  readonly lost = new Float64Array(MAX_HOPS);
  private readonly byKey = new Map<string, number>();

  /** The hop of an interface, made if it is new. `full` when it had to be the one for all others. */
  open(info: InterfaceInfo): { hop: number; full: boolean } {
    const identity = identify(info, this.hops.length);
    const key = JSON.stringify([
      identity.hook,
      identity.netns,
      identity.hook === HOOK_NONE ? identity.name : identity.device,
    ]);
    const known = this.byKey.get(key);
    if (known !== undefined) return { hop: known, full: false };
    if (this.hops.length >= MAX_HOPS - 1) {
      if (this.hops.length === MAX_HOPS - 1) this.hops.push(OTHER);
      return { hop: MAX_HOPS - 1, full: true };
    }
    const hop = this.hops.push(identity) - 1;
    this.byKey.set(key, hop);
    return { hop, full: false };
  }
}

function identify(info: InterfaceInfo, order: number): HopIdentity {
  const name = info.name === '' ? `interface ${info.id}` : info.name;
  const { netns } = info;
  if (info.hook === HOOK_NONE) {
    return { name, hook: HOOK_NONE, label: name, lane: 'none', layer: 'none', order, device: name, netns };
  }
  const colon = name.indexOf(':');
  const device = colon < 0 ? name : name.slice(0, colon);
  const hook = HOOK_BY_ID.get(info.hook);
  if (hook === undefined) {
    // A hook of a newer Whither: its place is not known, its name is.
    const label = colon < 0 ? `hook ${info.hook}` : name.slice(colon + 1);
    return { name, hook: info.hook, label, lane: 'none', layer: 'none', order, device, netns };
  }
  const { label, lane, layer } = hook;
  return { name, hook: hook.id, label, lane, layer, order: hook.order, device, netns };
}
