/** Fields that are one of a few names: the column has its code, and a table says which codes pass. */
import { causeInfo } from '#core/diagnosis/causes.ts';
import { HOP_STATE, HOP_STATE_NAMES, KNOWN_NAMES } from '#core/diagnosis/types.ts';
import { PROTOCOL, PROTOCOL_NAMES } from '#core/dissect/types.ts';
import { HOOK_BY_ID } from '#core/format/hooks.ts';
import type { CaptureStore } from '#core/store/capture-store.ts';
import { EVENT_BIT } from '#core/store/event-columns.ts';
import { unpackCause, unpackKnown } from '#core/store/hop-causes.ts';
import { fileNames } from '#core/store/file-path.ts';
import type { HopIdentity } from '#core/store/view.ts';
import { CodeTest, numberAtom, type ColumnOf } from '../atom.ts';
import { atomTest, bothTests, type EventTest } from '../events.ts';
import { NAMES, wrongValue, type Field } from '../field.ts';
import type { Literal, Test } from '../syntax.ts';
import { textMatcher } from '../values.ts';

/** Code → its names, any of which may be asked for; none = this code is no value. */
export type NamesOf = (code: number) => readonly string[];

/** Whether a list of names passes a test of names. */
export function nameTest(test: Pick<Test, 'operator' | 'values'>): (names: readonly string[]) => boolean {
  if (test.operator === '~') {
    const match = textMatcher(test.values[0]!.text);
    return (names) => names.some(match);
  }
  const wanted = new Set(test.values.map(({ text }) => text.toLowerCase()));
  return (names) => names.some((name) => wanted.has(name.toLowerCase()));
}

interface CodeSpec {
  readonly name: string;
  readonly text: string;
  readonly column: ColumnOf;
  readonly namesOf: NamesOf;
  readonly count: number;
  /** Instead of a list of all names. */
  readonly values?: string;
  /** Only rows with Whither's event struct have one. */
  readonly recorded: boolean;
}

/** Of a list of names that is always the same: what is not in it is an error. */
function codeField(spec: CodeSpec): Field {
  const all = Array.from({ length: spec.count }, (_, code) => spec.namesOf(code)).flat();
  const flags = spec.recorded ? EVENT_BIT.recorded : 0;
  const test = (passes: (names: readonly string[]) => boolean): EventTest => {
    const codes = new CodeTest(
      () => spec.count,
      (code) => passes(spec.namesOf(code)),
    );
    return atomTest(numberAtom(spec.column, flags, codes));
  };
  const field: Field = {
    name: spec.name,
    text: spec.text,
    values: spec.values ?? `one of ${[...new Set(all)].join(', ')}`,
    operators: NAMES,
    seen: {
      visit: (_store, chunk, row, add) => {
        const code = spec.column(chunk, row, row + 1)[row]!;
        if ((chunk.flags[row]! & flags) === flags && spec.namesOf(code).length > 0) add(code);
      },
      text: (_store, code) => spec.namesOf(code)[0]!,
    },
    exists: () => test((names) => names.length > 0),
    holds: (_store, asked) => {
      if (asked.operator !== '~') asked.values.forEach((value) => known(field, all, value));
      return test(nameTest(asked));
    },
  };
  return field;
}

function known(field: Field, names: readonly string[], value: Literal): void {
  if (!names.some((name) => name.toLowerCase() === value.text.toLowerCase())) throw wrongValue(field, value);
}

/** `edge0:tcx/ingress@first`, and what people call it: the label, its own and its hook's, both without what is behind comma or @. */
export function hopNames(hop: HopIdentity): string[] {
  const hook = hop.name.slice(hop.name.indexOf(':') + 1);
  const names = [hop.name, hop.label, hop.label.split(',')[0]!, hook, hook.split('@')[0]!];
  const known = HOOK_BY_ID.get(hop.hook);
  // Between programs a hop is labelled by one of them, and still is at this hook.
  if (known !== undefined) names.push(known.name, known.label.split(',')[0]!);
  return [...new Set(names)];
}

/** Other names of a hop that come from the capture, by the field that asks for them. */
export const HOP_TEXTS: ReadonlyMap<string, (hop: HopIdentity) => readonly string[]> = new Map([
  ['device', ({ device }: HopIdentity) => (device === '' ? [] : [device])],
  ['netns', ({ netns }: HopIdentity) => (netns === 0 ? [] : [String(netns)])],
  ['host', ({ host }: HopIdentity) => (host === '' ? [] : [host])],
  ['file', ({ file }: HopIdentity) => fileNames(file)],
]);

