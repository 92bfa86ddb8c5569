/** The hops of the path: mark, name, and what was counted there. */
import { printCount } from '#src/list/print.ts';
import type { EnterElement, Selection } from 'd3-selection';
import { quoted } from '#core/query/quote.ts';
import { countedSum } from '#core/store/counted-text.ts';
import { damagesOf, damageText } from '#src/loss/damage.ts';
import { TONES } from './callouts.ts';
import { countedWords, isCounter } from './counted.ts';
import {
  averageBytes,
  FIRST_LINE,
  LINE_PX,
  printShare,
  type Count,
  type EndStation,
  type RowLayout,
  type Station,
} from './layout.ts';
import { attr, choosable, keyOf, text, type DrawOptions } from './marks.ts';

type Group<Datum> = Selection<SVGGElement, Datum, SVGGElement, unknown>;
type Layer = Selection<SVGGElement, unknown, null, undefined>;

/** Half the width of what takes clicks. */
const STATION_HALF_PX = 26;
const QUIET_HALF_PX = 4;
const HATCH_HALF_PX = 3;
/** A difference of shares that is said aloud. */
const TELLING_POINTS = 5;
/** kfree_skb: the one end that is damage. */
const DROPPED_HOOK = 10;
const SIDE_NAMES = ['A', 'B'] as const;

function describeCount(of: Count, name: string): string {
  const { numbers } = of;
  if (numbers === null) return `${name}no packets counted`;
  const bytes = numbers.withMetadata === 0 ? '' : `, ${averageBytes(numbers)} B on average`;
  const unreadable = numbers.unreadable === 0 ? '' : `, ${printCount(numbers.unreadable)} unreadable`;
  const gone =
    numbers.metadataLost === 0 ? '' : `, ${printCount(numbers.metadataLost)} lost their metadata before it`;
  const why = damagesOf(numbers).map((damage) => `\n${damageText(damage)}`);
  return `${name}${printCount(of.events)} packets, ${printShare(of.withMetadata, of.events)} with metadata${bytes}${gone}${unreadable}${why.join('')}`;
}

function describe({ hop, missing, label, counts }: Station | EndStation): string {
  if (hop === null) return `${label}: not observed. ${missing?.reason ?? ''}`;
  if (isCounter(hop)) return `${hop.name}: ${countedWords(hop)}`;
  const missed = hop.lost === 0 ? '' : `, ${printCount(hop.lost)} events missed`;
  const told = counts.map((one, i) =>
    describeCount(one, counts.length > 1 ? `${SIDE_NAMES[i] ?? ''}: ` : ''),
  );
  return `${hop.name}: ${told.join('; ')}${missed}`;
}

/** What a hop is in the filter language stands with it; where two hops have the name, its menu says which. */
function withFilter(station: Station | EndStation): string {
  const { hop } = station;
  if (hop === null || isCounter(hop)) return describe(station);
  return `${describe(station)}\nFilter: hop == ${quoted(hop.name)}`;
}

/** Points of percent by which B's share is above A's; null when one of them saw nothing. */
export function difference([a, b]: readonly Count[]): number | null {
  if (a === undefined || b === undefined || a.events === 0 || b.events === 0) return null;
  return Math.round(100 * (b.withMetadata / b.events - a.withMetadata / a.events));
}

function signed(points: number): string {
  return points === 0 ? '=' : `${points > 0 ? '+' : '−'}${Math.abs(points)}`;
}

interface Line {
  readonly text: string;
  readonly kind: 'count' | 'share' | 'none' | 'better' | 'worse';
}

