/** Hops: hook × device × netns × host × file for Whither's captures, one per interface name in others; and their counts. */
import type { Place } from '#core/diagnosis/sighting.ts';
import { TCP_IN_ORDER } from '#core/diagnosis/growth.ts';
import { HOOK_BY_ID, HOOK_NONE } from '#core/format/hooks.ts';
import type { InterfaceInfo } from '#core/pcapng/types.ts';
import { HopCauses } from './hop-causes.ts';
import { MAX_HOPS } from './limits.ts';
import type { Whereabouts } from './missing-hooks.ts';
import type { HopIdentity } from './view.ts';

/** `eth0:tcx/ingress@after:PROGRAM#ID`, `eth0:tc/ingress@fentry:PROGRAM#ID`, `…@fexit:PROGRAM#ID` */
const AT_PROGRAM = /@(after|fentry|fexit):(.*)#(\d{1,10})$/;
const AT_TEXT: Readonly<Record<string, string>> = { after: 'after', fentry: 'into', fexit: 'out of' };

/** `eth0:tap/NAME`, somebody's own (docs/taps.md). */
const TAP = /:(tap\/.+)$/;
const SEVERAL = new RegExp(`${AT_PROGRAM.source}|${TAP.source}`);

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
  host: '',
  file: '',
};

/** Where nothing is told apart by it. */
export const ANYWHERE: Whereabouts = { host: '', file: '' };

/** Bit of a domain: the hop is on the receive side. The others are the number of its namespace. */
export const RECEIVES = 1;

export class HopTable {
  readonly hops: HopIdentity[] = [];
  /** The same hops as a diagnosis sees them. */
  readonly places: Place[] = [];
  /** Hops of one domain are in the same namespace and on the same side: see RECEIVES. */
  readonly domains = new Uint32Array(MAX_HOPS);
  /** 1: a hop where packets may have grown by what TCP joined to them (coalesced.ts). */
  readonly behindTcp = new Uint8Array(MAX_HOPS);
  /** There is one. */
  seesBehindTcp = false;
  readonly causes = new HopCauses();
  /** Counts by hop index; meanings as in view.ts `Hop`. */
  readonly events = new Float64Array(MAX_HOPS);
  /** Event number of its first event, where there are any. */
  readonly first = new Uint32Array(MAX_HOPS);
  readonly withMetadata = new Float64Array(MAX_HOPS);
  readonly metadataBytes = new Float64Array(MAX_HOPS);
  readonly unreadable = new Float64Array(MAX_HOPS);
  readonly metadataLost = new Float64Array(MAX_HOPS);
  readonly lost = new Float64Array(MAX_HOPS);
  private readonly byKey = new Map<string, number>();
  private readonly namespaces: string[] = [];

  /** The hop of an interface of this host and file, made if it is new. `full` when it had to be the one for all others. */
  open(info: InterfaceInfo, { host, file }: Whereabouts): { hop: number; full: boolean } {
    const identity = { ...identify(info, this.hops.length), host, file };
    const key = JSON.stringify([
      identity.hook,
      identity.netns,
      host,
      file,
      // Between the programs of a chain, and of taps, there are several hops of one hook on one device.
      identity.hook === HOOK_NONE || SEVERAL.test(identity.name) ? identity.name : identity.device,
    ]);
    const known = this.byKey.get(key);
    if (known !== undefined) return { hop: known, full: false };
    if (this.hops.length >= MAX_HOPS - 1) {
      if (this.hops.length === MAX_HOPS - 1) this.add(OTHER);
      return { hop: MAX_HOPS - 1, full: true };
    }
    const hop = this.add(identity);
    this.byKey.set(key, hop);
    return { hop, full: false };
  }

  private add(identity: HopIdentity): number {
    const { hook, lane, order, device, netns, host, file } = identity;
    const [, side = '', program = '', id = '0'] = AT_PROGRAM.exec(identity.name) ?? [];
    const before = side === 'fentry';
    this.places.push({
      hook,
      lane,
      order,
      device,
      netns,
      host,
      file,
      afterId: before ? 0 : Number(id),
      afterName: before ? '' : program,
      beforeId: before ? Number(id) : 0,
    });
    const named = JSON.stringify([netns, host, file]);
    let namespace = this.namespaces.indexOf(named);
    if (namespace < 0) namespace = this.namespaces.push(named) - 1;
    const hop = this.hops.push(identity) - 1;
    this.domains[hop] = (namespace << 1) | (lane === 'rx' ? RECEIVES : 0);
    if (lane === 'rx' && order >= TCP_IN_ORDER) {
      this.behindTcp[hop] = 1;
      this.seesBehindTcp = true;
    }
    return hop;
  }
}

function identify(info: InterfaceInfo, order: number): Omit<HopIdentity, keyof Whereabouts> {
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
  const { lane, layer } = hook;
  const at = AT_PROGRAM.exec(name);
  const label = at !== null ? `${AT_TEXT[at[1]!]} ${at[2]}#${at[3]}` : (TAP.exec(name)?.[1] ?? hook.label);
  return { name, hook: hook.id, label, lane, layer, order: hook.order, device, netns };
}
