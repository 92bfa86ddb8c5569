/** What of a trigger's condition was met with one event, in words. */
import type { Firing } from './capture-view.ts';

/**
 * `metadata lost at eth0:tcx/ingress@last`; where it was another journey than that of the event (`journey`, null = it has
 * no id), in front of it `journey 42: `. null: nothing was met.
 */
export function firingText(firings: readonly Firing[], journey: string | null): string | null {
  if (firings.length === 0) return null;
  return firings
    .map((firing) => (firing.journey === journey ? firing.text : `journey ${firing.journey}: ${firing.text}`))
    .join('; ');
}
