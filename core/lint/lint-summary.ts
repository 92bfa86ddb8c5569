/**
 * Findings of all events, summed by hop, kind and type. A query over the areas that are loaded, by the schemas in force: run
 * again it is of what is there then. `advance` takes events in bounded steps.
 */
import { META_STATE } from '#core/format/structs.ts';
import type { AreaDecoder } from '#core/metadata/scan.ts';
import type { CaptureStore } from '#core/store/capture-store.ts';
import { decimal, journeyId } from '#core/store/event-text.ts';
import { CHUNK_MASK } from '#core/store/limits.ts';
import { findingText, SEVERITY, type Finding, type LintCode, type Severity } from './finding.ts';
import { roomInFront, roomOf } from './headroom.ts';
import { lintArea, lintRoom } from './lint-area.ts';

/** Rows of a summary; findings beyond are counted. */
export const MAX_LINT_ROWS = 1024;
/** An area that is carried from hop to hop is looked at once: journeys come close together. */
const CACHE_AREAS = 1 << 14;

export interface LintRow {
  /** Index into the hops of the store. */
  readonly hop: number;
  readonly code: LintCode;
  readonly severity: Severity;
  /** null = the area as a whole. */
  readonly type: number | null;
  readonly name: string;
  /** Events with it, of those with an area that a schema reads. */
  readonly events: number;
  readonly of: number;
  /** Number and id of the first journey with it, and what was found there. */
  readonly example: number;
  readonly exampleId: string;
  readonly text: string;
}

export interface LintSummary {
  readonly rows: readonly LintRow[];
  /** Findings without a row. */
  readonly omitted: number;
  /** Events with an area that a schema reads, and how many of them have an error or a warning. */
  readonly events: number;
  readonly flawed: number;
}

interface Tally {
  readonly finding: Finding;
  readonly decoder: AreaDecoder;
  readonly hop: number;
  readonly event: number;
  events: number;
}

export class LintSummaryQuery {
  private readonly store: CaptureStore;
  private readonly end: number;
  private cursor = 0;
  private readonly tallies = new Map<string, Tally>();
  private readonly checked: Float64Array;
  private readonly cachedArea = new Uint32Array(CACHE_AREAS);
  private readonly cached: (readonly Finding[])[] = [];
  private events = 0;
  private flawed = 0;
  private omitted = 0;

  constructor(store: CaptureStore) {
    this.store = store;
    this.end = store.events.count;
    this.checked = new Float64Array(store.hops.hops.length);
  }

  /** Looks at `budget` events; true when there are no more. */
  advance(budget: number): boolean {
    const end = Math.min(this.end, this.cursor + budget);
    for (; this.cursor < end; this.cursor++) this.take(this.cursor);
    return this.cursor === this.end;
  }

  /** Of the events that `advance` has looked at; what is worst and most frequent first. */
  summary(): LintSummary {
    const rows = [...this.tallies.values()].map((tally) => this.row(tally));
    rows.sort((a, b) => RANK[a.severity] - RANK[b.severity] || b.events - a.events || a.hop - b.hop);
    return { rows, omitted: this.omitted, events: this.events, flawed: this.flawed };
  }

  private take(event: number): void {
    const chunk = this.store.events.chunk(event);
    const row = event & CHUNK_MASK;
    const area = chunk.area[row]!;
    if (area === 0 || chunk.metaState[row] !== META_STATE.present) return;
    const decoder = this.store.tlvs.decoderFor(area);
    if (decoder === null) return;
    const hop = chunk.hop[row]!;
    this.events++;
    this.checked[hop]!++;
    const seen = new Set<string>();
    const add = (finding: Finding): void => {
      const key = `${hop} ${finding.code} ${finding.type ?? ''} ${finding.name}`;
      // Twice in one area is one event all the same.
      if (seen.has(key)) return;
      seen.add(key);
      this.count(key, { finding, decoder, hop, event, events: 1 });
    };
    const findings = [...this.findingsOf(area, decoder)];
    const length = this.store.areas.length(area);
    const room = roomOf(chunk, row, this.store.hops.hops[hop]!.hook);
    if (room !== null) findings.push(...lintRoom(roomInFront(room, length), length));
    findings.forEach(add);
    if (findings.some(({ code }) => SEVERITY[code] !== 'note')) this.flawed++;
  }

  private findingsOf(area: number, decoder: AreaDecoder): readonly Finding[] {
    const slot = area & (CACHE_AREAS - 1);
    if (this.cachedArea[slot] === area) return this.cached[slot]!;
    const findings = lintArea(decoder, this.store.areas.bytes(area));
    this.cachedArea[slot] = area;
    this.cached[slot] = findings;
    return findings;
  }

  private count(key: string, tally: Tally): void {
    const known = this.tallies.get(key);
    if (known !== undefined) known.events++;
    else if (this.tallies.size < MAX_LINT_ROWS) this.tallies.set(key, tally);
    else this.omitted++;
  }

  private row({ finding, decoder, hop, event, events }: Tally): LintRow {
    const example = this.store.events.chunk(event).journey[event & CHUNK_MASK]!;
    const id = journeyId(this.store, example);
    return {
      hop,
      code: finding.code,
      severity: SEVERITY[finding.code],
      type: finding.type,
      name: finding.name,
      events,
      of: this.checked[hop]!,
      example,
      exampleId: decimal(id.hi, id.lo),
      text: findingText(finding, decoder),
    };
  }
}

const RANK: Readonly<Record<Severity, number>> = { error: 0, warning: 1, note: 2 };