/** What stands below a hop, line by line. */
function linesOf({ hop, counts, roomy, saysBytes }: Station | EndStation): readonly Line[] {
  const [first] = counts;
  if (hop === null || first === undefined) return [];
  if (isCounter(hop))
    return [
      { text: printCount(countedSum(hop.counted)), kind: 'count' },
      { text: 'counted', kind: 'none' },
    ];
  if (counts.length === 1) {
    const bytes = saysBytes ? ` · ${averageBytes(first.numbers)} B` : '';
    const share = first.withMetadata === 0 ? '–' : `${printShare(first.withMetadata, first.events)}${bytes}`;
    return [
      { text: printCount(first.events), kind: 'count' },
      { text: first.events === 0 ? '' : share, kind: first.withMetadata === 0 ? 'none' : 'share' },
    ];
  }
  const points = difference(counts);
  const telling = points !== null && Math.abs(points) >= TELLING_POINTS;
  return [
    ...counts.map((one): Line => ({
      text: `${roomy && one.events > 0 ? `${printCount(one.events)} · ` : ''}${printShare(one.withMetadata, one.events)}`,
      kind: one.withMetadata === 0 ? 'none' : 'share',
    })),
    {
      text: points === null ? '' : signed(points),
      kind: !telling ? 'none' : points < 0 ? 'worse' : 'better',
    },
  ];
}

interface Place {
  readonly x: number;
  /** Middle, from `x`, and base line. */
  readonly label: readonly [number, number];
  readonly dot: number;
  /** Both ends of the line; where the hatch of a hook that is not observed begins. */
  readonly line: readonly [number, number];
  readonly hatch: number;
  readonly lines: number;
  /** Top and height of what takes clicks. */
  readonly hit: readonly [number, number];
}

export function drawStations(layer: Layer, row: RowLayout, options: DrawOptions): void {
  const stations = layer
    .selectAll<SVGGElement, Station>('g.station')
    .data(
      row.lanes.flatMap((lane) => lane.stations),
      keyOf,
    )
    .join(appendStation);
  place(stations, options, (station) => {
    const { foot } = row;
    const lines = options.compared ? 3 : 2;
    return {
      x: station.x,
      label: [station.labelX - station.x, station.labelY],
      dot: row.dotY,
      line: [station.quiet ? row.dotY + 3 : station.labelY + 4, foot + 2],
      hatch: row.dotY + 9,
      lines: foot,
      hit: [station.labelY - 12, foot + FIRST_LINE + lines * LINE_PX - 6 - (station.labelY - 12)],
    };
  });
}

export function drawEnds(layer: Layer, ends: readonly EndStation[], options: DrawOptions): void {
  const stations = layer
    .selectAll<SVGGElement, EndStation>('g.station')
    .data(ends, keyOf)
    .join(appendStation);
  place(stations, options, ({ x, y, counts }) => {
    const half = Math.max(4, (counts[0]?.band ?? 0) / 2);
    return {
      x,
      label: [0, y - half - 7],
      dot: y,
      line: [y - half, y + half],
      hatch: y - half,
      lines: y + half - 3,
      hit: [y - half - 20, 2 * half + 20 + FIRST_LINE + LINE_PX],
    };
  });
}

/** The marks of one hop; also of the hops at the end of the rows. */
function appendStation<Datum>(enter: Selection<EnterElement, Datum, SVGGElement, unknown>): Group<Datum> {
  const station = enter.append('g').attr('class', 'station');
  const button = station.append('g').attr('class', 'station-button').attr('role', 'button');
  button.append('title').attr('aria-hidden', 'true');
  button.append('rect').attr('class', 'station-hit').attr('rx', 4);
  button
    .append('rect')
    .attr('class', 'station-hatch')
    .attr('width', 2 * HATCH_HALF_PX);
  button.append('line').attr('class', 'station-line');
  button.append('circle').attr('class', 'station-dot').attr('r', 4);
  // Beside the button, whose label says all of it, and whole.
  station.append('text').attr('class', 'station-label').attr('aria-hidden', 'true');
  for (let line = 0; line < 3; line++) {
    station.append('text').attr('class', 'station-count').attr('aria-hidden', 'true');
  }
  return station;
}

