/** What is asked of a snapshot, and what it tells of each packet on its way out. */
import type { AreaDecoder } from '#core/metadata/area-scan.ts';
import type { MetadataSchema } from '#core/metadata/types.ts';
import type { CaptureNotes } from '#core/notes/notes.ts';
import type { EventFields } from '#core/pcapng/event.ts';
import type { SharePolicy } from './policy.ts';
import type { ShareSelection } from './selection.ts';

export interface SnapshotOptions {
  readonly policy: SharePolicy;
  readonly selection: ShareSelection;
  /** KEY_BYTES (keyed.ts) of randomness, made for this share and then forgotten. */
  readonly key: Uint8Array;
  /** In place of the schemas in the capture; null = those. */
  readonly schema: MetadataSchema | null;
  /** ISO 8601. */
  readonly created: string;
  /** null = never. */
  readonly expires: string | null;
  /** Instead of never: when the shares that the capture is made of are to be deleted, the first of them. */
  readonly keepsExpiry?: boolean;
  /** null = those that the capture has. */
  readonly notes: CaptureNotes | null;
  /** Also notes on what does not go. */
  readonly allNotes?: boolean;
  /** What its files are called, which are in no block of it. */
  readonly files?: readonly string[];
  /** Told of each packet that goes out, for a preview: nothing of it may be kept but copies. */
  readonly watch?: (packet: WatchedPacket) => void;
}

/** One packet as it was, and as it goes out. */
export interface WatchedPacket {
  /** As it goes out. */
  readonly hop: string;
  readonly hopBefore: string;
  readonly netns: number;
  readonly netnsBefore: number;
  readonly linkType: number;
  readonly before: Uint8Array;
  readonly after: Uint8Array;
  /** What reads the metadata area; null = nothing does. */
  readonly decoder: AreaDecoder | null;
  /** What the kernel said of it; null = nothing. */
  readonly event: { readonly before: EventFields; readonly after: EventFields } | null;
  /** The metadata area. */
  readonly areaBefore: Uint8Array;
  readonly areaAfter: Uint8Array;
}
