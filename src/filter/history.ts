/** Filters that were in force, the newest first; kept in this browser. */

const KEY = 'whither.filters';
const MAX_FILTERS = 40;

/** What is stored is a person's, or another version's: anything but a list of texts is none. */
export function filterHistory(): readonly string[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    if (!Array.isArray(stored)) return [];
    return stored.filter((one): one is string => typeof one === 'string' && one !== '').slice(0, MAX_FILTERS);
  } catch {
    // Storage may be forbidden, or hold what is no JSON.
    return [];
  }
}

/** Puts a filter in front. One that goes on from the newest takes its place: it was on the way to this one. */
export function remembered(history: readonly string[], filter: string): readonly string[] {
  const [newest = ''] = history;
  const rest = newest !== '' && filter.startsWith(newest) ? history.slice(1) : history;
  return [filter, ...rest.filter((one) => one !== filter)].slice(0, MAX_FILTERS);
}

export function rememberFilter(filter: string): void {
  if (filter === '') return;
  try {
    localStorage.setItem(KEY, JSON.stringify(remembered(filterHistory(), filter)));
  } catch {
    // Without storage there is no history; filters work all the same.
  }
}
