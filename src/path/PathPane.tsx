/** The path: where packets go and where their metadata is. Each hop, band and cause filters the list. */
import {
  useDeferredValue,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type CSSProperties,
  type KeyboardEvent,
  type MouseEvent,
  type UIEvent,
} from 'react';
import type { Edge, Hop, MissingHook } from '#workers/api.ts';
import { scopedAction } from '#src/keys/bind.ts';
import { LaterPane } from '#src/app/LaterPane.tsx';
import { Part } from '#src/app/later.tsx';
import { AreaButtons, AreaPane, type AreaTable } from '#src/lint/AreaPane.tsx';
import { LossPane } from '#src/loss/LossPane.tsx';
import { hopOfKey } from '#src/state/hop-key.ts';
import type { Comparison } from '#src/state/link-state.ts';
import { useLinkInForce } from '#src/state/in-force.ts';
import { isFiltered } from '#src/state/list-filter.ts';
import { usePage, useSession } from '#src/state/context.ts';
import { usePrinting } from '#src/theme/use-printing.ts';
import { LOW_WINDOW_PX, useSize } from '#src/app/use-size.ts';
import { align } from './align.ts';
import { drawHeads, pinNames } from './draw-heads.ts';
import { drawPath } from './draw.ts';
import { groupsOf, whereOf, type Group } from './lanes.ts';
import { firstRows, layoutPath } from './layout.ts';
import { PathFilter } from './PathFilter.tsx';
import { PathFoot, SilentLanes } from './PathFoot.tsx';
import { PathTable } from './PathTable.tsx';
import { PathZoom } from './PathZoom.tsx';
import { firstComparison, useSides } from './sides.ts';
import { focusedStop, nextBand, step, stopFilter, stopsOf, type Stop } from './stops.ts';
import { usePathPan } from './use-path-pan.ts';
import { usePathScale, usePathZoom, ZOOM_STEP } from './use-path-zoom.ts';
import './marks.css';
import './path.css';

const COMPARE_BAR = new Part(() => import('./CompareBar.tsx'));

const NOTHING_ENDED: Comparison | null = null;
const NO_HOPS: readonly Hop[] = [];
const NO_EDGES: readonly Edge[] = [];
const NO_MISSING: readonly MissingHook[] = [];
/** More groups that saw something than this and the page begins with the busiest one. */
const ALL_AT_FIRST = 4;
/** The path on paper, which path.css makes as wide as the sheet: letters are of readable size upright and across. */
const PAPER_PX = 1000;
/** Of the window, for the bands of all rows. */
const BAND_SHARE = 0.085;

