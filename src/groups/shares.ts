/** Shares as text, and groups in an order. Pure. */
import type { Group } from '#workers/api.ts';

/** `12 %`, `0.4 %`, `< 0.1 %`, `100 %` for all and nothing less. */
export function shareText(part: number, whole: number): string {
  if (whole === 0 || part === 0) return '0 %';
  if (part >= whole) return '100 %';
  const percent = (100 * part) / whole;
  if (percent < 0.1) return '< 0.1 %';
  if (percent < 10) return `${percent.toFixed(1)} %`;
  return `${Math.min(99, Math.round(percent))} %`;
}

export type GroupOrder = 'journeys' | 'harmed' | 'value';

const byText = new Intl.Collator('en', { numeric: true }).compare;

/** By journeys and by harm the largest first: of harm the share, where that is equal the count. */
export function sortGroups(groups: readonly Group[], order: GroupOrder): readonly Group[] {
  switch (order) {
    case 'journeys':
      return groups;
    case 'value':
      return [...groups].sort((a, b) => byText(a.value, b.value));
    case 'harmed':
      return [...groups].sort((a, b) => b.harmed / b.journeys - a.harmed / a.journeys || b.harmed - a.harmed);
  }
}
