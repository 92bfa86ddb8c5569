/** `whither inspect FILE`: every event of a capture as a line, or a summary, by the same core as the page. */
import type { Readable, Writable } from 'node:stream';
import { InspectSink } from '#core/inspect/inspect-sink.ts';
import type { InspectedEvent } from '#core/inspect/event-object.ts';
import { locationLine, LocationSink } from '#core/inspect/locations.ts';
import { compileSchema } from '#core/metadata/scan.ts';
import { printType } from '#core/metadata/type-number.ts';
import { budgetLines, budgetObject } from '#core/inspect/budget.ts';
import { lintObjects, lintTable } from '#core/inspect/lint.ts';
import { filterDoubts } from '#core/query/doubts.ts';
import { passingEvents } from '#core/inspect/where.ts';
import { countedObjects, countedTable, summaryObjects, summaryTable } from '#core/inspect/summary.ts';
import type { MetadataSchema } from '#core/metadata/types.ts';
import { CaptureReader } from '#core/pcapng/reader.ts';
import type { CaptureSink, Problem } from '#core/pcapng/types.ts';
import { shareLine, withManifests } from '#core/share/manifest-sink.ts';
import { CaptureStore } from '#core/store/capture-store.ts';
import { codeOf, Failure } from '../failure.ts';
import { readFailure } from '../supervisor/handover.ts';
import { whereFailure } from './where-failure.ts';

/** Lines are written in pieces of about this many characters: one write per line would be most of the work. */
const PIECE_CHARS = 64 * 1024;

export interface InspectOptions {
  readonly json: boolean;
  /** What each hop loses instead of the events. The whole capture is kept in memory for it. */
  readonly summary?: boolean;
  /** What the metadata area costs instead of the events. The whole capture is kept in memory for it. */
  readonly budget?: boolean;
  /** What is wrong with metadata instead of the events. The whole capture is kept in memory for it. */
  readonly lint?: boolean;
  /** Where each TLV was seen beside the area instead of the events. The whole capture is kept in memory for it. */
  readonly locations?: boolean;
  /** Only the events of journeys that this filter passes. The whole capture is kept in memory for it. */
  readonly where?: string;
  /** null = the schemas in the capture. */
  readonly schema: MetadataSchema | null;
}

/** Problems that differ in numbers alone are told one by one up to here, then counted. */
const MAX_ALIKE = 5;
const MAX_PROBLEM_KINDS = 64;

interface Alike {
  /** Beside the first. */
  readonly more: number;
  /** Of the last. */
  readonly offset: Problem['offset'];
  readonly cause: string;
}

/**
 * Prints events of `input` to `out` and problems to `err`. Resolves with the exit code: 0, or 1 when
 * reading stopped before the end; what was read before is printed. A reader that goes away is no fault.
 */
export async function inspect(
  input: Readable,
  name: string,
  options: InspectOptions,
  out: Writable,
  err: Writable,
): Promise<number> {
  const printer = new Printer(out);
  const seen = { fatal: false };
  const say = (text: string): void => {
    err.write(`${name}: ${printable(text)}\n`);
  };
  const alike = new Map<string, Alike>();
  const report = ({ fatal, offset, cause, remedy }: Problem): void => {
    seen.fatal ||= fatal;
    const kind = cause.replace(/\d+/g, '#');
    const told = alike.get(kind);
    if (told === undefined) {
      if (alike.size < MAX_PROBLEM_KINDS) alike.set(kind, { more: 0, offset, cause });
    } else if (!fatal) {
      alike.set(kind, { more: told.more + 1, offset, cause });
      if (told.more + 1 >= MAX_ALIKE) return;
    }
    say(`at byte ${offset}: ${cause} ${remedy}`);
  };
  const format = options.json ? (event: InspectedEvent) => JSON.stringify(event) : formatLine;
  const view = viewOf(options, format, say);
  const sink =
    view?.sink ??
    new InspectSink(
      { event: (event, typeBytes) => printer.line(format(event, typeBytes)), problem: report },
      options.schema,
    );
  const failed = await read(
    input,
    name,
    withManifests(sink, (manifest) => say(shareLine(manifest))),
    printer,
  );
  if (view !== null) {
    view.store.problems.forEach(report);
    for (const line of view.lines(!seen.fatal)) {
      printer.line(line);
      await printer.drain();
      if (printer.closed) break;
    }
  }
  await printer.end();
  for (const { more, offset, cause } of alike.values()) {
    const untold = more + 1 - MAX_ALIKE;
    if (untold > 0) say(`at byte ${offset}: ${cause} This is the last of ${untold} more like it.`);
  }
  if (failed !== null) throw failed;
  return seen.fatal && !printer.closed ? 1 : 0;
}

/** What is told of a capture when the whole of it has been read. */
interface View {
  readonly sink: CaptureSink;
  /** What `sink` reads it into. */
  readonly store: CaptureStore;
  /** `complete`: it was read to its end. Failure when the question is none. */
  lines(complete: boolean): Iterable<string>;
}

