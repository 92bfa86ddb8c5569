/** What the palette lists, and which of it a text finds. Pure, but for what an entry does. */
import type { FieldInfo, Hop } from '#workers/api.ts';
import { examplesFor } from '#src/filter/examples.ts';
import type { Handlers } from '#src/keys/bind.ts';
import { GROUP_BY } from '#src/keys/page-actions.ts';
import { KEY_TABLE } from '#src/keys/table.ts';
import { KEY_TEXTS, printKey } from '#src/keys/texts.ts';
import { OWN_COLUMNS } from '#src/list/columns.ts';
import type { Session } from '#src/state/session.ts';

export interface Entry {
  readonly id: string;
  readonly text: string;
  /** What it is or does, muted behind it. */
  readonly detail: string;
  /** Keys that do the same, as printed. */
  readonly keys: readonly string[];
  readonly run: () => void;
}

/** Entries shown at once. */
export const MAX_SHOWN = 60;

export interface Known {
  readonly fields: readonly FieldInfo[];
  readonly hops: readonly Hop[];
  readonly tlvNames: readonly string[];
  /** Filters of before, the newest first. */
  readonly recent: readonly string[];
}

export function entriesOf(session: Session, actions: Handlers, known: Known): readonly Entry[] {
  const keyed = KEY_TABLE.flatMap((row): readonly Entry[] => {
    const run = actions[row.id];
    if (row.scope !== 'page' || row.id === 'palette' || run === undefined) return [];
    return [{ id: row.id, text: KEY_TEXTS[row.id], detail: '', keys: row.keys.map(printKey), run }];
  });
  if (session.store.getState().capture === null) return keyed;
  const entry = (id: string, text: string, detail: string, run: () => void): Entry => ({
    id,
    text,
    detail,
    keys: [],
    run,
  });
  const { fields, hops, tlvNames, recent } = known;
  const filter = (where: string) => () => session.filter.join(where, 'only');
  return [
    ...keyed,
    entry('compare', 'compare with another capture…', 'a file, a share, an address or a link', () =>
      session.store.setState({ dialog: 'compare' }),
    ),
    ...fields
      .filter(({ groupable }) => groupable)
      .map(({ name, text }) =>
        entry(`group ${name}`, GROUP_BY + name, text, () => session.view.setGroup(name)),
      ),
    ...fields
      .filter(({ sortable }) => sortable)
      .map(({ name, text }) =>
        entry(`sort ${name}`, `order by ${name}`, text, () =>
          session.view.setSort({ field: name, down: false }),
        ),
      ),
    ...[...fields, ...[...OWN_COLUMNS].map(([name, { text }]) => ({ name, text }))].map(({ name, text }) =>
      entry(`column ${name}`, `column ${name}`, text, () => session.view.addColumn(name, tlvNames)),
    ),
    ...fields.map(({ name, text }) =>
      entry(`field ${name}`, `filter by ${name}`, text, () => {
        session.filter.prepare(`${name} `, 'and');
        document.querySelector<HTMLElement>('[data-filter-field]')?.focus();
      }),
    ),
    ...hops.map(({ index, name, label }) =>
      entry(`hop ${index}`, `hop ${name}`, `only journeys seen at ${label}`, () =>
        session.filter.toggleHop(index),
      ),
    ),
    ...recent.map((where) => entry(`recent ${where}`, where, 'a filter of before', filter(where))),
    ...examplesFor(tlvNames).map(({ question, filter: where }) =>
      entry(`example ${where}`, question, where, filter(where)),
    ),
  ];
}

/** Entries with all words of `text`, those that begin with it first, then those with the words in their text. */
export function findEntries(entries: readonly Entry[], text: string): readonly Entry[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return entries.slice(0, MAX_SHOWN);
  const words = wanted.split(/\s+/);
  const rank = (entry: Entry): number => {
    const own = entry.text.toLowerCase();
    if (own.startsWith(wanted)) return 0;
    if (words.every((word) => own.includes(word))) return 1;
    const all = `${own} ${entry.detail.toLowerCase()}`;
    return words.every((word) => all.includes(word)) ? 2 : 3;
  };
  return entries
    .map((entry) => ({ entry, rank: rank(entry) }))
    .filter((one) => one.rank < 3)
    .sort((a, b) => a.rank - b.rank)
    .slice(0, MAX_SHOWN)
    .map(({ entry }) => entry);
}
