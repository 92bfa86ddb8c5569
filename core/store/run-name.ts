const RUN_NAME_DIGITS = 8;

/** What a run is called in links and notes. `id`: its 32 hex digits, '' = it has none; `copy`: which copy of it, from 1 on. */
export function runName(id: string, copy: number): string {
  return id.slice(0, RUN_NAME_DIGITS) + (copy === 1 ? '' : copy.toString(16));
}
