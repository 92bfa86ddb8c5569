/** An agent's `/stream` and `/spool` for tests: real sockets on loopback, a log in memory, faults on demand. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket as NodeSocket } from 'ws';
import { parseClientMessage } from '#core/protocol/control.ts';
import { SendCredit } from '#core/protocol/credit.ts';
import { encodeDataHeader } from '#core/protocol/data-frame.ts';
import { DATA_HEADER_BYTES, type Hello, type ServerMessage } from '#core/protocol/messages.ts';

export interface FakeAgentOptions {
  /** The log. Frames are cut at these lengths, over and over. */
  readonly log: Uint8Array;
  readonly frameBytes: readonly number[];
}

export class FakeAgent {
  spool = 'spool-a';
  /** First byte still kept. */
  oldest = 0;
  log: Uint8Array;
  /** Refuse upgrades and reads with this status; 0 = none. */
  refuse = 0;
  /** Answer a subscription by closing the socket with this code; 0 = serve it. */
  closeWith = 0;
  /** Terminate the socket after so many frames of each connection; Infinity = never. */
  cutAfterFrames = Infinity;
  /** Change a frame before it is sent. */
  tamper: (frame: Uint8Array, index: number) => Uint8Array = (frame) => frame;
  /** What clients subscribed with. */
  readonly subscriptions: { from: string; spool: string }[] = [];
  /** What clients said of the cost, in order. */
  readonly costWatched: boolean[] = [];
  readonly spoolRequests: string[] = [];
  framesSent = 0;
  readonly #frameBytes: readonly number[];
  readonly #http: Server;
  readonly #skips = new Set<() => void>();
  readonly #sockets = new WebSocketServer({ noServer: true });

  private constructor(options: FakeAgentOptions) {
    this.log = options.log;
    this.#frameBytes = options.frameBytes;
    this.#http = createServer((request, response) => {
      const url = new URL(request.url ?? '/', 'http://agent');
      this.spoolRequests.push(url.search);
      const from = Number(url.searchParams.get('from'));
      const length = Number(url.searchParams.get('length'));
      response.statusCode = this.refuse > 0 ? this.refuse : from < this.oldest && length > 0 ? 410 : 200;
      response.end(response.statusCode === 200 ? this.log.subarray(from, from + length) : undefined);
    });
    this.#http.on('upgrade', (request, socket, head) => {
      if (this.refuse > 0) {
        socket.end(`HTTP/1.1 ${this.refuse} Refused\r\nConnection: close\r\n\r\n`);
        return;
      }
      this.#sockets.handleUpgrade(request, socket, head, (ws) => this.#serve(ws));
    });
  }

  static async start(options: FakeAgentOptions): Promise<FakeAgent> {
    const agent = new FakeAgent(options);
    await new Promise<void>((resolve) => agent.#http.listen(0, '127.0.0.1', resolve));
    return agent;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}/`;
  }

  /** What a laptop lid or a network does: no close frame. */
  cutAll(): void {
    for (const ws of this.#sockets.clients) ws.terminate();
  }

  sendToAll(data: string | Uint8Array): void {
    for (const ws of this.#sockets.clients) ws.send(data);
  }

  /** Everything before `oldest` is gone, also for those who read: hello again, then `bytes` from there. */
  skipTo(oldest: number, bytes: number): void {
    const missedBytes = String(oldest - this.log.length);
    this.oldest = oldest;
    this.log = new Uint8Array(oldest + bytes);
    for (const ws of this.#sockets.clients) send(ws, { ...this.#hello(oldest), missedBytes });
    for (const skip of this.#skips) skip();
  }

  async stop(): Promise<void> {
    this.cutAll();
    this.#http.closeAllConnections();
    await new Promise((resolve) => this.#http.close(resolve));
  }

  #hello(start: number): Hello {
    return {
      type: 'hello',
      protocol: 1,
      spool: this.spool,
      oldest: String(this.oldest),
      end: String(this.log.length),
      start: String(start),
      missedBytes: '0',
      reset: false,
      host: 'fake',
    };
  }

  #serve(ws: NodeSocket): void {
    const credit = new SendCredit();
    let position: number | null = null;
    let frames = 0;
    const pump = () => {
      while (position !== null && position < this.log.length && ws.readyState === ws.OPEN) {
        const want = this.#frameBytes[this.framesSent % this.#frameBytes.length] ?? 1;
        const end = Math.min(position + want, this.log.length);
        if (!credit.take(end - position)) return;
        const frame = new Uint8Array(DATA_HEADER_BYTES + end - position);
        encodeDataHeader(position, frame);
        frame.set(this.log.subarray(position, end), DATA_HEADER_BYTES);
        ws.send(this.tamper(frame, this.framesSent));
        position = end;
        this.framesSent++;
        if (++frames >= this.cutAfterFrames) {
          ws.terminate();
          return;
        }
      }
    };
    this.#skips.add(() => {
      position = this.oldest;
      pump();
    });
    ws.on('error', () => undefined);
    ws.on('message', (data: Buffer) => {
      const parsed = parseClientMessage(data.toString('utf8'));
      if (!parsed.ok) throw new Error(parsed.error);
      if (parsed.message.type === 'credit') {
        credit.grant(parsed.message.bytes);
        pump();
        return;
      }
      if (parsed.message.type === 'cost') {
        this.costWatched.push(parsed.message.watch);
        return;
      }
      const { from, spool } = parsed.message;
      this.subscriptions.push({ from, spool });
      if (this.closeWith > 0) {
        ws.close(this.closeWith);
        return;
      }
      const reset = spool !== '' && spool !== this.spool;
      const asked =
        from === 'oldest' || reset ? this.oldest : from === 'live' ? this.log.length : Number(from);
      position = Math.max(asked, this.oldest);
      send(ws, { ...this.#hello(position), missedBytes: String(position - asked), reset });
      send(ws, { type: 'status', capture: 'running', text: 'a fake capture' });
    });
  }
}

function send(ws: NodeSocket, message: ServerMessage): void {
  ws.send(JSON.stringify(message));
}
