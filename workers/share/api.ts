/** What the page asks about shares; part of WhitherWorker. */
import type { CaptureNotes } from '#core/notes/notes.ts';
import type { Problem } from '#core/pcapng/types.ts';
import type { Fate, ValueChange } from '#core/share/changes.ts';
import type { ShareManifest } from '#core/share/manifest.ts';
import type { LostView } from '#core/share/notes.ts';
import type { SharePolicy, ValueRule } from '#core/share/policy.ts';
import type { TimeRange } from '#core/store/view.ts';
import type { WholeCapture } from '#workers/schema/api.ts';

export type { CaptureNotes, Fate, LostView, ShareManifest, SharePolicy, ValueChange };
export type { CaptureNote, Pin } from '#core/notes/notes.ts';

export interface ShareAsk {
  readonly capture: WholeCapture;
  /** Those of the list as filtered; by number; null = all. */
  readonly journeys: 'listed' | readonly number[] | null;
  readonly time: TimeRange | null;
  /** Hook ids; null = all. */
  readonly hooks: readonly number[] | null;
  readonly policy: SharePolicy;
  readonly notes: CaptureNotes;
  /** Also notes on what does not go. */
  readonly allNotes: boolean;
  /** What its files are called here. */
  readonly files: readonly string[];
  /** null = it does not expire; `kept` = when the share that this is made of does. */
  readonly expiresMs: number | null | 'kept';
}

export interface PreviewPacket {
  readonly hop: string;
  /** Value by value, as it is and as it goes. */
  readonly changes: readonly ValueChange[];
  /** Hex digits, of at most MAX_PREVIEW_BYTES. */
  readonly before: string;
  readonly after: string;
  readonly areaBefore: string;
  readonly areaAfter: string;
}
export const MAX_PREVIEW_PACKETS = 3;
export const MAX_PREVIEW_BYTES = 256;

export interface MadeShare {
  /** pcapng. */
  readonly blob: Blob;
  readonly bytesBefore: number;
  /** Hex digits, of the blob. */
  readonly sha256: string;
  readonly manifest: ShareManifest;
  /** As they go out. */
  readonly notes: CaptureNotes;
  /** What of the view does not go along. */
  readonly viewLost: readonly LostView[];
  /** How many notes are on what does not go, and stay. */
  readonly notesLeft: number;
  /** Of what was written: what looks like an address, a pointer or bytes, and goes as it is. */
  readonly doubts: readonly string[];
  /** By `SCHEMA.TYPE`: the rules that its values can have. */
  readonly valueRules: ReadonlyMap<string, readonly ValueRule[]>;
  readonly packets: readonly PreviewPacket[];
}

/** What a capture that is a share says of itself. */
export interface ArrivedShare {
  /** Of several files: that of the share which is to be deleted first. */
  readonly manifest: ShareManifest | null;
  /** What was taken out and replaced, in one line, of several files with their names; '' = none is a share. */
  readonly line: string;
  readonly notes: CaptureNotes | null;
  /** What could not be read of it. */
  readonly faults: readonly Problem[];
}

export interface ShareWork {
  /** null = it was given up (GIVE_UP on the port). Rejects with a Fault. */
  makeShare(ask: ShareAsk, progress: MessagePort): Promise<MadeShare | null>;
  /**
   * base64 of deflate (core/share/html.ts), as text in a Blob; null = it was given up (GIVE_UP on the port). Rejects with a Fault
   * when it is more than a page holds.
   */
  packShare(blob: Blob, progress: MessagePort): Promise<Blob | null>;
  arrivedShare(): Promise<ArrivedShare>;
}
