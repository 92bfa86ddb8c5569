/** Where a capture's bytes come from: a file, a URL or a live agent. All enter the worker here, as the same bytes. */

import type { Problem } from '#core/pcapng/types.ts';
import type { JoinedAgent, Status } from '#core/protocol/messages.ts';

/** Where the bytes that follow begin. Called before the first chunk and whenever they do not join on. */
export interface Beginning {
  /** Offset of the next chunk. */
  readonly offset: number;
  /** The bytes belong to another log than those before: forget everything. */
  readonly reset: boolean;
  /** Bytes between what was delivered and `offset` that nobody will deliver; null = none were. */
  readonly missedBytes: number | null;
  /** Of several files: the name of the one that follows, null = what stands between them. */
  readonly file?: string | null;
}

/** How much of a live log this page keeps itself, in bytes. */
export interface Kept {
  readonly bytes: number;
  readonly limitBytes: number;
  /** Those that were kept once. They are asked of the agent, which may have them still. */
  readonly droppedBytes: number;
}

/** Bytes of a source, not empty. */
export interface Span {
  readonly offset: number;
  readonly length: number;
}

/** What a source tells its reader. */
export interface SourceSink {
  begin(at: Beginning): void;
  /**
   * The next bytes. The source waits for the promise before it delivers more: that is the whole of the
   * back-pressure. `bytes` stay valid and unchanged afterwards.
   */
  chunk(bytes: Uint8Array, offset: number): Promise<void>;
  /** Of several files: the last bytes of one that are no whole block, and are not delivered, for more files follow. */
  cutOff(bytes: Uint8Array, problem: Problem): void;
  /** Live only: connected, or cut and trying again. A `problem` stays until the connection is live again. */
  connection(state: 'live' | 'reconnecting', text: string, problem?: Problem): void;
  /** Live only: what the agent says of the capture. */
  status(status: Status): void;
  /** Live only: what became of each agent that this one has joined. */
  agents(agents: readonly JoinedAgent[]): void;
}

export interface ByteSource {
  readonly title: string;
  /** Bytes there are in all, when known. May become known after `start`. */
  readonly totalBytes: number | null;
  /** Live only: how much of what there was at connect has been delivered, 0…1; null = all of it. */
  readonly catchUp?: number | null;
  /** Live only. */
  readonly kept?: Kept;
  /**
   * Delivers until the end or until `cancel`, then resolves. Rejects with a Fault; what was delivered
   * before stays readable. Called once.
   */
  start(sink: SourceSink): Promise<void>;
  /** Bytes that were delivered, again: one block on demand. Rejects with a Fault when they are gone. */
  read(offset: number, length: number): Promise<Uint8Array>;
  /** What this page itself holds of it now, in order, to be read with `read`; of a live one whole blocks. None where the bytes are elsewhere. */
  held?(): readonly Span[];
  /** Of several files: the name of that which this byte is of; null = it is of none that has begun. */
  fileAt?(offset: number): string | null;
  /** Live only: whether cost blocks are wanted. */
  watchCost?(on: boolean): void;
  /** Stops delivering. `read` goes on working. */
  cancel(): void;
  /** Gives back what is held; nothing works afterwards. */
  dispose(): void;
}

/** A block on demand is one packet: longer than any that the reader takes, short enough to refuse a mistake. */
export const MAX_READ_BYTES = 64 * 1024 * 1024;
