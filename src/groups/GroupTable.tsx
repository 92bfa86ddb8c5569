/** The journeys of the list by values of a field: how many, which share, how many of them came to harm. Loaded when it is opened. */
import {
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type KeyboardEvent,
} from 'react';
import type { Group, JourneyRows, WhitherWorker } from '#workers/api.ts';
import { focusPane } from '#src/keys/focus-pane.ts';
import { scopedAction } from '#src/keys/bind.ts';
import { valueProps } from '#src/keys/focused-value.ts';
import { printCount, printMany } from '#src/list/print.ts';
import { usePage, useSession } from '#src/state/context.ts';
import { printJourneyId } from '#src/state/link-journeys.ts';
import { shareText, sortGroups, type GroupOrder } from './shares.ts';
import { useQuestion } from './use-question.ts';
import './groups.css';

const MAX_GROUPS = 500;
/** Journeys that an opened group shows. */
const FIRST_JOURNEYS = 12;

/** A dialog that closes gives the focus back first. */
const FOCUS_MS = 50;

const HEADS: readonly { readonly order: GroupOrder; readonly title: string; readonly number: boolean }[] = [
  { order: 'value', title: 'value', number: false },
  { order: 'journeys', title: 'journeys', number: true },
  { order: 'harmed', title: 'harmed', number: true },
];

