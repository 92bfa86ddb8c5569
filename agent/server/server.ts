/**
 * The agent's HTTP server: the page, the spool, files, and the upgrade to `/stream`. Every request passes
 * Host, Origin and cookie first (access.ts); the exceptions are the exchange of the token for the cookie and the style
 * of the page that refuses.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import os from 'node:os';
import type { AddressInfo } from 'node:net';
import sirv, { type RequestHandler } from 'sirv';
import { MAX_HOST_CHARS, MAX_STATUS_CHARS } from '#core/protocol/control.ts';
import { MAX_JOINED_CHARS, type JoinedAgent, type Status } from '#core/protocol/messages.ts';
import { typesFailure, type TypesQuestion } from '../capture/types-question.ts';
import { codeOf, Failure } from '../failure.ts';
import type { Spool } from '../spool/spool.ts';
import { Access } from './access.ts';
import { serveFile, type ServedFile } from './files.ts';
import { sendJson, sendRefusal, sendRefusalStyle, sendText, setSecurityHeaders } from './headers.ts';
import { REFUSAL_STYLE_PATH } from './refusal-page.ts';
import { answerCapture, type CaptureControl } from './capture-route.ts';
import type { ShareStore } from '../share/store.ts';
import { answerDownload, answerHost, answerRawRead, GUEST_ANSWER } from './routes.ts';
import { answerShared, answerShares, sharedPath, SHARES_PATH } from './share-routes.ts';
import { sendServiceWorker, SERVICE_WORKER_PATH } from './service-worker.ts';
import { StreamServer } from './stream.ts';
import { TypesRoutes } from './types-routes.ts';

const CAPTURE_PATH = '/api/capture';
const NOTHING_THERE = 'There is nothing at this address.';
const LOOPBACK = '127.0.0.1';
const LOOPBACK_6 = '::1';
/** Slow or silent peers must not hold sockets. */
const HEADERS_TIMEOUT_MS = 10_000;
const MAX_HEADER_BYTES = 16 * 1024;
/** Of each address. Anybody on this host may connect; without a limit the spool could be left without descriptors. */
export const MAX_CONNECTIONS = 512;
/** Names in dist/page/assets contain a hash of their contents. */
const IMMUTABLE_MAX_AGE_S = 31_536_000;

export interface ServerOptions {
  /** Built page (dist/page). */
  readonly pageDir: string;
  /** null = no live capture (`whither open`). */
  readonly spool: Spool | null;
  readonly files?: readonly ServedFile[];
  /** 0 = any free port. */
  readonly port: number;
  /** null = loopback only. */
  readonly host: string | null;
  readonly status: Status;
  /** What the page may change of the capture; none = there is no live capture. */
  readonly control?: CaptureControl;
  /** Where shares are kept; none = they are not. */
  readonly shares?: ShareStore;
  /** What the probe says of loaded programs; absent = there is none to ask. */
  readonly askTypes?: (question: TypesQuestion) => Promise<Uint8Array>;
  /** Called when the first page looks at what watching costs, and when none does any more. */
  readonly onCost?: (watched: boolean) => void;
}

export class AgentServer {
  readonly access: Access;
  readonly port: number;
  readonly #options: ServerOptions;
  readonly #servers: Server[];
  readonly #stream: StreamServer;
  readonly #page: RequestHandler;
  readonly #types: TypesRoutes;
  readonly #hostName = os.hostname();
  #status: Status;

