/** Device and BPF programs of a hop, which schemas may be chosen by. */
import { NOWHERE, type AreaPlace } from '#core/metadata/choose.ts';
import type { CaptureStore } from './capture-store.ts';
import type { HopIdentity } from './view.ts';
import type { HostFacts } from './host-facts.ts';

/** `eth0:tcx/ingress@after:PROGRAM#ID`, and out of or into it. */
const BEHIND = /@(?:after|fentry|fexit):(.*)#\d{1,10}$/;

/** `hop`: index into the hops; -1 or one that is not there = nowhere. The programs are those that its host had at last. */
export function hopPlace(store: CaptureStore, hop: number): AreaPlace {
  const identity = store.hops.hops[hop];
  return identity === undefined ? NOWHERE : placeOf(identity, store.facts.newestOf(identity));
}

/** Of a hop by its device and name; `host`: whose programs are attached there, null = not known. */
export function placeOf(
  { device, name }: Pick<HopIdentity, 'device' | 'name'>,
  host: Pick<HostFacts, 'programs'> | null,
): AreaPlace {
  const programs = (host?.programs ?? [])
    .filter((program) => program.device === device)
    .map((program) => program.name);
  const behind = BEHIND.exec(name)?.[1];
  return { device, programs: behind === undefined ? programs : [...programs, behind] };
}
