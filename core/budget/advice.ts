/** What could be done about the bytes, each with its numbers. */
import { ENCAPSULATION_BYTES } from '#core/lint/lint-area.ts';
import type { TypeTally } from './type-tally.ts';
import type { Advice, BudgetHop } from './types.ts';

/** Fewer packets say nothing about what varies. */
export const MIN_PACKETS = 20;
/** Share of packets whose value no other has from which on it counts as unique to each. */
const UNIQUE_SHARE = 0.9;
/** Share of what a buffer allows that is near its limit. */
const NEAR_LIMIT = 0.8;
/** Savings below are not worth a change, in bytes per packet. */
const MIN_SAVING = 1;

export interface AdviceInput {
  readonly hops: readonly BudgetHop[];
  readonly types: readonly TypeTally[];
  readonly packets: number;
  /** Of the last area of each packet: how many a schema reads, their bytes, padding, and what they would be as traits (of those that could) and as a struct. */
  readonly last: {
    readonly areas: number;
    readonly bytes: number;
    readonly padding: number;
    readonly traits: number;
    readonly traitless: number;
    readonly struct: number;
  };
}

/** What saves most first; without a saving last. */
export function adviceOf(input: AdviceInput): Advice[] {
  const advice = [...carriers(input), ...padding(input), ...input.types.flatMap(ofType), ...limits(input)];
  return advice.sort((a, b) => (b.saves ?? 0) - (a.saves ?? 0));
}

function carriers({ last }: AdviceInput): Advice[] {
  if (last.areas === 0) return [];
  const now = last.bytes / last.areas;
  const found: Advice[] = [];
  const offer = (code: 'traits' | 'struct', what: string, bytes: number, remark: string): void => {
    const saves = now - bytes;
    if (saves < MIN_SAVING) return;
    const text = `${what} would take ${bytesText(bytes)} instead of ${number(now)} per packet${remark}.`;
    found.push({ code, saves, subject: '', text });
  };
  if (last.traitless === 0) offer('traits', 'Traits (version 2)', last.traits / last.areas, '');
  offer(
    'struct',
    'A struct of the same values',
    last.struct / last.areas,
    ', when all of them are always there',
  );
  return found;
}

function padding({ last }: AdviceInput): Advice[] {
  const bytes = last.areas === 0 ? 0 : last.padding / last.areas;
  if (bytes < MIN_SAVING) return [];
  const text = `Padding costs ${bytesText(bytes)} per packet of ${number(last.bytes / last.areas)}.`;
  return [{ code: 'padding', saves: bytes, subject: '', text }];
}

function ofType(tally: TypeTally): Advice[] {
  const { subject, packets } = tally;
  if (packets < MIN_PACKETS) return [];
  const { valueBytes, neededBytes } = tally.row();
  if (tally.distinct === 1 && valueBytes >= MIN_SAVING) {
    const text = `${subject} never varies in ${packets} packets: a flag would do, and save ${bytesText(valueBytes)}.`;
    return [{ code: 'constant', saves: valueBytes, subject, text }];
  }
  const found: Advice[] = [];
  if (tally.uniqueness >= UNIQUE_SHARE) {
    const share = Math.round(tally.uniqueness * 100);
    const text = `${subject} is unique per packet (${share} % of ${packets} packets have a value of their own): GRO cannot merge them.`;
    found.push({ code: 'unique', saves: null, subject, text });
  }
  if (neededBytes !== null && valueBytes - neededBytes >= MIN_SAVING && tally.uniqueness < UNIQUE_SHARE) {
    const text = `${subject} has ${bytesText(valueBytes)}, and no value of ${packets} packets needs more than ${number(neededBytes)}.`;
    found.push({ code: 'wide', saves: valueBytes - neededBytes, subject, text });
  }
  return found;
}

function limits({ hops }: AdviceInput): Advice[] {
  const tightest = hops
    .filter(({ allowed }) => allowed !== null && allowed > 0)
    .sort((a, b) => b.most / b.allowed! - a.most / a.allowed!)[0];
  const found: Advice[] = [];
  if (tightest !== undefined && tightest.most >= NEAR_LIMIT * tightest.allowed!) {
    const text = `The largest area has ${bytesText(tightest.most)} of ${tightest.allowed} that the headroom allows.`;
    found.push({ code: 'near-limit', saves: null, subject: '', text });
  }
  const front = Math.min(...hops.map((hop) => hop.front ?? Infinity));
  if (front < ENCAPSULATION_BYTES) {
    const text = `Only ${bytesText(front)} are left in front of the area: VXLAN over IPv4 needs ${ENCAPSULATION_BYTES}, so the head would be reallocated.`;
    found.push({ code: 'no-room', saves: null, subject: '', text });
  }
  return found;
}

function bytesText(bytes: number): string {
  const shown = number(bytes);
  return shown === '1' ? '1 byte' : `${shown} bytes`;
}

/** Means with one decimal, where there is one. */
function number(value: number): string {
  return String(Math.round(value * 10) / 10);
}