  private constructor(options: ServerOptions, servers: Server[], port: number) {
    this.#options = options;
    this.#servers = servers;
    this.port = port;
    this.access = new Access(port, namesOf(options.host));
    this.#stream = new StreamServer(this.access, options.spool, this.#hostName, (watched) =>
      options.onCost?.(watched),
    );
    this.#types = new TypesRoutes(
      options.askTypes ?? (() => Promise.reject(typesFailure({ program: null }, ''))),
    );
    this.#status = options.status;
    this.setStatus(options.status);
    this.#page = sirv(options.pageDir, { etag: true, setHeaders: setCacheHeaders });
    for (const server of servers) {
      server.on('request', (request, response) => void this.#answer(request, response));
      server.on('upgrade', (request, socket, head) => this.#stream.upgrade(request, socket, head));
      // Node's own answer would be without our headers.
      server.on('checkExpectation', (request, response) => void this.#answer(request, response));
      server.on('clientError', (_error, socket) => socket.destroy());
      // A connection that could not be accepted (no descriptors left, say) is the client's loss, not ours.
      server.on('error', () => undefined);
    }
  }

  /** Listens; Failure when the address cannot be had. */
  static async start(options: ServerOptions): Promise<AgentServer> {
    const first = await listen(options.port, options.host ?? LOOPBACK);
    const { port } = first.address() as AddressInfo;
    const servers = [first];
    if (options.host === null) {
      // `localhost` may mean ::1; where there is no IPv6, or the port is taken there, 127.0.0.1 is enough.
      const second = await listen(port, LOOPBACK_6).catch(() => null);
      if (second) servers.push(second);
    }
    return new AgentServer(options, servers, port);
  }

  get clients(): number {
    return this.#stream.clients;
  }

  get status(): Status {
    return this.#status;
  }

  /** The text is cut to what a page takes. */
  setStatus(given: Status): void {
    const status = { ...given, text: given.text.slice(0, MAX_STATUS_CHARS) };
    this.#status = status;
    this.#stream.setStatus(status);
  }

  /** What became of the agents that are joined. The texts are cut to what a page takes. */
  setJoined(agents: readonly JoinedAgent[]): void {
    this.#stream.setJoined(
      agents.map(({ host, link, text }) => ({
        host: host.slice(0, MAX_HOST_CHARS),
        link,
        text: text.slice(0, MAX_JOINED_CHARS),
      })),
    );
  }

  /** The link that lets a browser in; `query` is what the page opens with, '' for the default. */
  link(query: string): string {
    const { host } = this.#options;
    const name = host === null || isWildcard(host) ? LOOPBACK : host.includes(':') ? `[${host}]` : host;
    return `http://${name}:${this.port}/?token=${this.access.token}${query === '' ? '' : `&${query}`}`;
  }

  async close(): Promise<void> {
    this.#stream.close();
    const closed = this.#servers.map(
      (server) =>
        new Promise<void>((resolve) => {
          server.close(() => resolve());
          server.closeIdleConnections();
        }),
    );
    // A client that does not answer the close must not keep us.
    const timer = setTimeout(() => {
      this.#stream.terminate();
      for (const server of this.#servers) server.closeAllConnections();
    }, 500);
    await Promise.all(closed);
    clearTimeout(timer);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    setSecurityHeaders(response);
    try {
      await this.#route(request, response);
    } catch {
      if (response.headersSent) response.destroy();
      else sendText(response, 500, 'The agent could not answer: see what whither printed in the terminal.');
    }
  }

  async #route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refused = this.access.refuseSource(request, false);
    if (refused) {
      sendRefusal(response, refused);
      return;
    }
    const target = request.url ?? '/';
    const cut = target.indexOf('?');
    const pathname = cut < 0 ? target : target.slice(0, cut);
    const query = new URLSearchParams(cut < 0 ? '' : target.slice(cut + 1));
    const { control } = this.#options;
    if (control !== undefined && pathname === CAPTURE_PATH) {
      const stranger = this.access.refuseStranger(request);
      if (stranger) sendRefusal(response, stranger);
      else await answerCapture(control, request, response);
      return;
    }
    const { shares } = this.#options;
    if (shares !== undefined && (pathname === SHARES_PATH || pathname.startsWith(`${SHARES_PATH}/`))) {
      const stranger = this.access.refuseStranger(request);
      if (stranger) sendRefusal(response, stranger);
      else await answerShares(shares, pathname.slice(SHARES_PATH.length), request, response);
      return;
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD');
      sendText(response, 405, 'Only GET and HEAD are answered.');
      return;
    }
    if (pathname === '/' && query.has('token')) {
      this.#exchangeToken(query, response);
      return;
    }
    if (pathname === SERVICE_WORKER_PATH) {
      sendServiceWorker(response);
      return;
    }
    if (pathname === REFUSAL_STYLE_PATH) {
      sendRefusalStyle(response);
      return;
    }
    const shared = shares === undefined ? null : sharedPath(pathname);
    if (shares !== undefined && shared !== null) {
      await answerShared(shares, shared, this.access.guestCookie, request, response);
      return;
    }
    const stranger = this.access.refuseStranger(request);
    if (stranger) {
      if (!this.access.isGuest(request)) sendRefusal(response, stranger);
      // There is no agent for a guest, as with a static host; but nobody else opens this page by its address.
      else if (pathname === '/api/host') sendJson(response, 200, GUEST_ANSWER);
      else if (isOfAgent(pathname)) sendRefusal(response, stranger);
      else this.#page(request, response, () => sendText(response, 404, NOTHING_THERE));
      return;
    }
    const { spool, files = [] } = this.#options;
    if (pathname === '/api/host') answerHost(response, this.#status, this.#hostName);
    else if (pathname === '/api/types') await this.#types.answerList(response);
    else if (pathname === '/api/types/btf') await this.#types.answerBtf(query, response);
    else if (spool && pathname === '/spool') await answerRawRead(spool, query, response);
    else if (spool && pathname === '/spool.pcapng')
      await answerDownload(spool, request, response, this.#hostName);
    else if (!(await serveFile(files, pathname, request, response))) {
      this.#page(request, response, () => sendText(response, 404, NOTHING_THERE));
    }
  }

  /** The token leaves the address bar, and with it every link that is copied from there. */
  #exchangeToken(query: URLSearchParams, response: ServerResponse): void {
    if (!this.access.isToken(query.get('token') ?? '')) {
      sendRefusal(response, {
        status: 403,
        text: 'The token in this link is wrong: open the link that whither printed when it started (each start has a new one).',
      });
      return;
    }
    query.delete('token');
    if (query.size === 0)
      query.set('source', this.#status.capture === 'unavailable' ? 'sample:edge' : 'live');
    response.setHeader('Set-Cookie', this.access.cookie);
    // Readable in the address bar, which is what people copy: `:` and `/` may stand in a query.
    response.setHeader('Location', `/?${query.toString().replaceAll('%3A', ':').replaceAll('%2F', '/')}`);
    sendText(response, 302, 'Welcome.');
  }
}

/** What is no file of the page. */
function isOfAgent(pathname: string): boolean {
  return /^\/(?:api|spool|files|stream)(?:[/.]|$)/.test(pathname);
}

function listen(port: number, host: string): Promise<Server> {
  const server = createServer({
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: HEADERS_TIMEOUT_MS,
    // Refused by access.ts instead, with our headers.
    requireHostHeader: false,
  });
  server.maxConnections = MAX_CONNECTIONS;
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(listenFailure(port, host, error)));
    server.listen({ port, host, ipv6Only: host === LOOPBACK_6 }, () => resolve(server));
  });
}

function listenFailure(port: number, host: string, error: Error): Failure {
  switch (codeOf(error)) {
    case 'EADDRINUSE':
      return new Failure(
        `port ${port} is in use on ${host}`,
        'give --port another, or none for any free one',
      );
    case 'EACCES':
      return new Failure(`port ${port} needs root`, 'give --port one above 1023');
    default:
      return new Failure(
        `cannot listen on ${host} (${codeOf(error)})`,
        'give --host an address of this machine',
      );
  }
}

function setCacheHeaders(response: ServerResponse, pathname: string): void {
  const cached = pathname.startsWith('/assets/');
  response.setHeader(
    'Cache-Control',
    cached ? `private, max-age=${IMMUTABLE_MAX_AGE_S}, immutable` : 'no-cache',
  );
}

function isWildcard(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}

/** What may be in the Host header besides loopback: the name given, or all of this machine's own. */
function namesOf(host: string | null): string[] {
  if (host === null) return [];
  if (!isWildcard(host)) return [host];
  const addresses = Object.values(os.networkInterfaces()).flatMap((list) =>
    (list ?? []).map((a) => a.address),
  );
  return [...addresses, os.hostname()];
}
