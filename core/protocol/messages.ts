/**
 * What agent and worker say to each other over the WebSocket `/stream`. Text frames are JSON control
 * messages; binary frames are runs of whole pcapng blocks behind a DATA header.
 *
 *   worker → agent  {"type":"subscribe","from":"oldest"|"live"|"<decimal offset>","spool":"<id or empty>"}
 *   agent  → worker {"type":"hello", …}          where it will start, and what is gone
 *   worker → agent  {"type":"credit","bytes":N}  the agent may send N more payload bytes
 *   agent  → worker binary: DATA header + blocks
 *   agent  → worker {"type":"status", …}         what the probe does, on every change
 *   agent  → worker {"type":"joined", …}        what became of each agent that is joined, on every change
 *   agent  → worker {"type":"alive"}             every ALIVE_INTERVAL_MS
 *   worker → agent  {"type":"cost","watch":true|false}  whether cost blocks are wanted, at any time
 *
 * The offset is a byte position in the spool's log as if nothing had ever been removed. A client that
 * reconnects with the offset after its last whole frame loses nothing and repeats nothing.
 * If `spool` names another log than the agent has (it was started anew), the agent starts at its oldest
 * and says so in `hello` (`reset: true`).
 */

/** Header of a binary frame: @0 u32le kind (1 = data), @4 u32le reserved 0, @8 u64le offset of the first payload byte. */
export const DATA_HEADER_BYTES = 16;
export const FRAME_DATA = 1;

/** A client's whole window: large enough to hide a render, small enough that a stopped tab holds little. */
export const CREDIT_WINDOW_BYTES = 8 * 1024 * 1024;
/** No frame carries more payload than this; a block is never cut, so no block may be larger. */
export const MAX_FRAME_PAYLOAD_BYTES = 256 * 1024;
/** Control messages larger than this are refused. */
export const MAX_CONTROL_BYTES = 4 * 1024;

/** A client that has heard nothing for longer has reason to doubt that the agent is there. */
export const ALIVE_INTERVAL_MS = 1_500;

export interface Subscribe {
  readonly type: 'subscribe';
  readonly from: string;
  readonly spool: string;
}

export interface Credit {
  readonly type: 'credit';
  readonly bytes: number;
}

/** Somebody looks at what watching costs, or no longer does; while one client does the probe tells once a second. */
export interface WatchCost {
  readonly type: 'cost';
  readonly watch: boolean;
}

export type ClientMessage = Subscribe | Credit | WatchCost;

export interface Hello {
  readonly type: 'hello';
  readonly protocol: 1;
  /** Identity of this log: changes when the spool is started anew. */
  readonly spool: string;
  /** Decimal offsets: first byte still kept, end at this moment, and where this client begins. */
  readonly oldest: string;
  readonly end: string;
  readonly start: string;
  /** Bytes that the client asked for and are gone (retention, or skipped to live). */
  readonly missedBytes: string;
  /** The offset asked for belongs to another log: forget what you have. */
  readonly reset: boolean;
  readonly host: string;
}

export const CAPTURE_STATES = ['running', 'partly', 'restarting', 'stopped', 'unavailable'] as const;

/** What the probe is doing, sent on connect and on every change; shown in the page's status. */
export interface Status {
  readonly type: 'status';
  /** `partly`: it runs, but something of what was asked for is not watched any more. */
  readonly capture: (typeof CAPTURE_STATES)[number];
  /** One line: cause and remedy, or what is captured. */
  readonly text: string;
}

/** Every ALIVE_INTERVAL_MS: a browser shows its page no pings, and a quiet link looks like a dead one. */
export interface Alive {
  readonly type: 'alive';
}

/** Agents that one agent joins. */
export const MAX_JOINED = 8;
export const MAX_JOINED_CHARS = 240;
export const JOINED_LINKS = ['connecting', 'live', 'ended'] as const;

/** An agent whose stream goes into this one's log (`whither --join`), each section under its own host. */
export interface JoinedAgent {
  /** Its name; until it has said it, the address that was joined. */
  readonly host: string;
  /** `ended`: it is not tried again. */
  readonly link: (typeof JOINED_LINKS)[number];
  /** One line: what it says of its capture, or why nothing comes; at most MAX_JOINED_CHARS. */
  readonly text: string;
}

export interface Joined {
  readonly type: 'joined';
  readonly agents: readonly JoinedAgent[];
}

export type ServerMessage = Hello | Status | Joined | Alive;