/** A field of the hop: its names come from the capture, and more of them as it grows. */
export function hopField(
  name: string,
  text: string,
  example: string,
  namesOf: (hop: HopIdentity) => readonly string[],
  /** Beside the hop, the state that it must be. */
  state: number | null = null,
): Field {
  const test = (store: CaptureStore, passes: (names: readonly string[]) => boolean): EventTest => {
    const { hops } = store.hops;
    const passing = new CodeTest(
      () => hops.length,
      (hop) => passes(namesOf(hops[hop]!)),
    );
    const atHop = atomTest(numberAtom((c) => c.hop, 0, passing));
    return state === null ? atHop : bothTests(isState(state), atHop);
  };
  const field: Field = {
    name,
    text,
    values: `a text (${example})`,
    operators: NAMES,
    seen: {
      visit: (store, chunk, row, add) => {
        const hop = chunk.hop[row]!;
        const inState =
          state === null || (chunk.state[row] === state && (chunk.flags[row]! & EVENT_BIT.recorded) !== 0);
        if (inState && namesOf(store.hops.hops[hop]!).length > 0) add(hop);
      },
      text: (store, hop) => namesOf(store.hops.hops[hop]!)[0]!,
    },
    hopNames: namesOf,
    exists: (store) => test(store, (names) => names.length > 0),
    holds: (store, asked) => test(store, nameTest(asked)),
  };
  return field;
}

function isState(state: number): EventTest {
  const codes = new CodeTest(
    () => HOP_STATE_NAMES.length,
    (code) => code === state,
  );
  return atomTest(numberAtom((c) => c.state, EVENT_BIT.recorded, codes));
}

/** Rows in one of the states: what `journey.has` asks for. */
export const STATE_FIELD: Field = codeField({
  name: 'state',
  text: 'what became of the metadata at the hop',
  column: (c) => c.state,
  namesOf: (code) => [HOP_STATE_NAMES[code]!],
  count: HOP_STATE_NAMES.length,
  recorded: true,
});

export const PROTOCOL_FIELD: Field = codeField({
  name: 'proto',
  text: 'the top protocol',
  column: (c) => c.protocol,
  namesOf: (code) => (code === PROTOCOL.unknown ? [] : [PROTOCOL_NAMES[code]!]),
  count: PROTOCOL_NAMES.length,
  recorded: false,
});

export const HOP_FIELD: Field = hopField(
  'hop',
  'where the packet was seen',
  '"tcx ingress", edge0:tcx/ingress@first',
  hopNames,
);

const BYTE_CODES = 256;

export const NAME_FIELDS: readonly Field[] = [
  STATE_FIELD,
  codeField({
    name: 'cause',
    text: 'why: name in the catalogue of causes, or the kernel operation',
    values: 'a name or an operation of the catalogue (neighbourHeader, neigh_hh_output)',
    column: (c) => c.cause,
    namesOf: (code) => {
      const info = causeInfo(unpackCause(code));
      return info.code <= 0 ? [] : [info.name, info.operation];
    },
    count: BYTE_CODES,
    recorded: true,
  }),
  codeField({
    name: 'known',
    text: 'how the cause is known',
    column: (c) => c.cause,
    namesOf: (code) => (unpackCause(code) === 0 ? [] : [KNOWN_NAMES[unpackKnown(code)]!].filter(Boolean)),
    count: BYTE_CODES,
    recorded: true,
  }),
  PROTOCOL_FIELD,
  HOP_FIELD,
  hopField('device', 'network device of the hop', 'eth0', HOP_TEXTS.get('device')!),
  hopField('netns', 'inode number of the network namespace', '4026531840', HOP_TEXTS.get('netns')!),
  hopField('host', 'name of the host', 'edge-7', HOP_TEXTS.get('host')!),
  hopField(
    'file',
    'name of the file, of captures that are opened together',
    'good.pcapng',
    HOP_TEXTS.get('file')!,
  ),
  hopField('lane', 'rx, tx, or end', 'rx', ({ lane }) => (lane === 'none' ? [] : [lane])),
  hopField('layer', 'layer of the hop', 'tc', ({ layer }) => (layer === 'none' ? [] : [layer])),
  ...HOP_STATE_NAMES.filter((state) => state !== 'none' && state !== 'present').map((state) =>
    hopField(
      `${state}_at`,
      `hop where the metadata was ${state}`,
      '"tcx ingress"',
      hopNames,
      HOP_STATE[state],
    ),
  ),
];
