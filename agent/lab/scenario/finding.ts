/** What a scenario's run says in the survival table: an outcome for each of its operations. */
import type { Outcome } from '#core/survival/table.ts';
import { Failure } from '../../failure.ts';
import { quantityOf } from './judge.ts';
import { stamp } from './network.ts';
import type { Finding, Scenario, ScenarioResult, Sighting, SurvivalRow } from './types.ts';

const OUTCOME_OF_STATE: Partial<Record<Sighting['state'], Outcome>> = {
  suspect: 'stale',
  clobbered: 'clobbered',
  changed: 'changed',
  moved: 'moved',
};

/** Fails where the packets of one operation fared differently, or were not seen: the table has no word for it. */
export function findingOf(scenario: Scenario, row: SurvivalRow, result: ScenarioResult): Finding {
  if (result.notPossible !== null) return { outcome: 'not possible', note: result.notPossible };
  if ('told' in row) return row.told((quantity) => quantityOf(quantity, result));
  const { refused, written = stamp, packets: [from, to] = [1, scenario.packets] } = row;
  if (refused !== undefined && (result.counters[refused.counter] ?? 0) > 0)
    return { outcome: 'not possible', note: refused.reason };
  const differing = new Set<number>();
  const findings = new Map<Outcome, string>();
  let length = 0;
  for (let sequence = from; sequence <= to; sequence++) {
    const at = result.sightings.findIndex((one) => one.sequence === sequence && one.at === row.at);
    const sighting = result.sightings[at];
    if (sighting === undefined)
      throw new Failure(`${row.at} has not seen packet ${sequence}`, 'run it again');
    const before = result.sightings
      .slice(0, at + 1)
      .filter((one) => one.journey === sighting.journey && OUTCOME_OF_STATE[one.state] !== undefined);
    const { outcome, cause } = fate(sighting, before, result, written(sequence));
    findings.set(outcome, cause);
    if (outcome !== 'clobbered' && outcome !== 'changed') continue;
    length = written(sequence).length / 2;
    for (const byte of differingBytes(sighting.area, written(sequence))) differing.add(byte);
  }
  const [[outcome, cause] = ['lost', ''] as const] = findings;
  if (findings.size !== 1) {
    throw new Failure(
      `${row.operation} is ${[...findings.keys()].join(' and ')} at once`,
      'divide its packets',
    );
  }
  const note = [
    bytesText(
      [...differing].sort((a, b) => a - b),
      length,
    ),
    cause,
  ].filter((text) => text !== '');
  return note.length === 0 ? { outcome } : { outcome, note: note.join('; ') };
}

/** `before`: what became of it on its way, the sighting itself last. */
function fate(
  sighting: Sighting,
  before: readonly Sighting[],
  result: ScenarioResult,
  written: string,
): { outcome: Outcome; cause: string } {
  const named = (cause: string | undefined): string =>
    cause === undefined || cause === 'none' || cause === 'unknown' ? '' : cause;
  if (sighting.area === '') {
    const lost = result.sightings.find(
      ({ journey, state }) => journey === sighting.journey && state === 'lost',
    );
    return { outcome: 'lost', cause: named(lost?.cause) };
  }
  const last = before.at(-1);
  if (sighting.area === written) {
    if (sighting.cause === 'staleLength') return { outcome: 'stale', cause: 'staleLength' };
    return last?.state === 'moved'
      ? { outcome: 'moved', cause: named(last.cause) }
      : { outcome: 'survives', cause: '' };
  }
  const harm = before.findLast(({ state }) => state !== 'moved');
  return { outcome: (harm && OUTCOME_OF_STATE[harm.state]) ?? 'stale', cause: named(harm?.cause) };
}

function differingBytes(is: string, was: string): number[] {
  const bytes = Math.max(is.length, was.length) / 2;
  return Array.from({ length: bytes }, (_, i) => i).filter(
    (i) => is.slice(2 * i, 2 * i + 2) !== was.slice(2 * i, 2 * i + 2),
  );
}

/** `bytes 0 and 12–15 of 16`; '' when there are none. */
function bytesText(bytes: readonly number[], length: number): string {
  const ranges: [number, number][] = [];
  for (const byte of bytes) {
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === byte - 1) last[1] = byte;
    else ranges.push([byte, byte]);
  }
  if (ranges.length === 0) return '';
  const text = ranges.map(([from, to]) => (from === to ? String(from) : `${from}–${to}`)).join(' and ');
  return `${bytes.length === 1 ? 'byte' : 'bytes'} ${text} of ${length}`;
}
