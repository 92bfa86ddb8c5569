/** That the time of a share is over, which only an agent sees to by itself. Pure, but for the clock. */
import { printMinute } from '#core/time/instant.ts';
import type { ArrivedShare } from '#workers/api.ts';

/** '' = it is not, or nobody has set one. */
export function overText(arrived: ArrivedShare | null, nowMs = Date.now()): string {
  const expires = arrived?.manifest?.expires ?? null;
  return expires !== null && Date.parse(expires) < nowMs
    ? `Its time was over on ${printMinute(expires)}: delete it.`
    : '';
}
