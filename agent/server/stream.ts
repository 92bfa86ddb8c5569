/** The WebSocket end of the agent: lets sockets in, keeps them alive, tells them what the probe does. */
import { STATUS_CODES, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import {
  ALIVE_INTERVAL_MS,
  MAX_CONTROL_BYTES,
  type JoinedAgent,
  type Status,
} from '#core/protocol/messages.ts';
import type { Spool } from '../spool/spool.ts';
import { JOIN_HEADER, JOINS_ITSELF, type Access, type Refusal } from './access.ts';
import { SECURITY_HEADERS } from './headers.ts';
import { StreamClient } from './stream-client.ts';

export const MAX_CLIENTS = 64;
/** A socket that has not answered the ping before is taken for dead. */
export const PING_INTERVAL_MS = 20_000;
const CLOSE_GOING_AWAY = 1001;

export class StreamServer {
  readonly #server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: MAX_CONTROL_BYTES,
    perMessageDeflate: false,
  });
  readonly #access: Access;
  readonly #spool: Spool | null;
  readonly #host: string;
  /** Value: whether it has answered since the last ping. */
  readonly #sockets = new Map<WebSocket, { readonly client: StreamClient; alive: boolean }>();
  readonly #timers: readonly NodeJS.Timeout[];
  #status: Status | null = null;
  #joined: readonly JoinedAgent[] = [];
  readonly #onCost: (watched: boolean) => void;
  #costWatched = false;

  /**
   * `spool` null: there is no live capture here, and every upgrade is refused. `onCost` is called when the first client
   * looks at the cost, and when none does any more.
   */
  constructor(access: Access, spool: Spool | null, host: string, onCost: (watched: boolean) => void) {
    this.#access = access;
    this.#spool = spool;
    this.#host = host;
    this.#onCost = onCost;
    // What ws would answer by itself has none of our headers.
    this.#server.on('wsClientError', (error, socket) => {
      refuseUpgrade(socket, { status: 400, text: `This is no WebSocket handshake (${error.message}).` });
    });
    this.#timers = [
      setInterval(() => this.#ping(), PING_INTERVAL_MS),
      setInterval(() => this.#sayAlive(), ALIVE_INTERVAL_MS),
    ];
    for (const timer of this.#timers) timer.unref();
  }

  get clients(): number {
    return this.#sockets.size;
  }

  setStatus(status: Status): void {
    this.#status = status;
    for (const { client } of this.#sockets.values()) client.send(status);
  }

  setJoined(agents: readonly JoinedAgent[]): void {
    this.#joined = agents;
    for (const { client } of this.#sockets.values()) client.send({ type: 'joined', agents });
  }

  /** Answers an HTTP upgrade: with a WebSocket, or with a status and one line before there is one. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    const spool = this.#spool;
    const refusal = this.#refuse(request);
    if (refusal || !spool) {
      refuseUpgrade(socket, refusal ?? { status: 404, text: 'There is no live capture here.' });
      return;
    }
    this.#server.handleUpgrade(request, socket, head, (webSocket) => {
      const client = new StreamClient(webSocket, spool, this.#host, () => this.#costChanged());
      const entry = { client, alive: true };
      this.#sockets.set(webSocket, entry);
      webSocket.on('pong', () => (entry.alive = true));
      webSocket.on('close', () => this.#sockets.delete(webSocket));
      if (this.#status) entry.client.send(this.#status);
      if (this.#joined.length > 0) entry.client.send({ type: 'joined', agents: this.#joined });
    });
  }

  close(): void {
    for (const timer of this.#timers) clearInterval(timer);
    for (const socket of this.#sockets.keys()) socket.close(CLOSE_GOING_AWAY, 'whither has ended');
  }

  terminate(): void {
    for (const socket of this.#sockets.keys()) socket.terminate();
  }

  #refuse(request: IncomingMessage): Refusal | null {
    const refusal = this.#access.refuseSource(request, true) ?? this.#access.refuseStranger(request);
    if (refusal) return refusal;
    if (request.url?.split('?')[0] !== '/stream') return { status: 404, text: 'The stream is at /stream.' };
    if (this.#joined.length > 0 && request.headers[JOIN_HEADER] !== undefined) {
      return { status: JOINS_ITSELF, text: 'This agent joins others itself: join those one by one.' };
    }
    if (this.#sockets.size >= MAX_CLIENTS) {
      return { status: 503, text: `${MAX_CLIENTS} pages are connected already: close one.` };
    }
    return null;
  }

  #costChanged(): void {
    const watched = [...this.#sockets.values()].some(({ client }) => client.watchesCost);
    if (watched === this.#costWatched) return;
    this.#costWatched = watched;
    this.#onCost(watched);
  }

  /** A socket that still has bytes to send says enough. */
  #sayAlive(): void {
    for (const [socket, { client }] of this.#sockets) {
      if (socket.bufferedAmount === 0) client.send({ type: 'alive' });
    }
  }

  #ping(): void {
    for (const [socket, entry] of this.#sockets) {
      if (!entry.alive) {
        socket.terminate();
        continue;
      }
      entry.alive = false;
      socket.ping();
    }
  }
}

function refuseUpgrade(socket: Duplex, { status, text }: Refusal): void {
  const body = `${text}\n`;
  const headers = {
    ...SECURITY_HEADERS,
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': String(Buffer.byteLength(body)),
    'Cache-Control': 'no-store',
    Connection: 'close',
  };
  // Half-open, it would stay for as long as the client likes.
  socket.once('finish', () => socket.destroy());
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${head.join('')}\r\n${body}`);
}
