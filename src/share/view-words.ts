/** What of a view does not go along, in words: what it is, as its sender has it, and why it stays. */
import type { ViewParameter } from '#core/share/notes.ts';
import type { LostView } from '#workers/api.ts';

/** Each parameter of a link (docs/links.md). */
const PARTS: Readonly<Record<ViewParameter, string>> = {
  v: 'the version of the link',
  source: 'where the capture came from',
  capture: 'which capture it was',
  file: 'which captures they were',
  journey: 'the selected journey',
  at: 'the selected event',
  hop: 'the hop at which journeys were seen',
  meta: 'with or without metadata',
  harm: 'what metadata came to',
  time: 'the chosen time',
  where: 'the filter',
  compare: 'the comparison',
  a: 'the first side of the comparison',
  b: 'the second side of the comparison',
  col: 'a column of the list',
  sort: 'the order of the list',
  group: 'the groups of the list',
  open: 'what is open beside the list',
  values: 'the values over time',
  from: 'the first of the hops that times are between',
  to: 'the second of the hops that times are between',
  mark: 'marked journeys, which go along as notes',
  zoom: 'what the timeline shows',
  scale: 'the scale of the path',
  pan: 'where the path is scrolled to',
  pause: 'that the view stands still',
};

type Because = NonNullable<LostView['held']>['because'];

/** Behind the part of the expression that it is about. */
const REASONS: Readonly<Record<Because, string>> = {
  syntax: 'is no filter',
  long: 'is longer than a filter may be, with what stands for its names and addresses',
  field: 'is neither a field nor a TLV of this capture',
  value: 'is a value of a TLV that does not go as it is',
  address: 'is an address in a TLV, and those of the share are others',
  flow: 'is no whole flow: protocol, and addresses with ports at both ends',
  name: 'may be somebody’s name; of hosts, devices, namespaces and processes those go that this capture has, as a whole',
  program: 'is no BPF program that this capture names, or a part of one',
  hop: 'is neither a hook alone nor the whole name of a hop of this capture',
  kernelAddress: 'may be an address of the kernel, a cookie or a hash',
  mark: 'is a mark or priority',
  word: 'is a word that may be somebody’s name',
};

/** `what` and `value` name it, `why` is behind them. */
export function lostInWords({ name, value, held }: LostView): {
  readonly what: string;
  readonly value: string;
  readonly why: string;
} {
  return {
    what: name === null ? 'what this Whither does not know' : PARTS[name],
    value,
    why: whyOf(name, held),
  };
}

function whyOf(name: ViewParameter | null, held: LostView['held']): string {
  if (held !== null) return `“${held.part}” ${REASONS[held.because]}`;
  switch (name) {
    case 'hop':
    case 'from':
    case 'to':
      return 'the capture has no hop of this name';
    case 'col':
    case 'sort':
    case 'group':
    case 'values':
      return 'it is neither a field nor a TLV of this capture, or names hops';
    default:
      return 'it may name somebody';
  }
}
