/**
 * A live agent. The log offset after the last frame that was decoded is the whole of the state: whatever
 * cuts the socket, subscribing again from there loses nothing and repeats nothing (core/protocol).
 */
import { formatOffset, parseOffset } from '#core/protocol/offset.ts';
import type { Hello } from '#core/protocol/messages.ts';
import type { Problem } from '#core/pcapng/types.ts';
import { Fault } from '#workers/fault.ts';
import { AgentHttp, unauthorised } from './agent-http.ts';
import { Backoff } from './backoff.ts';
import { ByteLog } from './byte-log.ts';
import { LiveSocket, type SocketItem } from './live-socket.ts';
import { openOldBytes, type OldBytes } from './old-bytes.ts';
import { Silence } from './silence.ts';
import type { ByteSource, Kept, SourceSink, Span } from './source.ts';
import { unreachable } from './unreachable.ts';

/** Recent bytes held in memory for the bytes pane; older ones go to a file, and beyond that are asked of the agent. */
export const LIVE_KEPT_BYTES = 64 * 1024 * 1024;
/** Longer than ALIVE_INTERVAL_MS, so not normal: the agent is asked once over HTTP before the socket is given up. */
export const SILENCE_MS = 2_000;
/** With twice the silence, the longest that a dead connection looks like a quiet link. */
export const REACHABLE_TIMEOUT_MS = 2_000;
/** So many faults of the agent's without a byte of progress between them are not a cut but a defect. */
export const MAX_VIOLATIONS = 3;
/** RFC 6455, 7.4.1: the agent did not take what this page said. */
const REFUSED_CODES: ReadonlySet<number> = new Set([1003, 1007, 1008, 1009]);

export interface LiveOptions {
  readonly connect?: (url: string) => WebSocket;
  readonly fetch?: typeof fetch;
  readonly random?: () => number;
  readonly sleep?: (ms: number) => Promise<void>;
  /** Smaller limits, for tests. */
  readonly windowBytes?: number;
  readonly keptBytes?: number;
  readonly openOld?: () => Promise<OldBytes | null>;
  readonly silenceMs?: number;
}

export class LiveSource implements ByteSource {
  readonly totalBytes = null;
  readonly #streamUrl: string;
  readonly #from: 'oldest' | 'live';
  readonly #options: LiveOptions;
  readonly #http: AgentHttp;
  readonly #log: ByteLog;
  #old: OldBytes | null = null;
  /** Of those that no file was there for. */
  #droppedBytes = 0;
  #disposed = false;
  readonly #backoff = new Backoff();
  #socket: LiveSocket | null = null;
  #title: string;
  #spool = '';
  /** Where the next frame must begin; null before the first hello. */
  #next: number | null = null;
  #violations = 0;
  /** Where this connection began, and where the log ended then. */
  #backlog = { start: 0, end: 0 };
  #watchesCost = false;
  #cancelled = false;
  #wakeUp: (() => void) | null = null;

