/** `whither share FILE`: a capture in, and out of it one that may leave. */
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { deflateSync } from 'node:zlib';
import { passingJourneys } from '#core/inspect/where.ts';
import type { MetadataSchema } from '#core/metadata/types.ts';
import { CaptureReader } from '#core/pcapng/reader.ts';
import type { CaptureSink } from '#core/pcapng/types.ts';
import { embedCapture, MAX_EMBEDDED_BYTES, MAX_EMBEDDED_CHARS } from '#core/share/html.ts';
import { KEY_BYTES } from '#core/share/keyed.ts';
import { removedText } from '#core/share/manifest-sink.ts';
import type { SharePolicy } from '#core/share/policy.ts';
import { Foretold } from '#core/share/foretold.ts';
import type { ShareManifest } from '#core/share/manifest.ts';
import { wrongRule } from '#core/share/value-rules.ts';
import { EVERYTHING, type ShareSelection } from '#core/share/selection.ts';
import { Snapshot } from '#core/share/snapshot.ts';
import { CaptureStore } from '#core/store/capture-store.ts';
import { Failure } from '../failure.ts';
import { readFailure } from '../supervisor/handover.ts';
import { whereFailure } from './where-failure.ts';

/** Name of the input that is no file. */
export const STDIN = '-';

export interface ShareOptions {
  /** The same capture once more, read for the journeys that pass `where`; null = all journeys. */
  readonly filtered: { readonly input: Readable; readonly where: string } | null;
  /** The same capture once more, read for what has to be known before a share of a part, or with rules for values, is made; null = neither. */
  readonly first: Readable | null;
  readonly fromNs: bigint | null;
  readonly toNs: bigint | null;
  /** Hook ids. */
  readonly hooks: ReadonlySet<number> | null;
  readonly policy: SharePolicy;
  readonly schema: MetadataSchema | null;
  /** null = never; `kept` = when the share that this is made of is. */
  readonly expiresMs: number | null | 'kept';
  /** Also notes on what does not go. */
  readonly allNotes: boolean;
  /** The manifest instead of the capture. */
  readonly preview: boolean;
  /** The capture inside of this page (share.html of a build); null = the capture alone. */
  readonly page: string | null;
}

/**
 * Resolves with the exit code: 0, or 1 when the capture could not be read to its end; what was read before is
 * written, and nothing when nothing was. What was removed is said on `err`. Failure when the filter is none, a rule is for no type, or the
 * file cannot be read.
 */
export async function shareCapture(
  input: Readable,
  name: string,
  options: ShareOptions,
  out: Writable,
  err: Writable & { readonly isTTY?: boolean },
): Promise<number> {
  const { fromNs, toNs, hooks, filtered, policy, schema, expiresMs, first, allNotes } = options;
  const foretold = new Foretold();
  if (first !== null) await readInto(foretold, first, name, () => Promise.resolve());
  const wrong = wrongRule(policy.values, schema === null ? foretold.schemas : [schema]);
  if (wrong !== null) throw new Failure(`--value: ${wrong.cause}`, wrong.remedy);
  const journeys = filtered === null ? null : await journeysOf(filtered, name, schema);
  const selection: ShareSelection = { ...EVERYTHING, fromNs, toNs, hooks, journeys };
  const created = new Date();
  const snapshot = new Snapshot({
    policy,
    selection,
    key: randomBytes(KEY_BYTES),
    schema,
    created: created.toISOString(),
    expires: typeof expiresMs === 'number' ? new Date(created.getTime() + expiresMs).toISOString() : null,
    keepsExpiry: expiresMs === 'kept',
    notes: foretold.notes,
    allNotes,
    files: name === STDIN ? [] : [path.basename(name)],
  });
  let written = 0;
  const parts: Uint8Array[] = [];
  const write = async (bytes: Uint8Array): Promise<void> => {
    written += bytes.length;
    if (options.preview || bytes.length === 0) return;
    if (options.page !== null) parts.push(bytes);
    else await drained(out, bytes);
  };
  const read = await readInto(snapshot, input, name, async () => {
    if (snapshot.sections > 0) await write(snapshot.take());
    if (err.isTTY === true) err.write(`\r${snapshot.progress.kept} events`);
  });
  if (err.isTTY === true) err.write('\r\x1b[K');
  for (const { offset, cause, remedy } of snapshot.problems) {
    err.write(`${name}: at byte ${offset}: ${cause} ${remedy}\n`);
  }
  // What is no capture has no share.
  if (snapshot.sections === 0) return 1;
  const manifest = snapshot.end();
  await write(snapshot.take());
  if (options.preview) out.write(`${JSON.stringify(manifest, null, 2)}\n`);
  else if (options.page !== null) {
    // The name of a file may be that of its host.
    const title = policy.names === 'keep' ? path.basename(name) : 'share.pcapng';
    await drained(out, pageWith(options.page, Buffer.concat(parts), title));
  }
  const { events } = manifest;
  err.write(
    `${name}: ${events.kept} events of ${events.kept + events.left}, ${read} bytes in, ${written} out; ` +
      `removed ${removedText(manifest)}\n`,
  );
  for (const line of linesOf(snapshot, manifest)) err.write(`${name}: ${line}\n`);
  return snapshot.problems.some(({ fatal }) => fatal) ? 1 : 0;
}

