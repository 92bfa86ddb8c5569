/** Device and BPF programs of a hop, which schemas may be chosen by. */
import { NOWHERE, type AreaPlace } from '#core/metadata/choose.ts';
import type { CaptureStore } from './capture-store.ts';

/** `eth0:tcx/ingress@after:PROGRAM#ID`, and out of or into it. */
const BEHIND = /@(?:after|fentry|fexit):(.*)#\d{1,10}$/;

/** `hop`: index into the hops; -1 or one that is not there = nowhere. The programs are those that the newest host facts list. */
export function hopPlace(store: CaptureStore, hop: number): AreaPlace {
  const identity = store.hops.hops[hop];
  if (identity === undefined) return NOWHERE;
  const { device, name } = identity;
  const programs = (store.facts.host?.programs ?? [])
    .filter((program) => program.device === device)
    .map((program) => program.name);
  const behind = BEHIND.exec(name)?.[1];
  return { device, programs: behind === undefined ? programs : [...programs, behind] };
}
