/** A real server on a free port with a spool in a temporary directory, and clients for it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { decodeDataHeader } from '#core/protocol/data-frame.ts';
import type { ClientMessage, Hello, ServerMessage } from '#core/protocol/messages.ts';
import { AgentServer, type ServerOptions } from '../server/server.ts';
import { Spool, type SpoolOptions } from '../spool/spool.ts';
import { temporaryDirectory, until } from './temporary.ts';

export interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

export class AgentUnderTest {
  readonly server: AgentServer;
  readonly spool: Spool;
  readonly cookie: string;

  private constructor(server: AgentServer, spool: Spool) {
    this.server = server;
    this.spool = spool;
    this.cookie = server.access.cookie.split(';')[0]!;
  }

  static async start(
    options: Partial<ServerOptions> = {},
    spoolOptions: SpoolOptions = {},
  ): Promise<AgentUnderTest> {
    const dir = temporaryDirectory();
    const pageDir = path.join(dir, 'page');
    mkdirSync(path.join(pageDir, 'assets'), { recursive: true });
    writeFileSync(path.join(pageDir, 'index.html'), '<!doctype html><title>Whither</title>');
    writeFileSync(path.join(pageDir, 'assets', 'main-1234.js'), 'export {};');
    writeFileSync(path.join(dir, 'secret.txt'), 'secret');
    const spool = await Spool.open(path.join(dir, 'spool'), spoolOptions);
    const server = await AgentServer.start({
      pageDir,
      spool,
      port: 0,
      host: null,
      status: { type: 'status', capture: 'running', text: 'Capturing eth0.' },
      ...options,
    });
    onTestFinished(async () => {
      await server.close();
      await spool.close();
    });
    return new AgentUnderTest(server, spool);
  }

  get origin(): string {
    return `http://127.0.0.1:${this.server.port}`;
  }

  /** A request as it is, without a browser's tidying; with the cookie unless `headers` has one. */
  request(target: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const request = http.request(
        {
          host: '127.0.0.1',
          port: this.server.port,
          path: target,
          method,
          agent: false,
          headers: { cookie: this.cookie, ...headers },
        },
        (response) => {
          const parts: Buffer[] = [];
          response.on('data', (part: Buffer) => parts.push(part));
          response.on('end', () =>
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              body: Buffer.concat(parts),
            }),
          );
        },
      );
      request.on('error', reject);
      request.end();
    });
  }

  /** A WebSocket with these headers; null headers are left out. */
  socket(overrides: Record<string, string | null> = {}, target = '/stream'): WebSocket {
    const headers: Record<string, string | null> = {
      origin: this.origin,
      cookie: this.cookie,
      ...overrides,
    };
    const kept = Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== null);
    const socket = new WebSocket(`ws://127.0.0.1:${this.server.port}${target}`, {
      headers: Object.fromEntries(kept),
    });
    socket.on('error', () => undefined);
    onTestFinished(() => socket.terminate());
    return socket;
  }

  /** Status and body of an upgrade that is refused. */
  refused(
    overrides: Record<string, string | null>,
    target = '/stream',
  ): Promise<{ status: number; body: string }> {
    return new Promise((resolve, reject) => {
      const socket = this.socket(overrides, target);
      socket.on('open', () => reject(new Error('the upgrade was accepted')));
      socket.on('unexpected-response', (_request, response) => {
        let body = '';
        response.setEncoding('utf8');
        response.on('data', (text: string) => (body += text));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
      });
    });
  }

  async connect(): Promise<TestClient> {
    const client = new TestClient(this.socket());
    await client.opened;
    return client;
  }
}

/** A client that keeps what it receives and checks that nothing is skipped or repeated. */
export class TestClient {
  readonly socket: WebSocket;
  readonly opened: Promise<void>;
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  /** Without the signs of life, which are counted. */
  readonly messages: ServerMessage[] = [];
  signs = 0;
  readonly frames: { readonly offset: number; readonly payload: Uint8Array }[] = [];

  constructor(socket: WebSocket) {
    this.socket = socket;
    this.opened = new Promise((resolve) => socket.once('open', resolve));
    this.closed = new Promise((resolve) =>
      socket.once('close', (code, reason) => resolve({ code, reason: reason.toString() })),
    );
    socket.on('message', (data: Buffer, binary) => {
      if (!binary) {
        const message = JSON.parse(data.toString()) as ServerMessage;
        if (message.type === 'alive') this.signs++;
        else this.messages.push(message);
        return;
      }
      const decoded = decodeDataHeader(data);
      if (!decoded.ok) throw new Error(decoded.error);
      this.frames.push(decoded.frame);
    });
  }

  send(message: ClientMessage): void {
    this.socket.send(JSON.stringify(message));
  }

  get hellos(): Hello[] {
    return this.messages.filter((message) => message.type === 'hello');
  }

  get received(): number {
    return this.frames.reduce((sum, frame) => sum + frame.payload.length, 0);
  }

  get bytes(): Uint8Array {
    return new Uint8Array(Buffer.concat(this.frames.map((frame) => frame.payload)));
  }

  async hello(): Promise<Hello> {
    await until(() => this.hellos.length > 0);
    return this.hellos[0]!;
  }

  /** Behind the last byte received. */
  get next(): number {
    const last = this.frames.at(-1);
    return last ? last.offset + last.payload.length : Number(this.hellos[0]?.start ?? 0);
  }
}
