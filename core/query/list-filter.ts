/** The filter of the list as a question: what was clicked, and what was written. */
import { HOP_STATE } from '#core/diagnosis/types.ts';
import { META_STATE } from '#core/format/structs.ts';
import type { CaptureStore } from '#core/store/capture-store.ts';
import { EVENT_BIT } from '#core/store/event-columns.ts';
import { MAX_HOPS } from '#core/store/limits.ts';
import type { Harm, ListFilter, TimeRange } from '#core/store/view.ts';
import { nsHi, nsLo, type Ns } from '#core/time/ns.ts';
import { CodeTest, numberAtom, rangeAtom, wideRangeAtom, type ColumnOf } from './atom.ts';
import type { Compiled, Question } from './compile.ts';
import { atomTest, bothTests, notTest, type EventTest } from './events.ts';

export const NO_FILTER: ListFilter = { hop: null, metadata: null, harm: null, time: null, where: '' };

/** `compileFilter` of compile.ts: the page loads the language when something is written. */
export type CompileWritten = (text: string, store: CaptureStore) => Compiled;

const NOT_LOADED: Compiled = {
  ok: false,
  error: { from: 0, to: 0, cause: 'The filter language is not loaded.', remedy: 'Write the filter again.' },
};
const NOTHING_WRITTEN: Compiled = { ok: true, question: null };

/** As `compileFilter`, for all parts; those that were clicked always compile. */
export function compileList(
  filter: ListFilter,
  store: CaptureStore,
  compile: CompileWritten | null,
): Compiled {
  const clicked = clickedQuestion(filter);
  const written = filter.where === '' ? NOTHING_WRITTEN : (compile?.(filter.where, store) ?? NOT_LOADED);
  if (!written.ok || clicked === null || written.question === null) {
    return written.ok ? { ok: true, question: written.question ?? clicked } : written;
  }
  return { ok: true, question: { kind: 'and', left: clicked, right: written.question } };
}

/** With a hop, all parts must hold there, though not at the same event of it. */
function clickedQuestion({ hop, metadata, harm, time }: ListFilter): Question | null {
  const here = hop === null ? null : isCode((c) => c.hop, hop, MAX_HOPS);
  const at = (test: EventTest): Question => ({
    kind: 'any',
    test: here === null ? test : bothTests(here, test),
  });
  const parts: Question[] = here === null ? [] : [{ kind: 'any', test: here }];
  if (time !== null) parts.push(at(isIn(time)));
  if (harm !== null) parts.push(at(isHarmed(harm)));
  if (metadata === 'with') parts.push(at(isPresent()));
  else if (metadata === 'without') {
    parts.push(here === null ? { kind: 'not', operand: at(isPresent()) } : at(notTest(isPresent())));
  }
  return parts.length === 0 ? null : parts.reduce((left, right) => ({ kind: 'and', left, right }));
}

function isCode(column: ColumnOf, wanted: number, codes: number): EventTest {
  const test = new CodeTest(
    () => codes,
    (code) => code === wanted,
  );
  return atomTest(numberAtom(column, 0, test));
}

function isPresent(): EventTest {
  return isCode((c) => c.metaState, META_STATE.present, Object.keys(META_STATE).length);
}

function isHarmed(harm: Harm): EventTest {
  if (harm === 'lost') return atomTest(rangeAtom((c) => c.flags, EVENT_BIT.lost, null));
  return isCode((c) => c.state, HOP_STATE[harm], Object.keys(HOP_STATE).length);
}

function isIn({ fromNs, toNs }: TimeRange): EventTest {
  const [from, to] = [BigInt(fromNs) as Ns, BigInt(toNs) as Ns];
  const range = { fromHi: nsHi(from), fromLo: nsLo(from), toHi: nsHi(to), toLo: nsLo(to) };
  return atomTest(
    wideRangeAtom(
      (c) => c.tsHi,
      (c) => c.tsLo,
      EVENT_BIT.time,
      () => [range],
    ),
  );
}