export function PathPane() {
  const session = useSession();
  const hops = usePage((state) => state.calm?.hops ?? NO_HOPS);
  const edges = usePage((state) => state.calm?.edges ?? NO_EDGES);
  const missing = usePage((state) => state.calm?.missingHooks ?? NO_MISSING);
  const number = usePage((state) => state.calm?.capture ?? 0);
  const link = usePage((state) => state.link);
  const [only, setOnly] = useState<string | undefined>(undefined);
  const [current, setCurrent] = useState<Stop | null>(null);
  const [all, setAll] = useState(false);
  const [area, setArea] = useState<AreaTable | null>(null);
  const asTable = usePage((state) => state.link.open.includes('table'));
  // What was compared until a moment ago, of this capture by this filter: who ended it by a key that was meant for something else gets it back.
  const { hop, metadata, harm, time } = link;
  const of = JSON.stringify([number, hop, metadata, harm, time, link.where]);
  const [compare, setCompare] = useState({ now: link.compare, of, ended: NOTHING_ENDED });
  if (compare.now !== link.compare || compare.of !== of) {
    const ended = link.compare === null && compare.of === of ? compare.now : null;
    setCompare({ now: link.compare, of, ended });
  }
  const { ended } = compare;
  const scroll = useRef<HTMLDivElement>(null);
  const svg = useRef<SVGSVGElement>(null);
  const heads = useRef<SVGSVGElement>(null);
  const left = useRef(0);
  const size = useSize(scroll);
  const printing = usePrinting();
  const width = printing ? PAPER_PX : size.width;
  const { height } = size;
  const scaling = usePathScale();
  const scale = printing ? 1 : scaling[0];
  const { sides, journeys, errors } = useSides(hops, edges);
  const drawn = useMemo(() => align(hops, edges, sides), [hops, edges, sides]);

  const groups = useMemo(() => groupsOf(drawn.hops), [drawn]);
  const wanted = only ?? firstGroup(groups);
  const shown = groups.some((group) => group.key === wanted) ? wanted : null;
  const dense = innerHeight <= LOW_WINDOW_PX;
  const layout = useMemo(
    () =>
      layoutPath(drawn.hops, missing, drawn.edges, {
        width: scale * Math.max(320, width),
        only: shown,
        sides: drawn.sides,
        all,
        bandRoom: innerHeight * BAND_SHARE * (sides.length > 1 ? 1.6 : 1),
        dense,
      }),
    [drawn, missing, width, scale, shown, sides, all, dense],
  );
  const stops = useMemo(() => stopsOf(layout, hops, drawn.edges), [layout, hops, drawn]);
  const pressedHop = link.hop === null ? null : hopOfKey(hops, link.hop);
  const { where } = link;
  const pressed = useMemo(() => {
    const isPressed = (stop: Stop) =>
      stop.kind === 'hop'
        ? stop.hop !== null && stop.hop === pressedHop
        : where !== '' && stop.ask() === where;
    return new Set(stops.filter(isPressed).map(({ key }) => key));
  }, [stops, pressedHop, where]);
  const focused = focusedStop(stops, current);
  const focusKey = focused?.key ?? '';
  const compared = sides.length > 1;
  // Of a filter they are counted; without one, and of a comparison, which is of others, they are of all.
  const inForce = useLinkInForce();
  const filtered = isFiltered(inForce);
  const ofFilter =
    filtered && link.compare === null ? (journeys[0] == null ? null : (sides[0]?.hops ?? null)) : hops;

  // The first time, marks are made: row by row, each in a task of its own. From then on they only change.
  const rowsDrawn = useRef(0);
  useLayoutEffect(() => {
    const element = svg.current;
    const head = heads.current;
    if (element === null || head === null || width === 0) return;
    const rows = layout.rows.length;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const draw = () => {
      rowsDrawn.current = Math.max(1, Math.min(rows + 1, rowsDrawn.current + 1));
      const whole = rowsDrawn.current > rows;
      const part = whole ? layout : { ...firstRows(layout, rowsDrawn.current), segments: [] };
      const hadFocus = element.contains(document.activeElement);
      drawPath(element, part, { pressed, current: focusKey, compared });
      drawHeads(head, part, compared);
      pinNames(head, element, part, { left: printing ? 0 : left.current, width });
      // What had it may be gone: a filter draws causes anew.
      if (hadFocus) markOf(element, focusKey)?.focus({ preventScroll: true });
      if (!whole) timer = setTimeout(draw, 0);
    };
    draw();
    return () => clearTimeout(timer);
  }, [layout, pressed, focusKey, width, compared, asTable, printing]);
  const style: CSSProperties & Record<'--drawn', number> = { '--drawn': layout.width };
  const zoom = usePathZoom(scroll, scaling, stops);
  const onPan = usePathPan(scroll, size, layout, asTable || printing);
  const onScroll = ({ currentTarget }: UIEvent) => {
    left.current = currentTarget.scrollLeft;
    onPan();
    if (heads.current !== null && svg.current !== null)
      pinNames(heads.current, svg.current, layout, { left: left.current, width });
  };
  const stopOf = (target: EventTarget): Stop | undefined => {
    const key = target instanceof Element ? target.closest('[data-stop]')?.getAttribute('data-stop') : null;
    return stops.find((stop) => stop.key === key);
  };
  const choose = (stop: Stop | undefined) => {
    if (stop === undefined) return;
    setCurrent(stop);
    if (stop.hop !== null) session.filter.toggleHop(stop.hop);
    else {
      const asked = stop.ask();
      if (asked !== null) session.filter.set({ where: asked === where ? '' : asked });
    }
  };
  const onContextMenu = (event: MouseEvent) => {
    const stop = stopOf(event.target);
    const expression = stop === undefined ? null : stopFilter(stop, hops);
    if (stop === undefined || expression === null || event.shiftKey) return;
    event.preventDefault();
    setCurrent(stop);
    // The focus comes back to it.
    markOf(svg.current, stop.key)?.focus({ preventScroll: true });
    const { clientX: x, clientY: y } = event;
    session.store.setState({ valueMenu: { field: stop.field, value: null, expression, x, y } });
  };
  const goTo = (to: Stop | null | undefined) => {
    if (to === undefined || to === null) return;
    setCurrent(to);
    markOf(svg.current, to.key)?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const from = stopOf(event.target);
    if (from === undefined) return;
    scopedAction('path', event, {
      'path.previous': () => goTo(step(stops, from, -1, 0)),
      'path.next': () => goTo(step(stops, from, 1, 0)),
      'path.up': () => goTo(step(stops, from, 0, -1)),
      'path.down': () => goTo(step(stops, from, 0, 1)),
      'path.first': () => goTo(stops[0]),
      'path.last': () => goTo(stops.findLast(({ kind }) => kind === 'hop')),
      'path.band': () => goTo(nextBand(stops, layout, from)),
      'path.filter': () => choose(from),
      'path.in': () => zoom.by(ZOOM_STEP, from),
      'path.out': () => zoom.by(1 / ZOOM_STEP, from),
      'path.whole': () => zoom.whole(),
    });
  };

  return (
    <>
      <section className="pane path-pane" aria-label="Path" data-pane="path">
        <header className="pane-head">
          <h2>Path</h2>
          {groups.length > 1 && <Devices groups={groups} shown={shown} onChoose={setOnly} />}
          {ended !== null && (
            <p className="compare-ended" role="status">
              The comparison has ended.{' '}
              <button className="link" onClick={() => session.compare(ended)}>
                compare again
              </button>
            </p>
          )}
          <PathFilter />
          {!asTable && (
            <PathZoom
              zoom={zoom}
              around={focused}
              onWhole={() => {
                zoom.whole();
                markOf(svg.current, focusKey)?.focus({ preventScroll: true });
              }}
            />
          )}
          <button
            className="button quiet small"
            aria-pressed={link.compare !== null}
            title="Two kinds of journeys on the same path: share with metadata and damage of each"
            onClick={() => session.compare(link.compare !== null ? null : firstComparison(inForce, hops))}
          >
            Compare…
          </button>
          <AreaButtons open={area} onOpen={setArea} />
          <button
            className="button quiet small"
            aria-pressed={asTable}
            onClick={() => session.view.open('table', !asTable)}
          >
            Table
          </button>
        </header>
        {link.compare !== null && (
          <LaterPane
            part={COMPARE_BAR}
            props={{ compare: link.compare, journeys, errors }}
            what="The two sides"
          />
        )}
        <div
          className="path-scroll"
          ref={scroll}
          onScroll={onScroll}
          style={style}
          {...(asTable && { tabIndex: 0 })}
        >
          {!asTable && <svg ref={heads} className="path-heads" />}
          {!asTable && (
            <svg
              ref={svg}
              className={scale > 1 ? 'path-drawing zoomed' : 'path-drawing'}
              role="group"
              aria-label="Hooks in kernel order; Enter filters the list"
              onKeyDown={onKeyDown}
              onClick={(event: MouseEvent) => choose(stopOf(event.target))}
              onContextMenu={onContextMenu}
              {...zoom.pan}
              data-menu
            >
              <defs>
                <pattern
                  id="hatch"
                  width="5"
                  height="5"
                  patternUnits="userSpaceOnUse"
                  patternTransform="rotate(45)"
                >
                  <line x1="0" y1="0" x2="0" y2="5" className="hatch-line" />
                </pattern>
              </defs>
              <g className="path-root" />
            </svg>
          )}
          <PathTable
            hops={useDeferredValue(drawn.hops)}
            missing={missing}
            sides={drawn.sides}
            visible={asTable}
          />
        </div>
        {!asTable && (
          <PathFoot
            callouts={layout.callouts}
            scroll={scroll}
            width={width}
            height={height}
            onGo={(key) => goTo(stops.find((stop) => stop.key === key))}
          />
        )}
      </section>
      <div className="findings">
        <LossPane hops={hops} numbers={ofFilter} />
        {!asTable && <SilentLanes lanes={layout.silent} all={all} onAll={setAll} />}
        <AreaPane open={area} />
      </div>
    </>
  );
}