/** null = events, as they are read. `say`: beside the lines. */
function viewOf(
  { json, schema, where, ...options }: InspectOptions,
  format: (event: InspectedEvent, typeBytes: number) => string,
  say: (text: string) => void,
): View | null {
  const store = new CaptureStore();
  const view = (lines: View['lines'], sink: CaptureSink = store): View => ({ sink, store, lines });
  const objects = (rows: readonly object[]): string[] => rows.map((row) => JSON.stringify(row));
  if (options.summary === true) {
    return view(function* (complete) {
      const { rows, omitted } = summaryObjects(store, schema);
      yield* json ? objects(rows) : summaryTable(rows, complete);
      const counted = countedObjects(store);
      yield* json ? objects(counted) : countedTable(counted);
      if (omitted > 0) say(`${omitted} losses have no row: there are too many kinds of them`);
    });
  }
  if (options.budget === true) {
    return view(() => {
      const budget = budgetObject(store, schema);
      return (json ? objects([budget]) : budgetLines(budget)).map(printable);
    });
  }
  if (options.lint === true) {
    return view(function* () {
      const found = lintObjects(store, schema);
      yield* json ? objects(found.rows) : lintTable(found);
      if (found.omitted > 0) say(`${found.omitted} findings have no row: there are too many kinds of them`);
    });
  }
  if (options.locations === true) {
    const sink = new LocationSink(store);
    if (schema !== null) store.rereading.begin(compileSchema(schema));
    return view(function* () {
      let any = false;
      for (const found of sink.objects()) {
        any = true;
        yield json ? JSON.stringify(found) : printable(locationLine(found));
      }
      if (!any) say('no TLV was seen in another place than the metadata area');
    }, sink);
  }
  if (where === undefined) return null;
  return view(function* () {
    const passing = passingEvents(store, schema, where);
    if ('error' in passing) throw whereFailure(where, passing.error);
    for (const { cause, remedy } of filterDoubts(where, store)) say(`--where: ${cause} ${remedy}`);
    for (const { event, typeBytes } of passing.events) yield format(event, typeBytes);
  });
}

/** Reads `input` into `sink` until one of them ends, or nobody takes the lines any more; what kept it from reading on, null = nothing. */
async function read(
  input: Readable,
  name: string,
  sink: CaptureSink,
  printer: Printer,
): Promise<Error | null> {
  const reader = new CaptureReader(sink);
  try {
    for await (const chunk of input) {
      reader.push(chunk as Uint8Array);
      await printer.drain();
      if (reader.stopped || printer.closed) break;
    }
  } catch (thrown) {
    const isBug = codeOf(thrown) === '' && !(thrown instanceof Failure);
    return isBug && thrown instanceof Error ? thrown : readFailure(name, thrown);
  }
  if (!printer.closed) reader.end();
  return null;
}

/** `17 1795392000.000000640 eth0:tcx/ingress@first j=3 UDP 10.0.0.1:4000 → 10.0.0.2:53 trace_id=0x2a` */
export function formatLine(event: InspectedEvent, typeBytes: number): string {
  const time = event.time_ns.padStart(10, '0');
  const parts = [
    String(event.n),
    `${time.slice(0, -9)}.${time.slice(-9)}`,
    event.interface === '' ? '-' : event.interface,
    event.journey === null ? 'j=-' : `j=${event.journey}`,
    event.protocol,
  ];
  if (event.src !== null || event.dst !== null) {
    parts.push(`${endpoint(event.src, event.sport)} → ${endpoint(event.dst, event.dport)}`);
  }
  for (const { name, type, value } of event.tlvs) {
    parts.push(`${name === '' ? `type ${printType(type, typeBytes)}` : name}=${value}`);
  }
  if (event.tlvs.length === 0 && event.meta_hex !== '') parts.push(`meta=${event.meta_hex}`);
  if (event.meta_state !== undefined) parts.push(`meta ${event.meta_state}`);
  if (event.fault !== undefined) parts.push(`(${event.fault})`);
  for (const comment of event.comments ?? []) parts.push(`# ${comment}`);
  return printable(parts.join('  '));
}

/** What comes from a capture must not move the cursor or forge a line. */
function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, '\u00b7');
}

function endpoint(address: string | null, port: number | null): string {
  if (port === null) return address ?? '-';
  return address?.includes(':') ? `[${address}]:${port}` : `${address ?? '-'}:${port}`;
}

/** Collects lines and waits for a slow reader, so that a capture larger than memory can be piped on. */
class Printer {
  closed = false;
  readonly #out: Writable;
  #piece = '';

  constructor(out: Writable) {
    this.#out = out;
    out.on('error', () => (this.closed = true));
  }

  line(text: string): void {
    this.#piece += `${text}\n`;
  }

  async drain(): Promise<void> {
    if (this.#piece.length >= PIECE_CHARS) await this.end();
  }

  /** Resolves when everything is taken, or nobody takes it any more. */
  end(): Promise<void> {
    const piece = this.#piece;
    this.#piece = '';
    if (piece === '' || this.closed) return Promise.resolve();
    return new Promise((resolve) => {
      this.#out.write(piece, (error) => {
        if (error) this.closed = true;
        resolve();
      });
    });
  }
}
