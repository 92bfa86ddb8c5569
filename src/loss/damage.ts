/** Which of a hop's states are damage, and how they read. Pure. */
import type { HopState, Known } from '#core/diagnosis/types.ts';
import type { Hop, HopCause } from '#workers/api.ts';
import { printCount } from '#src/list/print.ts';

const SIGNS: Partial<Readonly<Record<HopState, string>>> = {
  lost: '✕',
  clobbered: '#',
  suspect: '!',
  unreadable: '?',
};

/** What came to metadata at a hop and should not have, the most frequent first. */
export function damagesOf({ causes }: Pick<Hop, 'causes'>): readonly HopCause[] {
  return causes.filter(({ state }) => SIGNS[state] !== undefined);
}

/** `pskb_expand_head, rule` or `cause unknown`. */
export function causeText({
  operation,
  cause,
  known,
}: {
  readonly operation: string;
  readonly cause: string;
  readonly known: Known;
}): string {
  return cause === 'unknown' ? 'cause unknown' : `${operation}, ${known}`;
}

/** `✕ 12 lost: pskb_expand_head, rule`. */
export function damageText(damage: HopCause): string {
  const { state, count } = damage;
  return `${SIGNS[state] ?? ''} ${printCount(count)} ${state}: ${causeText(damage)}`.trim();
}