function markOf(svg: SVGSVGElement | null, key: string): SVGGElement | undefined {
  const marks = [...(svg?.querySelectorAll<SVGGElement>('[data-stop]') ?? [])];
  return marks.find((mark) => mark.getAttribute('data-stop') === key);
}

/** null = all devices; the busiest one when many saw something. */
function firstGroup(groups: readonly Group[]): string | null {
  const weight = ({ hops }: Group) => hops.reduce((sum, hop) => sum + hop.withMetadata * 2 + hop.events, 0);
  if (groups.filter((group) => weight(group) > 0).length <= ALL_AT_FIRST) return null;
  return groups.reduce((best, group) => (weight(group) > weight(best) ? group : best)).key;
}

interface DevicesProps {
  readonly groups: readonly Group[];
  readonly shown: string | null;
  readonly onChoose: (key: string | undefined) => void;
}

function Devices({ groups, shown, onChoose }: DevicesProps) {
  return (
    <div className="chooser" role="group" aria-label="Device">
      <button className="button quiet" aria-pressed={shown === null} onClick={() => onChoose('')}>
        all devices
      </button>
      {groups.map((group) => (
        <button
          key={group.key}
          className="button quiet"
          aria-pressed={shown === group.key}
          onClick={() => onChoose(group.key)}
        >
          {group.title} <span className="mono muted">{whereOf(group, groups)}</span>
        </button>
      ))}
    </div>
  );
}
