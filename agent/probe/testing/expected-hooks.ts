/** Which hooks of the catalogue the probe attaches at the edge lab, and which it cannot. */
import { HOOKS } from '#core/format/hooks.ts';

/** At somebody's programs, with trampolines or taps of whither.h: where there are none, missing with the reason. */
export const TRACED = HOOKS.filter(({ how }) => ['fentry', 'fexit', 'tap'].includes(how[0] ?? '')).map(
  ({ name }) => name,
);
/** Every other hook with a program; those between the programs of a chain are loaded before it is known to be one. */
export const PROGRAM_COUNT = HOOKS.filter(({ name, how }) => how.length > 0 && !TRACED.includes(name)).length;
/** Those that no program of the probe is for. */
export const NO_PACKET = HOOKS.filter(({ how }) => how.length === 0).map(({ name }) => name);
/** Between two programs of a chain: no chain here has two. */
export const BETWEEN = ['tcx/ingress@after', 'tcx/egress@after'];
