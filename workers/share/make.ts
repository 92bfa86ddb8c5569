/** A share of the capture that is open: it is read once more from its source, in slices, and written as a Blob. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { CaptureReader } from '#core/pcapng/reader.ts';
import { KEY_BYTES } from '#core/share/keyed.ts';
import { journeyKeyOf, type ShareSelection } from '#core/share/selection.ts';
import { Snapshot } from '#core/share/snapshot.ts';
import type { CaptureStore } from '#core/store/capture-store.ts';
import { BlobParts } from '#workers/blob-parts.ts';
import { Fault } from '#workers/fault.ts';
import type { WorkProgress } from '#workers/schema/api.ts';
import { openWhole, readNext } from '#workers/schema/whole-capture.ts';
import type { ByteSource } from '#workers/sources/source.ts';
import { Slices, type Clock } from '#workers/slices.ts';
import type { MadeShare, ShareAsk } from './api.ts';
import { Preview } from './preview.ts';

/** About a thousand events, some milliseconds. */
const PUSH_BYTES = 64 * 1024;

export interface ShareParts {
  readonly ask: ShareAsk;
  readonly store: CaptureStore;
  /** Of the capture that is open. */
  readonly from: ByteSource;
  /** Whether a journey is in the list as filtered. */
  readonly isListed: (journey: number) => boolean;
  readonly clock: Clock;
}

/** null = `goOn` said that nobody wants it any more. */
export async function makeShare(
  { ask, store, from, isListed, clock }: ShareParts,
  progress: (progress: WorkProgress) => void,
  goOn: () => boolean,
): Promise<MadeShare | null> {
  const { policy, notes, allNotes, files, expiresMs } = ask;
  const preview = new Preview();
  const created = new Date();
  const snapshot = new Snapshot({
    policy,
    selection: selectionOf(ask, store, isListed),
    key: crypto.getRandomValues(new Uint8Array(KEY_BYTES)),
    schema: store.tlvs.userSchema,
    created: created.toISOString(),
    expires: typeof expiresMs === 'number' ? new Date(created.getTime() + expiresMs).toISOString() : null,
    keepsExpiry: expiresMs === 'kept',
    notes,
    allNotes,
    files,
    watch: (packet) => preview.take(packet),
  });
  const reader = new CaptureReader(snapshot);
  const out = new BlobParts();
  const hash = sha256.create();
  const write = (part: Uint8Array): void => {
    hash.update(part);
    out.add(part);
  };
  const slices = new Slices(clock);
  const { stream, total } = await openWhole(ask.capture, from);
  const source = stream.getReader();
  let bytes = 0;
  for (;;) {
    const { done, value } = await readNext(source);
    if (done) break;
    slices.begin();
    for (let at = 0; at < value.length && !reader.stopped; at += PUSH_BYTES) {
      reader.push(value.subarray(at, at + PUSH_BYTES));
      write(snapshot.take());
      await slices.pause();
      if (!goOn()) {
        await source.cancel().catch(() => undefined);
        return null;
      }
    }
    bytes += value.length;
    progress({ share: total === null || total === 0 ? null : Math.min(1, bytes / total), bytes });
  }
  reader.end();
  const fatal = snapshot.problems.find((problem) => problem.fatal);
  if (fatal !== undefined) throw new Fault(fatal.code, fatal.cause, fatal.remedy);
  const manifest = snapshot.end();
  const shared = snapshot.notes(notes);
  write(snapshot.take());
  return {
    blob: out.pcapng(),
    sha256: bytesToHex(hash.digest()),
    bytesBefore: bytes,
    manifest,
    notes: shared.notes,
    viewLost: shared.lost,
    notesLeft: shared.notesLeft,
    doubts: shared.doubts,
    valueRules: snapshot.valueRules,
    packets: preview.packets,
  };
}

/** Live, the log may reach further back than what this page has read: journeys are told by run and id. */
function selectionOf(
  { journeys, time, hooks }: ShareAsk,
  store: CaptureStore,
  isListed: (journey: number) => boolean,
): ShareSelection {
  return {
    fromNs: time === null ? null : BigInt(time.fromNs),
    toNs: time === null ? null : BigInt(time.toNs),
    hooks: hooks === null ? null : new Set(hooks),
    journeys: journeys === null ? null : keysOf(journeys, store, isListed),
  };
}

function keysOf(
  journeys: 'listed' | readonly number[],
  store: CaptureStore,
  isListed: (journey: number) => boolean,
): ReadonlySet<bigint> {
  const keys = new Set<bigint>();
  const add = (journey: number): void => {
    const key = journeyKeyOf(store, journey);
    if (key !== null) keys.add(key);
  };
  if (journeys !== 'listed') {
    for (const journey of journeys) if (journey < store.journeys.count) add(journey);
    return keys;
  }
  for (let journey = 0; journey < store.journeys.count; journey++) if (isListed(journey)) add(journey);
  return keys;
}