export default function GroupTable({ field }: { readonly field: string }) {
  const session = useSession();
  const [order, setOrder] = useState<GroupOrder>('journeys');
  const [at, setAt] = useState(0);
  const [opened, setOpened] = useState<string | null>(null);
  const table = useRef<HTMLTableElement>(null);
  const ask = useCallback((api: WhitherWorker) => api.groups(field, MAX_GROUPS), [field]);
  const { answer, progress, settled } = useQuestion('groups', ask, 'The journeys could not be grouped');
  const current = answer?.field === field ? answer : null;
  const groups = useMemo(() => sortGroups(current?.groups ?? [], order), [current, order]);

  const whole = useRef<HTMLDivElement>(null);
  const arrived = current !== null;
  // Whoever asked for groups, by a dialog or a menu over a row of the list that is gone now, goes on in them, and then in the list.
  useEffect(() => {
    if (arrived) return takeOver(() => focusPane('list'));
    return undefined;
  }, [arrived]);
  useLayoutEffect(() => {
    const table = whole.current;
    return () => {
      if (arrived && table?.contains(document.activeElement) === true) takeOver(() => focusPane('list'));
    };
  }, [arrived]);

  if (current === null) {
    return (
      <p className="pane-empty" role="status" tabIndex={0}>
        {settled && progress === null
          ? `Journeys cannot be grouped by ${field}: it is no field of this capture, or different for each packet.`
          : `Grouping by ${field} … ${Math.round(100 * (progress ?? 0))} %`}
      </p>
    );
  }
  const row = Math.min(at, groups.length - 1);
  const go = (to: number) => {
    const bounded = Math.max(0, Math.min(groups.length - 1, to));
    setAt(bounded);
    table.current?.querySelector<HTMLElement>(`[data-group="${bounded}"] .group-value`)?.focus();
  };
  const filter = (expression: string) => {
    session.filter.join(expression, 'and');
    session.view.setGroup('');
  };
  const onKeyDown = (event: KeyboardEvent) =>
    scopedAction('groups', event, {
      'groups.next': () => go(row + 1),
      'groups.previous': () => go(row - 1),
      'groups.expand': () => setOpened(groups[row]?.value ?? null),
      'groups.collapse': () => setOpened(null),
    });
  return (
    <div ref={whole} className="group-scroll">
      <table
        ref={table}
        className="group-table"
        aria-label={`Journeys by ${field}`}
        onKeyDown={onKeyDown}
        data-question={progress === null ? 'answered' : 'asking'}
      >
        <thead>
          <tr>
            {HEADS.map(({ order: by, title, number }) => (
              <th
                key={by}
                scope="col"
                className={number ? 'number' : undefined}
                aria-sort={order === by ? (by === 'value' ? 'ascending' : 'descending') : undefined}
              >
                <button className="link" onClick={() => setOrder(by)}>
                  {by === 'value' ? field : title}
                  {order === by && <span aria-hidden="true">{by === 'value' ? ' ▴' : ' ▾'}</span>}
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {groups.map((group, i) => (
            <GroupRow
              key={group.value}
              group={group}
              field={field}
              index={i}
              focusable={i === row}
              open={opened === group.value}
              onFilter={() => filter(group.filter)}
              onFocus={() => setAt(i)}
              onOpen={() => setOpened(opened === group.value ? null : group.value)}
            />
          ))}
        </tbody>
        <tfoot>
          <tr>
            <td>
              {printMany(groups.length, 'group')}
              {current.without > 0 && (
                <>
                  {', '}
                  <button
                    className="link"
                    title={`${current.withoutFilter}\nonly these journeys`}
                    onClick={() => filter(current.withoutFilter)}
                  >
                    {printMany(current.without, 'journey')} without {field}
                  </button>
                </>
              )}
              {current.omitted + current.others > 0 && (
                <span className="muted">
                  {current.omitted > 0 && `, ${printCount(current.omitted)} smaller ones are not shown`}
                  {current.others > 0 &&
                    `, ${printMany(current.others, 'journey')} with more values than are told apart`}
                </span>
              )}
            </td>
            <td className="number mono">{printCount(current.journeys)}</td>
            <td className="number mono">
              {printCount(current.harmed)} {shareText(current.harmed, current.journeys)}
            </td>
          </tr>
        </tfoot>
      </table>
      {groups.length === 0 && <p className="pane-empty">No journey of the list has a {field}.</p>}
    </div>
  );
}

/** Gives the focus to what `focus` says, once no dialog is open, if nothing has it. Returns how not to. */
function takeOver(focus: () => void): () => void {
  // Of a page that just came from a link nobody has done anything yet.
  if (!navigator.userActivation.hasBeenActive) return () => undefined;
  const timer = setTimeout(() => {
    if (document.activeElement === document.body && document.querySelector('dialog[open]') === null) focus();
  }, FOCUS_MS);
  return () => clearTimeout(timer);
}

interface RowProps {
  readonly group: Group;
  readonly field: string;
  readonly index: number;
  readonly focusable: boolean;
  readonly open: boolean;
  readonly onFilter: () => void;
  readonly onFocus: () => void;
  readonly onOpen: () => void;
}

function GroupRow({ group, field, index, focusable, open, onFilter, onFocus, onOpen }: RowProps) {
  const { value, journeys, share, harmed, filter } = group;
  return (
    <>
      <tr data-group={index} {...valueProps(field, value)}>
        <th scope="row">
          <button
            className="link"
            tabIndex={-1}
            aria-expanded={open}
            aria-label={`First journeys of ${value}`}
            onClick={onOpen}
          >
            <span aria-hidden="true">{open ? '▾' : '▸'}</span>
          </button>
          <button
            className="link mono group-value"
            tabIndex={focusable ? 0 : -1}
            title={`${filter}\nonly these journeys`}
            onClick={onFilter}
            onFocus={onFocus}
          >
            {value}
          </button>
        </th>
        <td className="number mono">
          <Bar share={share} tone="packets" />
          {printCount(journeys)} <span className="muted">{shareText(share, 1)}</span>
        </td>
        <td className="number mono">
          {harmed > 0 && <Bar share={harmed / journeys} tone="lost" />}
          {harmed > 0 && (
            <>
              {printCount(harmed)} <span className="muted">{shareText(harmed, journeys)}</span>
            </>
          )}
        </td>
      </tr>
      {open && (
        <tr className="group-opened">
          <td colSpan={3}>
            <FirstJourneys filter={filter} journeys={journeys} onAll={onFilter} />
          </td>
        </tr>
      )}
    </>
  );
}

/** To scale; the number beside it says the same. */
function Bar({ share, tone }: { readonly share: number; readonly tone: 'packets' | 'lost' }) {
  return (
    <i className={`group-bar ${tone}`} style={{ width: `${Math.max(1, 96 * share)}px` }} aria-hidden="true" />
  );
}

interface FirstProps {
  readonly filter: string;
  readonly journeys: number;
  readonly onAll: () => void;
}

function FirstJourneys({ filter, journeys, onAll }: FirstProps) {
  const session = useSession();
  const selected = usePage((state) => state.selection?.journey);
  const ask = useCallback(
    (api: WhitherWorker): Promise<JourneyRows | null> => api.groupRows(filter, FIRST_JOURNEYS),
    [filter],
  );
  const { answer: rows } = useQuestion('groupRows', ask, 'The journeys of the group could not be read');
  if (rows === null) return <span className="muted">Reading …</span>;
  return (
    <span className="group-journeys">
      {Array.from(rows.journey, (journey, i) => {
        const id = { hi: rows.idHi[i] ?? 0, lo: rows.idLo[i] ?? 0 };
        return (
          <button
            key={journey}
            className="link mono"
            aria-pressed={journey === selected}
            title={`${rows.source[i] ?? ''} → ${rows.destination[i] ?? ''} ${rows.info[i] ?? ''}`}
            onClick={() => session.journey.select(journey, id)}
          >
            {printJourneyId(id)}
          </button>
        );
      })}
      {journeys > rows.count && (
        <button className="link muted" onClick={onAll}>
          all {printCount(journeys)}
        </button>
      )}
    </span>
  );
}
