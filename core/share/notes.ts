/** Notes that go along, with the names of the share in them, and its hops. */
import type { CaptureNote, CaptureNotes, Pin } from '#core/notes/notes.ts';
import { shareExpression, type ExpressionRules } from './expression.ts';
import { shareProse } from './prose.ts';

/** Parameters of a link that say nothing of anybody (docs/links.md). */
const PLAIN: ReadonlySet<string> = new Set([
  'v',
  'journey',
  'at',
  'meta',
  'harm',
  'time',
  'compare',
  'open',
  'zoom',
  'pause',
]);
/** Those with the name of a field; one that is of two hops names them, and stays here. */
const FIELDS: ReadonlySet<string> = new Set(['col', 'sort', 'group', 'values']);
const FIELD = /^-?[a-z][\w.]*(?:~\d*)?$/i;
const EXPRESSIONS: ReadonlySet<string> = new Set(['where', 'a', 'b']);

/** `hopName`: NAME, NAME~NETNS or NAME~NETNS~HOST of the capture → of the share; null = it has none, or its pseudonym is not known. */
export function shareNotes(
  { report, items, view }: CaptureNotes,
  rules: ExpressionRules,
  hopName: (hop: string) => string | null,
): CaptureNotes {
  return {
    notes: 1,
    report: shareProse(report, rules),
    items: items.flatMap(({ pin, text }): CaptureNote[] => {
      const shared = sharePin(pin, hopName);
      return shared === null ? [] : [{ pin: shared, text: shareProse(text, rules) }];
    }),
    view: view.flatMap(([name, value]): [string, string][] => {
      const shared =
        PLAIN.has(name) || (FIELDS.has(name) && FIELD.test(value))
          ? value
          : name === 'hop'
            ? hopName(value)
            : EXPRESSIONS.has(name)
              ? shareExpression(value, rules)
              : null;
      return shared === null ? [] : [[name, shared]];
    }),
  };
}

function sharePin(pin: Pin, hopName: (hop: string) => string | null): Pin | null {
  if (pin.on !== 'hop') return pin;
  const hop = hopName(pin.hop);
  return hop === null ? null : { on: 'hop', hop };
}
