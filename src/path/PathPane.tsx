/** The path: where packets go and where their metadata is. Each hop filters the list. */
import {
  useDeferredValue,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type KeyboardEvent,
  type MouseEvent,
} from 'react';
import { HARMS, type Edge, type Harm, type Hop, type MissingHook } from '#workers/api.ts';
import { scopedAction } from '#src/keys/bind.ts';
import { harmsSeen } from '#src/state/harm.ts';
import { hopOfKey } from '#src/state/hop-key.ts';
import { isFiltered } from '#src/state/list-filter.ts';
import { usePage, useSession } from '#src/state/context.ts';
import { useWidth } from '#src/app/use-size.ts';
import { drawPath } from './draw.ts';
import { firstLanes, groupsOf, layoutPath, type PathLayout } from './layout.ts';
import { PathTable } from './PathTable.tsx';
import './path.css';

const NO_HOPS: readonly Hop[] = [];
const NO_EDGES: readonly Edge[] = [];
const NO_MISSING: readonly MissingHook[] = [];
const HARM_MEANING: Readonly<Record<Harm, string>> = {
  lost: 'Only journeys that had metadata and have none any more (x)',
  clobbered: 'Only journeys whose metadata was overwritten, and not by a program',
  suspect: 'Only journeys where the MAC header moved and the metadata did not',
  unreadable: 'Only journeys with a length of metadata, but no readable bytes',
};
/** More groups than this and the page begins with the busiest one. */
const ALL_AT_FIRST = 2;
const ROOMY_HEIGHT_PX = 900;

interface Stop {
  readonly key: string;
  readonly hop: number | null;
  readonly x: number;
  readonly y: number;
}

/** Every station in reading order, with its place in the drawing: what the arrow keys walk. */
function stopsOf(layout: PathLayout): readonly Stop[] {
  return layout.groups.flatMap((group) => [
    ...group.lanes.flatMap((lane) =>
      lane.stations.map((station) => ({
        key: `${group.key}/${station.key}`,
        hop: station.hop?.index ?? null,
        x: group.x + station.x,
        y: group.y + lane.y,
      })),
    ),
    ...group.ends.map((end) => ({
      key: `${group.key}/${end.key}`,
      hop: end.hop?.index ?? null,
      x: group.x + end.x,
      y: group.y + end.y - 30,
    })),
  ]);
}

/** The nearest stop in a direction; the same one when there is none. */
function step(stops: readonly Stop[], from: Stop, horizontal: number, vertical: number): Stop {
  let best = from;
  let bestDistance = Infinity;
  for (const stop of stops) {
    const dx = stop.x - from.x;
    const dy = stop.y - from.y;
    const ahead = horizontal !== 0 ? dx * horizontal : dy * vertical;
    const aside = Math.abs(horizontal !== 0 ? dy : dx);
    if (ahead <= 20 || (horizontal !== 0 && aside > 45)) continue;
    const distance = ahead + 2 * aside;
    if (distance < bestDistance) {
      best = stop;
      bestDistance = distance;
    }
  }
  return best;
}