function place<Datum extends Station | EndStation>(
  stations: Group<Datum>,
  options: DrawOptions,
  placeOf: (datum: Datum) => Place,
): void {
  const isQuiet = (station: Datum) => 'quiet' in station && station.quiet;
  attr(stations, 'transform', (station) => `translate(${placeOf(station).x.toFixed(1)},0)`);
  attr(stations, 'class', (station) => stationClass(station, options));
  const buttons = stations.select<SVGGElement>('g.station-button');
  choosable(buttons, options, describe);
  attr(buttons, 'aria-disabled', (station) =>
    station.hop === null || isCounter(station.hop) ? 'true' : null,
  );
  text(stations.select('title'), withFilter);
  const half = (station: Datum) => (isQuiet(station) ? QUIET_HALF_PX : STATION_HALF_PX);
  const hit = stations.select<SVGRectElement>('rect.station-hit');
  attr(hit, 'y', (station) => placeOf(station).hit[0]);
  attr(hit, 'height', (station) => placeOf(station).hit[1]);
  attr(hit, 'x', (station) => -half(station));
  attr(hit, 'width', (station) => 2 * half(station));
  const hatch = stations.select<SVGRectElement>('rect.station-hatch');
  attr(hatch, 'x', -HATCH_HALF_PX);
  attr(hatch, 'y', (station) => placeOf(station).hatch);
  attr(hatch, 'height', (station) => Math.max(0, placeOf(station).line[1] - placeOf(station).hatch));
  attr(hatch, 'visibility', (station) => (station.hop === null ? 'visible' : 'hidden'));
  const line = stations.select('line.station-line');
  attr(line, 'y1', (station) => placeOf(station).line[0]);
  attr(line, 'y2', (station) => placeOf(station).line[1]);
  const dot = stations.select('circle.station-dot');
  attr(dot, 'cy', (station) => placeOf(station).dot);
  attr(dot, 'r', (station) => (isQuiet(station) ? 3 : 4));
  const label = stations.select<SVGTextElement>('text.station-label');
  attr(label, 'x', (station) => placeOf(station).label[0]);
  attr(label, 'y', (station) => placeOf(station).label[1]);
  text(label, (station) => station.label);
  stations.each(function (station) {
    const lines = linesOf(station);
    const first = placeOf(station).lines + FIRST_LINE;
    this.querySelectorAll<SVGTextElement>('text.station-count').forEach((element, i) => {
      const said = lines[i];
      const next = `station-count line-${said?.kind ?? 'count'}`;
      if (element.getAttribute('class') !== next) element.setAttribute('class', next);
      const y = String(Math.round(10 * (first + i * LINE_PX)) / 10);
      if (element.getAttribute('y') !== y) element.setAttribute('y', y);
      if (element.textContent !== (said?.text ?? '')) element.textContent = said?.text ?? '';
    });
  });
}

function stationClass(station: Station | EndStation, options: DrawOptions): string {
  const { hop, counts } = station;
  const seen = counts.some(({ events }) => events > 0);
  const harms = counts.flatMap(({ numbers }) => {
    if (numbers === null) return [];
    const tones = damagesOf(numbers).map(({ state }) => TONES[state]);
    return numbers.metadataLost > 0 ? ['lost', ...tones] : tones;
  });
  const points = difference(counts);
  const marks = [
    hop === null && 'missing',
    hop !== null && isCounter(hop) && 'counter',
    hop !== null && !isCounter(hop) && !seen && 'empty',
    hop !== null && harms.length > 0 && 'loses',
    hop !== null && harms.length > 0 && !harms.includes('lost') && 'suspects',
    points !== null && Math.abs(points) >= TELLING_POINTS && 'differs',
    options.pressed.has(station.key) && 'pressed',
    'quiet' in station && station.quiet && 'quiet',
    'y' in station && 'end',
    'y' in station && hop?.hook === DROPPED_HOOK && seen && 'dropped',
  ];
  return ['station', ...marks.filter((mark) => mark !== false)].join(' ');
}
