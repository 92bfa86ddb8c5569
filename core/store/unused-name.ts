/** Half of a character, which a cut leaves and UTF-8 cannot say. */
const HALF_AT_END = /[\ud800-\udbff]$/;

/** The first `maxChars` of `name`, with a number behind them where another has these: as filters compare, in any case. `used` takes it in. */
export function unusedName(name: string, maxChars: number, used: Set<string>): string {
  const short = name.slice(0, maxChars).replace(HALF_AT_END, '');
  for (let number = 1; ; number++) {
    const tried = number === 1 ? short : `${short} (${number})`;
    const key = tried.toLowerCase();
    if (used.has(key)) continue;
    used.add(key);
    return tried;
  }
}
