/** Notes that go along, with the names of the share in them, and its hops. */
import type { CaptureNote, CaptureNotes, Pin } from '#core/notes/notes.ts';
import { isField, sharedExpression, type ExpressionRules, type HeldBack } from './expression.ts';
import { shareProse } from './prose.ts';
import { OWN_COLUMN_NAMES } from './vocabulary.ts';

/** What becomes of a parameter of a link (docs/links.md), of each of them. */
const VIEW = {
  v: 'plain',
  source: 'stays',
  capture: 'stays',
  file: 'stays',
  journey: 'plain',
  at: 'plain',
  hop: 'hop',
  meta: 'plain',
  harm: 'plain',
  time: 'plain',
  where: 'expression',
  compare: 'plain',
  a: 'expression',
  b: 'expression',
  col: 'field',
  sort: 'field',
  group: 'field',
  open: 'plain',
  values: 'tlv',
  from: 'hop',
  to: 'hop',
  mark: 'stays',
  zoom: 'plain',
  scale: 'plain',
  pan: 'plain',
  pause: 'plain',
} as const satisfies Record<string, 'plain' | 'stays' | 'hop' | 'expression' | 'field' | 'tlv'>;
export type ViewParameter = keyof typeof VIEW;
export const VIEW_PARAMETERS = Object.keys(VIEW) as readonly ViewParameter[];
/** `-FIELD` and `NAME~CHARS`, around the name. */
const AROUND_FIELD = /^-|~\d*$/g;

/** A part of the view that does not go along. */
export interface LostView {
  /** null = of no link that is known here. */
  readonly name: ViewParameter | null;
  /** As its sender has it. */
  readonly value: string;
  /** Of an expression: what in it; null = all of the value. */
  readonly held: HeldBack | null;
}

export interface SharedNotes {
  readonly notes: CaptureNotes;
  /** Parts of the view that stay. */
  readonly lost: readonly LostView[];
  /** Those on what does not go, which stay with it: how many. */
  readonly notesLeft: number;
  /** What looks like an address, a pointer or bytes and goes as it was written. */
  readonly doubts: readonly string[];
}

/** A text has more of them than anybody reads. */
const MAX_DOUBTS = 50;

/** As they go out, by what `rules` know of the capture; `goes`: whether what a note is about does. */
export function shareNotes(
  { report, items, view }: CaptureNotes,
  rules: ExpressionRules,
  goes: (pin: Pin) => boolean = () => true,
): SharedNotes {
  const doubts = new Set<string>();
  const going = items.filter(({ pin }) => goes(pin));
  const shared: [string, string][] = [];
  const lost: LostView[] = [];
  for (const [name, value] of view) {
    const part = shareParameter(name, value, rules);
    if (typeof part === 'string') shared.push([name, part]);
    else lost.push(part);
  }
  const notes: CaptureNotes = {
    notes: 1,
    report: shareProse(report, rules, doubts),
    items: going.flatMap(({ pin, text }): CaptureNote[] => {
      const to = sharePin(pin, rules);
      return to === null ? [] : [{ pin: to, text: shareProse(text, rules, doubts) }];
    }),
    view: shared,
  };
  return { notes, lost, notesLeft: items.length - going.length, doubts: [...doubts].slice(0, MAX_DOUBTS) };
}

function shareParameter(name: string, value: string, rules: ExpressionRules): string | LostView {
  const parameter = VIEW_PARAMETERS.find((one) => one === name) ?? null;
  const lost: LostView = { name: parameter, value, held: null };
  if (parameter === null) return lost;
  switch (VIEW[parameter]) {
    case 'plain':
      return value;
    case 'field': {
      // One that is of two hops names them, and is none of these; nor is one of another capture.
      const field = value.replace(AROUND_FIELD, '');
      return OWN_COLUMN_NAMES.has(field) || isField(field, rules) ? value : lost;
    }
    case 'tlv':
      return rules.kept.has(value) ? value : lost;
    case 'hop':
      return rules.hops.key(value) ?? lost;
    case 'expression': {
      const shared = sharedExpression(value, rules);
      return 'text' in shared ? shared.text : { ...lost, held: shared.held };
    }
    case 'stays':
      return lost;
  }
}

function sharePin(pin: Pin, { hops }: ExpressionRules): Pin | null {
  if (pin.on !== 'hop') return pin;
  const hop = hops.key(pin.hop);
  return hop === null ? null : { on: 'hop', hop };
}