/** What whoever gives the share away may not expect of it. */
function* linesOf(snapshot: Snapshot, { events, expires }: ShareManifest): Iterable<string> {
  if (events.kept === 0)
    yield `nothing of ${many(events.left, 'event')} is selected: the share has no packets`;
  if (snapshot.inheritsExpiry && expires !== null) {
    yield `it is to be deleted after ${expires}, as the share that it is made of: --expires says another time`;
  }
  if (snapshot.written === null) return;
  const { notes, notesLeft, doubts } = snapshot.notes(snapshot.written);
  const report = notes.report === '' ? '' : ' and the report';
  if (report !== '' || notes.items.length > 0)
    yield `with it go ${many(notes.items.length, 'note')}${report}`;
  if (notesLeft > 0)
    yield `${many(notesLeft, 'note')} on what does not go stay here: --all-notes takes them along`;
  if (doubts.length > 0) {
    yield `what was written goes with what looks like an address, a pointer or bytes: ${doubts.join(', ')}`;
  }
}

function many(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

async function drained(out: Writable, bytes: Uint8Array | string): Promise<void> {
  if (!out.write(bytes)) await new Promise((resolve) => out.once('drain', resolve));
}

function pageWith(page: string, capture: Buffer, title: string): string {
  const packed =
    capture.length > MAX_EMBEDDED_BYTES ? '' : deflateSync(capture, { level: 9 }).toString('base64');
  if (capture.length > MAX_EMBEDDED_BYTES || packed.length > MAX_EMBEDDED_CHARS) {
    throw new Failure(
      `${capture.length} bytes are more than a page can hold`,
      'select less, with --where, --from and --to',
    );
  }
  return embedCapture(page, { packed, title, view: '' });
}

async function journeysOf(
  { input, where }: NonNullable<ShareOptions['filtered']>,
  name: string,
  schema: MetadataSchema | null,
): Promise<ReadonlySet<bigint>> {
  const store = new CaptureStore();
  await readInto(store, input, name, () => Promise.resolve());
  const passing = passingJourneys(store, schema, where);
  if ('error' in passing) throw whereFailure(where, passing.error);
  return passing.journeys;
}

/** Bytes read. */
async function readInto(
  sink: CaptureSink,
  input: Readable,
  name: string,
  afterChunk: () => Promise<void>,
): Promise<number> {
  const reader = new CaptureReader(sink);
  try {
    for await (const chunk of input) {
      reader.push(chunk as Uint8Array);
      await afterChunk();
      if (reader.stopped) break;
    }
  } catch (thrown) {
    throw readFailure(name, thrown);
  }
  reader.end();
  return reader.bytesRead;
}
