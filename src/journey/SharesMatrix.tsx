/**
 * The matrix of all journeys in the list, or of the two sides that are compared: which share of the packets at each hop has each TLV, and
 * how many values.
 */
import { tlvFieldText } from '#core/query/quote.ts';
import { useMemo, useRef, useState, type KeyboardEvent } from 'react';
import type { Hop, JourneySet, MatrixShares, PathSide } from '#workers/api.ts';
import { scopedAction } from '#src/keys/bind.ts';
import { printCount, printMany } from '#src/list/print.ts';
import { hopTest } from '#src/path/ask.ts';
import { kernelOrder } from '#src/path/lanes.ts';
import { printShare } from '#src/path/layout.ts';
import { setsOf } from '#src/path/sides.ts';
import { usePage, useSession } from '#src/state/context.ts';
import { useLinkInForce } from '#src/state/in-force.ts';
import { listFilterOf } from '#src/state/list-filter.ts';
import { useAsked } from '#src/state/use-query.ts';
import { Broken } from './Broken.tsx';
import { Device } from './Device.tsx';
import { sharesText } from './shares.ts';

const FAILURE = 'The matrix of these journeys could not be counted';

export default function SharesMatrix() {
  const link = useLinkInForce();
  const places = usePage((state) => state.places);
  const [a, b] = useMemo(
    () =>
      link.compare === null ? [{ filter: listFilterOf(link, places), rest: false }] : setsOf(link, places),
    [link, places],
  );
  if (a === undefined) return null;
  if (b === undefined) return <SharesOf set={a} side="a" places={places} />;
  return (
    <div className="shares-sides">
      <section aria-label="A" className="side-a">
        <h3>A</h3>
        <SharesOf set={a} side="a" places={places} />
      </section>
      <section aria-label="B" className="side-b">
        <h3>B</h3>
        <SharesOf set={b} side="b" places={places} />
      </section>
    </div>
  );
}

interface Props {
  readonly set: JourneySet;
  readonly side: PathSide;
  readonly places: readonly Hop[];
}

function SharesOf({ set, side, places }: Props) {
  const answer = useAsked(`matrix ${side} ${JSON.stringify(set)}`, (api) => api.matrixOf(set, side), FAILURE);
  if (answer === null) return <p className="pane-empty">Counting …</p>;
  if ('cause' in answer) {
    return (
      <p className="pane-empty" role="status">
        {answer.cause} {answer.remedy}
      </p>
    );
  }
  if (answer.rows.length === 0) {
    return (
      <p className="pane-empty" tabIndex={0} role="status">
        No TLV in {printMany(answer.journeys, 'journey')}.
      </p>
    );
  }
  return <SharesTable shares={answer} places={places} />;
}

function SharesTable({ shares, places }: { readonly shares: MatrixShares; readonly places: readonly Hop[] }) {
  const session = useSession();
  const [focus, setFocus] = useState<readonly [row: number, column: number]>([0, 0]);
  const table = useRef<HTMLTableElement>(null);
  const columns = useMemo(() => {
    const seen = new Map(shares.hops.map((hop, cell) => [hop.hop, { ...hop, cell }]));
    return kernelOrder(places).flatMap((place) => {
      const own = seen.get(place.index);
      return own === undefined ? [] : [{ place, ...own }];
    });
  }, [shares, places]);
  const { rows } = shares;
  const row = Math.min(focus[0], rows.length);
  const column = Math.min(focus[1], columns.length - 1);
  const moveTo = (nextRow: number, nextColumn: number) => {
    const to = [
      Math.min(rows.length, Math.max(0, nextRow)),
      Math.min(columns.length - 1, Math.max(0, nextColumn)),
    ] as const;
    setFocus(to);
    table.current?.querySelector<HTMLElement>(`[data-cell="${to[0]}:${to[1]}"]`)?.focus();
  };
  const ask = (cellRow: number, cellColumn: number) => {
    const hop = columns[cellColumn]?.place;
    if (hop === undefined) return;
    const what = cellRow === 0 ? 'meta' : tlvFieldText(rows[cellRow - 1]?.name ?? '');
    session.filter.set({ where: `any(${hopTest(places, hop)} && ${what})` });
  };
  const onKeyDown = (event: KeyboardEvent) =>
    scopedAction('journey', event, {
      'journey.left': () => moveTo(row, column - 1),
      'journey.right': () => moveTo(row, column + 1),
      'journey.up': () => moveTo(row - 1, column),
      'journey.down': () => moveTo(row + 1, column),
      'journey.first': () => moveTo(row, 0),
      'journey.last': () => moveTo(row, columns.length - 1),
      'journey.bytes': () => ask(row, column),
    });
  const cellProps = (cellRow: number, cellColumn: number) => ({
    role: 'gridcell',
    tabIndex: cellRow === row && cellColumn === column ? 0 : -1,
    'data-cell': `${cellRow}:${cellColumn}`,
    onClick: () => {
      setFocus([cellRow, cellColumn]);
      ask(cellRow, cellColumn);
    },
  });
  return (
    <div className="pane-body">
      <p className="verdict tone-absent">
        {printMany(shares.journeys, 'journey')}; a cell is the share of packets that have it there, and its
        values. Choosing one filters by it.
        {shares.omitted > 0 && ` ${printCount(shares.omitted)} cells found no place.`}
      </p>
      <table
        ref={table}
        className="matrix shares mono"
        role="grid"
        aria-label={`${printMany(shares.journeys, 'journey')}: share and values of each TLV by hop`}
        onKeyDown={onKeyDown}
      >
        <thead>
          <tr>
            <th scope="col">
              <span className="hidden-text">what</span>
            </th>
            {columns.map(({ place }, i) => (
              <th scope="col" key={place.index} title={place.name}>
                <Device name={place.device} before={columns[i - 1]?.place.device} />
                <Broken text={place.label} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">metadata</th>
            {columns.map(({ events, withMetadata }, i) => (
              <td
                key={i}
                {...cellProps(0, i)}
                title={`${printCount(withMetadata)} of ${printCount(events)} packets`}
                style={barStyle(withMetadata, events)}
              >
                {printShare(withMetadata, events)} of {printCount(events)}
              </td>
            ))}
          </tr>
          {rows.map((line, index) => (
            <tr key={line.name} data-row={line.name} className="tlv-row">
              <th scope="row">
                {line.name} <small>{line.kind}</small>
              </th>
              {columns.map(({ cell, events }, i) => {
                const own = line.cells[cell];
                if (own === undefined) return <td key={i} />;
                const text = sharesText(own, events);
                return (
                  <td
                    key={i}
                    {...cellProps(index + 1, i)}
                    title={text.title}
                    aria-label={`${text.share} ${text.values}${text.events.map((event) => event.text).join('')}; ${text.title.replace(/\n/g, '; ')}`}
                    style={barStyle(own.present, events)}
                  >
                    <b>{text.share}</b> {text.values}
                    {text.events.map(({ kind, text: said }) => (
                      <span key={kind} className={`shares-event tone-${kind}`}>
                        {said}
                      </span>
                    ))}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The share as a line at the foot of the cell, beside the number. */
function barStyle(part: number, whole: number): { readonly backgroundSize: string } {
  return { backgroundSize: `${whole === 0 ? 0 : (100 * part) / whole}% 2px` };
}