  /** `url`: the agent's page or its `/stream`, http(s) or ws(s). */
  constructor(url: string, from: 'oldest' | 'live', options: LiveOptions = {}) {
    const { stream, spool } = agentUrls(url);
    this.#streamUrl = stream;
    this.#title = new URL(stream).host;
    this.#from = from;
    this.#options = options;
    this.#http = new AgentHttp(spool, options.fetch ?? fetch);
    this.#log = new ByteLog(this.#memoryBytes, (bytes, offset) => {
      if (this.#old === null) this.#droppedBytes += bytes.length;
      else this.#old.append(bytes, offset);
    });
  }

  /** The host's own name, once it has said it. */
  get title(): string {
    return this.#title;
  }

  /** Payload bytes received and not yet decoded, at most the window. */
  get pendingBytes(): number {
    return this.#socket?.pendingBytes ?? 0;
  }

  get catchUp(): number | null {
    const { start, end } = this.#backlog;
    const next = this.#next ?? 0;
    return next >= end ? null : Math.max(0, (next - start) / (end - start));
  }

  get kept(): Kept {
    return {
      bytes: this.#log.bytes + (this.#old?.bytes ?? 0),
      limitBytes: this.#memoryBytes + (this.#old?.limitBytes ?? 0),
      droppedBytes: this.#droppedBytes + (this.#old?.droppedBytes ?? 0),
    };
  }

  get #memoryBytes(): number {
    return this.#options.keptBytes ?? LIVE_KEPT_BYTES;
  }

  async start(sink: SourceSink): Promise<void> {
    void this.#openOld();
    while (!this.#cancelled) {
      const why = await this.#stream(sink);
      if (this.#isCancelled()) return;
      if (typeof why === 'string') sink.connection('reconnecting', why);
      else sink.connection('reconnecting', 'trying again', why);
      await this.#wait(this.#backoff.next((this.#options.random ?? Math.random)()));
    }
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    return (
      this.#log.read(offset, length) ?? this.#old?.read(offset, length) ?? this.#http.read(offset, length)
    );
  }

  held(): readonly Span[] {
    return [...(this.#old?.spans() ?? []), ...this.#log.spans()];
  }

  /** There long before memory is full, so nothing waits for it. */
  async #openOld(): Promise<void> {
    const old = await (this.#options.openOld ?? openOldBytes)();
    if (this.#disposed) old?.close();
    else this.#old = old;
  }

  watchCost(on: boolean): void {
    if (on === this.#watchesCost) return;
    this.#watchesCost = on;
    this.#socket?.send({ type: 'cost', watch: on });
  }

  cancel(): void {
    this.#cancelled = true;
    this.#socket?.close();
    this.#wakeUp?.();
  }

  dispose(): void {
    this.cancel();
    this.#disposed = true;
    this.#log.clear();
    this.#old?.close();
    this.#old = null;
  }

  /** One connection from subscribe to close. Resolves with why it ended; rejects when trying again is no use. */
  async #stream(sink: SourceSink): Promise<string | Problem> {
    const connect = this.#options.connect ?? ((url: string) => new WebSocket(url));
    const silence = new Silence(this.#options.silenceMs ?? SILENCE_MS, async () => {
      if ((await this.#http.reachable(REACHABLE_TIMEOUT_MS)) !== 'yes') socket.close();
    });
    const socket = new LiveSocket(connect(this.#streamUrl), this.#options.windowBytes, () => silence.heard());
    this.#socket = socket;
    const offline = (): void => silence.ask();
    // Node, where the tests run, has no such event.
    if ('addEventListener' in globalThis) addEventListener('offline', offline);
    let welcomed = false;
    try {
      for (;;) {
        const item = await socket.next();
        switch (item.kind) {
          case 'open':
            socket.send({
              type: 'subscribe',
              from: this.#next === null ? this.#from : formatOffset(this.#next),
              spool: this.#spool,
            });
            if (this.#watchesCost) socket.send({ type: 'cost', watch: true });
            break;
          case 'control':
            if (item.message.type === 'status') {
              sink.status(item.message);
            } else if (item.message.type === 'joined') {
              sink.agents(item.message.agents);
            } else {
              // A later hello on the same socket: retention overtook this client, and it goes on further on.
              this.#welcome(item.message, sink);
              if (!welcomed) socket.openWindow();
              welcomed = true;
            }
            break;
          case 'data': {
            const { offset, payload } = item.frame;
            if (!welcomed || offset !== this.#next) {
              socket.close(`a frame at offset ${offset} where ${String(this.#next)} was due`);
              break;
            }
            this.#log.append(payload, offset);
            await sink.chunk(payload, offset);
            // After a cancel too: the chunk was delivered.
            this.#next = offset + payload.length;
            this.#violations = 0;
            socket.decoded(payload.length);
            break;
          }
          case 'closed':
            // Said at once: asking the agent why takes up to REACHABLE_TIMEOUT_MS.
            if (!this.#cancelled && item.opened) sink.connection('reconnecting', 'The connection was cut.');
            return await this.#whyClosed(item);
        }
        if (this.#isCancelled()) return '';
      }
    } finally {
      silence.stop();
      if ('removeEventListener' in globalThis) removeEventListener('offline', offline);
      socket.close();
    }
  }

  #welcome(hello: Hello, sink: SourceSink): void {
    // parseServerMessage has checked that these are offsets.
    const start = parseOffset(hello.start) ?? 0;
    const missed = parseOffset(hello.missedBytes) ?? 0;
    const first = this.#next === null;
    if (hello.reset && !first) {
      this.#log.clear();
      this.#old?.clear();
      this.#droppedBytes = 0;
    }
    this.#spool = hello.spool;
    if (hello.host !== '') this.#title = hello.host;
    if (first || hello.reset || start !== this.#next) {
      if (!hello.reset && this.#next !== null && start < this.#next) {
        throw new Fault(
          'live-protocol',
          `The agent wants to repeat bytes: it starts at ${start} where ${this.#next} was asked for.`,
          'Reload the page; agent and page must be of the same version.',
        );
      }
      this.#next = start;
      sink.begin({ offset: start, reset: hello.reset && !first, missedBytes: missed > 0 ? missed : null });
    }
    this.#backlog = { start, end: parseOffset(hello.end) ?? start };
    this.#backoff.reset();
    sink.connection('live', '');
  }

  async #whyClosed({ opened, violation, code }: SocketItem & { kind: 'closed' }): Promise<string | Problem> {
    if (violation !== '') {
      const what = `The agent sent what this page does not understand`;
      this.#countViolation(`${what}: ${violation}.`);
      return `${what} (${violation}); trying again.`;
    }
    if (REFUSED_CODES.has(code)) {
      const what = `The agent refused what this page asked for (close code ${code})`;
      this.#countViolation(`${what}.`);
      return `${what}; trying again.`;
    }
    if (this.#cancelled) return '';
    const reachable = await this.#http.reachable(REACHABLE_TIMEOUT_MS);
    if (reachable === 'unauthorised') throw unauthorised();
    if (reachable === 'no live capture') {
      throw new Fault(
        'live-unavailable',
        `There is no live capture at ${new URL(this.#streamUrl).host}.`,
        'Run “npx whither doctor” on that host: it says what is missing.',
      );
    }
    if (reachable === 'no') return unreachable();
    return opened
      ? 'The connection was cut; trying again.'
      : 'The agent answers but refused the stream; trying again.';
  }

  /** Throws when trying again has been of no use. */
  #countViolation(cause: string): void {
    if (++this.#violations < MAX_VIOLATIONS) return;
    throw new Fault('live-protocol', cause, 'Reload the page; agent and page must be of the same version.');
  }

  /** Sleeps; less when `cancel` comes, or the network. */
  async #wait(ms: number): Promise<void> {
    const sleep =
      this.#options.sleep ?? ((time: number) => new Promise<void>((done) => setTimeout(done, time)));
    const woken = new Promise<void>((resolve) => (this.#wakeUp = resolve));
    const online = (): void => this.#wakeUp?.();
    if ('addEventListener' in globalThis) addEventListener('online', online);
    await Promise.race([sleep(ms), woken]);
    if ('removeEventListener' in globalThis) removeEventListener('online', online);
  }

  /** A method, because the flag changes while `start` waits and the compiler cannot see that. */
  #isCancelled(): boolean {
    return this.#cancelled;
  }
}

/** Addresses of `/stream` and `/spool` beside the page that the agent served. Throws a Fault for what is no address. */
function agentUrls(url: string): { stream: string; spool: string } {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  const secure = parsed?.protocol === 'https:' || parsed?.protocol === 'wss:';
  if (!parsed || (!secure && parsed.protocol !== 'http:' && parsed.protocol !== 'ws:')) {
    throw new Fault(
      'live-url',
      `“${url}” is not the address of an agent.`,
      'Open the link that the agent printed when it started.',
    );
  }
  parsed.search = '';
  parsed.hash = '';
  const stream = new URL('stream', parsed);
  const spool = new URL('spool', parsed);
  stream.protocol = secure ? 'wss:' : 'ws:';
  spool.protocol = secure ? 'https:' : 'http:';
  return { stream: stream.href, spool: spool.href };
}
