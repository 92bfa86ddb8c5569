/** Blocks by what they are → ` (1 name resolution, 2 custom)`; '' when nothing is said of any. */
export function kindsText(kinds: Readonly<Record<string, number>> = {}): string {
  const parts = Object.entries(kinds).map(([kind, count]) => `${count} ${kind}`);
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}
