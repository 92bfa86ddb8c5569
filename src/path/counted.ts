/** Hops whose hook is shown no packet and counts instead (core/format/hooks.ts, COUNTING_HOOKS). Pure. */
import { COUNTING_HOOKS } from '#core/format/hooks.ts';
import { COUNTED_ONLY, countedText } from '#core/store/counted-text.ts';
import { printCount } from '#src/list/print.ts';
import type { Hop } from '#workers/api.ts';

const COUNTING: ReadonlySet<number> = new Set(COUNTING_HOOKS.map(({ id }) => id));

export function isCounter({ hook }: Hop): boolean {
  return COUNTING.has(hook);
}

/** `31 redirected by xdp_prog (id 12) to entry 0 of map 7; not seen as packets: the tracepoint has none`. */
export function countedWords({ hook, counted }: Hop): string {
  if (counted.length === 0) return 'none counted';
  const kinds = counted.map((one) => `${printCount(one.count)} ${countedText(hook, one)}`);
  return [...kinds, COUNTED_ONLY].join('; ');
}
