/** What was seen against what must be seen. */
import { kernelVersion } from '#core/diagnosis/kernel-version.ts';
import type { Expectation, Quantity, Ratio, Scenario, ScenarioResult, Sighting } from './types.ts';

/** bpf_dynptr_from_skb_meta() */
const KERNEL_DYNPTR = kernelVersion(6, 18);
const MAX_EXAMPLES = 4;

/** What is wrong, one line each; [] = all is as expected, or not possible on this kernel. */
export function judge(scenario: Scenario, result: ScenarioResult): string[] {
  if (result.notPossible !== null) return [];
  const wrong = [...result.problems];
  for (const expectation of scenario.expect) {
    if (holdsFor(expectation, result)) wrong.push(...judgeOne(scenario, expectation, result));
  }
  const { undetermined } = scenario;
  const found = result.losses.filter((line) => undetermined?.test(line) !== true).sort();
  const expected = scenario.losses(result.kernel).map((line) => seenInstead(line, found, result));
  wrong.push(...judgeLines('summary', expected, found));
  for (const ratio of scenario.ratios ?? [])
    if (holdsFor(ratio, result)) wrong.push(...judgeRatio(ratio, result));
  if (scenario.said !== undefined) wrong.push(...judgeLines('said', scenario.said, result.said));
  if (scenario.places !== undefined) wrong.push(...judgeLines('places', scenario.places, result.places));
  return wrong;
}

function judgeLines(what: string, expected: readonly string[], found: readonly string[]): string[] {
  return [
    ...found.filter((line) => !expected.includes(line)).map((line) => `${what}: unexpected: ${line}`),
    ...expected.filter((line) => !found.includes(line)).map((line) => `${what}: missing: ${line}`),
  ];
}

export function holdsFor(
  { since = 0, below = Infinity, traced }: Pick<Expectation, 'since' | 'below' | 'traced'>,
  result: Pick<ScenarioResult, 'kernel' | 'traced'>,
): boolean {
  return result.kernel >= since && result.kernel < below && (traced ?? result.traced) === result.traced;
}

/** Where the probe may trace the kernel's functions, what is expected as implied or as a rule can be seen. */
function seenInstead(line: string, found: readonly string[], { traced }: ScenarioResult): string {
  const seen = line.replace(/\b(implied|rule)\b/, 'seen');
  return traced && found.includes(seen) ? seen : line;
}

/** Sequence numbers of the packets that an expectation is about. */
export function judgedPackets({ packets }: Scenario, expectation: Expectation): number[] {
  const [from, to] = expectation.packets ?? [1, packets];
  const numbers = Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i);
  const { parity } = expectation;
  return parity === undefined ? numbers : numbers.filter((n) => (n % 2 === 0) === (parity === 'even'));
}

/** Nothing is expected to explain, and what is told is left open. */
function isUndetermined(
  { undetermined }: Scenario,
  { cause }: Expectation,
  one: ScenarioResult['sightings'][number],
): boolean {
  return (
    cause === undefined && undetermined?.test(`${one.at} ${one.state} ${one.cause} ${one.known} `) === true
  );
}

function judgeOne(scenario: Scenario, expectation: Expectation, result: ScenarioResult): string[] {
  const wrong: string[] = [];
  const packets = judgedPackets(scenario, expectation);
  for (const sequence of packets) {
    const seen = result.sightings.filter((one) => one.sequence === sequence && one.at === expectation.at);
    const mustBe = textOf({
      state: expectation.state,
      cause: expectation.cause ?? 'none',
      known: expectation.known ?? 'unknown',
      writer: expectation.writer ?? '',
      area: expectation.area(sequence),
      drop: expectation.drop ?? '',
    });
    const [one] = seen;
    if (seen.length !== 1 || one === undefined) {
      wrong.push(`${expectation.at}: packet ${sequence} is seen ${seen.length} times`);
      continue;
    }
    const told = isUndetermined(scenario, expectation, one)
      ? ({ ...one, cause: 'none', known: 'unknown' } as const)
      : one;
    const is = textOf({ ...told, area: matches(one.area, expectation.area(sequence)) });
    if (is !== seenInstead(mustBe, [is], result))
      wrong.push(`${expectation.at}: packet ${sequence} is ${is}, must be ${mustBe}`);
    wrong.push(...judgeTruth(expectation, one, result));
  }
  if (packets.length === 0) wrong.push(`${expectation.at}: no packet is judged`);
  const more = wrong.length - MAX_EXAMPLES;
  return more > 0 ? [...wrong.slice(0, MAX_EXAMPLES), `${expectation.at}: and ${more} more`] : wrong;
}

function textOf(one: Omit<Sighting, 'sequence' | 'journey' | 'at'>): string {
  const { state, cause, known, writer, area, drop } = one;
  const because = cause === 'none' ? '' : ` by ${cause} (${known})`;
  const by = writer === '' ? '' : ` of ${writer}`;
  return `${state}${because}${by} [${area}]${drop === '' ? '' : ` dropped ${drop}`}`;
}

/** The expectation itself when the bytes are as it has them, else the bytes. */
function matches(bytes: string, expected: string): string {
  const same = new RegExp(`^${expected}$`).test(bytes);
  return same ? expected : bytes;
}

/** What programs read in the same place: it must be the bytes that were captured there. */
function judgeTruth({ truth }: Expectation, { sequence, area }: Sighting, result: ScenarioResult): string[] {
  if (truth === undefined) return [];
  const read = result.truth.find((one) => one.sequence === sequence && one.point === truth);
  if (read === undefined) return [`no program was at ${truth} with packet ${sequence}`];
  const ways: (readonly [string, string | null])[] = [['data_meta', read.pointer]];
  if (result.kernel >= KERNEL_DYNPTR) ways.push(['dynptr', read.dynptr]);
  return ways
    .filter(([, bytes]) => bytes !== area)
    .map(([way, bytes]) => `${truth}: packet ${sequence} has [${bytes}] by ${way}, captured was [${area}]`);
}

function judgeRatio({ of, to, from, upTo }: Ratio, result: ScenarioResult): string[] {
  const [a, b] = [quantityOf(of, result), quantityOf(to, result)];
  if (a / b >= from && a / b <= upTo) return [];
  return [`${JSON.stringify(of)} is ${a} and ${JSON.stringify(to)} is ${b}: not ${from} to ${upTo} times`];
}

export function quantityOf(
  quantity: Quantity,
  { counters, eventsAt, withMetadataAt }: ScenarioResult,
): number {
  if ('counter' in quantity) return counters[quantity.counter] ?? NaN;
  if ('withMetadataAt' in quantity) return withMetadataAt.get(quantity.withMetadataAt) ?? NaN;
  return 'number' in quantity ? quantity.number : (eventsAt.get(quantity.eventsAt) ?? NaN);
}