export function PathPane() {
  const session = useSession();
  const hops = usePage((state) => state.calm?.hops ?? NO_HOPS);
  const edges = usePage((state) => state.calm?.edges ?? NO_EDGES);
  const missing = usePage((state) => state.calm?.missingHooks ?? NO_MISSING);
  const link = usePage((state) => state.link);
  const [only, setOnly] = useState<string | undefined>(undefined);
  const [current, setCurrent] = useState('');
  const scroll = useRef<HTMLDivElement>(null);
  const svg = useRef<SVGSVGElement>(null);
  const width = useWidth(scroll);

  const groups = useMemo(() => groupsOf(hops), [hops]);
  const busiest = groups.reduce<{ key: string; events: number } | null>((best, group) => {
    const events = group.hops.reduce((sum, hop) => sum + hop.withMetadata * 2 + hop.events, 0);
    return best === null || events > best.events ? { key: group.key, events } : best;
  }, null);
  const wanted = only === undefined && groups.length > ALL_AT_FIRST ? (busiest?.key ?? '') : (only ?? '');
  const shown = groups.some((group) => group.key === wanted) ? wanted : null;
  const filtered = isFiltered(link);
  const bandHeight = innerHeight >= ROOMY_HEIGHT_PX ? 44 : 28;
  const layout = useMemo(
    () =>
      layoutPath(hops, missing, edges, {
        width: Math.max(320, width - 28),
        only: shown,
        filtered,
        bandHeight,
      }),
    [hops, missing, edges, width, shown, filtered, bandHeight],
  );
  const stops = useMemo(() => stopsOf(layout), [layout]);
  const pressedHop = link.hop === null ? null : hopOfKey(hops, link.hop);
  const focusKey = (stops.find((stop) => stop.key === current) ?? stops[0])?.key ?? '';

  // The first time, marks are made: lane by lane, each in a task of its own. From then on they only change.
  const lanesDrawn = useRef(0);
  useLayoutEffect(() => {
    const element = svg.current;
    if (element === null || width === 0) return;
    const pressed = stops.find((stop) => stop.hop !== null && stop.hop === pressedHop)?.key ?? '';
    const lanes = layout.groups.reduce((sum, group) => sum + group.lanes.length, 0);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const draw = () => {
      lanesDrawn.current = Math.max(1, Math.min(lanes, lanesDrawn.current + 1));
      const whole = lanesDrawn.current >= lanes;
      const part = whole ? layout : firstLanes(layout, lanesDrawn.current);
      drawPath(element, part, { bandHeight, pressed, current: focusKey });
      if (!whole) timer = setTimeout(draw, 0);
    };
    draw();
    return () => clearTimeout(timer);
  }, [layout, stops, pressedHop, focusKey, width, bandHeight]);

  const stopOf = (target: EventTarget): Stop | undefined => {
    const key =
      target instanceof Element ? target.closest('[data-station]')?.getAttribute('data-station') : null;
    return stops.find((stop) => stop.key === key);
  };
  const choose = (stop: Stop | undefined) => {
    if (stop === undefined) return;
    setCurrent(stop.key);
    if (stop.hop !== null) session.filter.toggleHop(stop.hop);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const from = stopOf(event.target);
    if (from === undefined) return;
    const go = (to: Stop | undefined) => {
      if (to === undefined) return;
      setCurrent(to.key);
      const element = [...(svg.current?.querySelectorAll<SVGGElement>('[data-station]') ?? [])].find(
        (candidate) => candidate.getAttribute('data-station') === to.key,
      );
      element?.focus();
    };
    scopedAction('path', event, {
      'path.previous': () => go(step(stops, from, -1, 0)),
      'path.next': () => go(step(stops, from, 1, 0)),
      'path.up': () => go(step(stops, from, 0, -1)),
      'path.down': () => go(step(stops, from, 0, 1)),
      'path.first': () => go(stops[0]),
      'path.last': () => go(stops[stops.length - 1]),
      'path.filter': () => choose(from),
    });
  };

  return (
    <section className="pane path-pane" aria-label="Path" data-pane="path">
      <header className="pane-head">
        <h2>Path</h2>
        {groups.length > 1 && (
          <div className="chooser" role="group" aria-label="Device">
            <button className="button quiet" aria-pressed={shown === null} onClick={() => setOnly('')}>
              all devices
            </button>
            {groups.map((group) => (
              <button
                key={group.key}
                className="button quiet"
                aria-pressed={shown === group.key}
                onClick={() => setOnly(group.key)}
              >
                {group.title}
                {groups.some((other) => other !== group && other.title === group.title) && (
                  <span className="mono muted">netns {group.netns}</span>
                )}
              </button>
            ))}
          </div>
        )}
        <PathFilter />
      </header>
      <div className="path-scroll" ref={scroll}>
        <svg
          ref={svg}
          role="group"
          aria-label="Hooks in kernel order; Enter filters the list"
          onKeyDown={onKeyDown}
          onClick={(event: MouseEvent) => choose(stopOf(event.target))}
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
        <PathTable hops={useDeferredValue(hops)} missing={missing} />
      </div>
    </section>
  );
}

/** The filter in force, in words, with how to change it: always visible above what it changes. */
function PathFilter() {
  const session = useSession();
  const link = usePage((state) => state.link);
  const hopUnknown = usePage(
    ({ newest }) =>
      link.hop !== null &&
      newest !== null &&
      newest.hops.length > 0 &&
      hopOfKey(newest.hops, link.hop) === null,
  );
  // As one text: the same when only counts have changed.
  const seen = usePage((state) => harmsSeen(state.calm?.hops ?? NO_HOPS, state.link.harm).join(' '));
  const harms = HARMS.filter((harm) => seen.split(' ').includes(harm));
  const active = isFiltered(link);
  return (
    <div className="path-filter push">
      <div className="chooser" role="group" aria-label="Filter">
        <button
          className="button quiet"
          aria-pressed={link.metadata === 'with'}
          onClick={() => session.filter.set({ metadata: link.metadata === 'with' ? null : 'with' })}
        >
          <i className="key-mark meta" aria-hidden="true" /> with metadata
        </button>
        <button
          className="button quiet"
          aria-pressed={link.metadata === 'without'}
          onClick={() => session.filter.set({ metadata: link.metadata === 'without' ? null : 'without' })}
        >
          <i className="key-mark" aria-hidden="true" /> without
        </button>
        {harms.map((harm) => (
          <button
            key={harm}
            className="button quiet"
            aria-pressed={link.harm === harm}
            title={HARM_MEANING[harm]}
            onClick={() => session.filter.set({ harm: link.harm === harm ? null : harm })}
          >
            <i className={`key-mark ${harm}`} aria-hidden="true" /> {harm}
          </button>
        ))}
      </div>
      {link.hop !== null && <span className="mono path-filter-hop">at {link.hop}</span>}
      {hopUnknown && <span role="status">not in this capture: does not filter</span>}
      {active ? (
        <button className="button quiet small" onClick={() => session.filter.clear()}>
          clear filter
        </button>
      ) : (
        <span className="muted">click a hop to filter</span>
      )}
    </div>
  );
}
