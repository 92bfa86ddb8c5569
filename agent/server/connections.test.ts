/** Connections below what a browser does by itself: raw bytes, upgrades that are refused, too many, none. */
import net from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { codeOf } from '../failure.ts';
import { AgentUnderTest } from '../testing/agent-under-test.ts';
import { CONTENT_SECURITY_POLICY } from './headers.ts';
import { MAX_CONNECTIONS } from './server.ts';

/** What comes back for these bytes until the server closes. */
function raw(port: number, text: string): Promise<string> {
  return new Promise((resolve) => {
    // As a client that never closes its side.
    const socket = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true }, () => socket.write(text));
    let answer = '';
    socket.setEncoding('latin1');
    socket.on('data', (part: string) => (answer += part));
    socket.on('error', () => undefined);
    socket.on('end', () => resolve(answer));
    onTestFinished(() => void socket.destroy());
  });
}

test('what Node and ws would answer by themselves has the security headers, too', async () => {
  const agent = await AgentUnderTest.start();
  const { port } = agent.server;
  const host = `Host: 127.0.0.1:${port}\r\n`;
  const close = 'Connection: close\r\n\r\n';
  const policy = `Content-Security-Policy: ${CONTENT_SECURITY_POLICY}`;
  const withoutHost = await raw(port, `GET / HTTP/1.1\r\n${close}`);
  expect(withoutHost).toMatch(/^HTTP\/1.1 403 /);
  expect(withoutHost).toContain(policy);
  const expecting = await raw(port, `GET / HTTP/1.1\r\n${host}Expect: what\r\n${close}`);
  expect(expecting).toMatch(/^HTTP\/1.1 403 /);
  expect(expecting).toContain(policy);
  const noHandshake = await raw(
    port,
    `GET /stream HTTP/1.1\r\n${host}Origin: ${agent.origin}\r\nCookie: ${agent.cookie}\r\n` +
      'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: x\r\n\r\n',
  );
  expect(noHandshake).toMatch(/^HTTP\/1.1 400 /);
  expect(noHandshake).toContain(policy);
});

test('a client whose upgrade is refused cannot keep the socket', async () => {
  const agent = await AgentUnderTest.start();
  const socket = net.connect({ port: agent.server.port, host: '127.0.0.1', allowHalfOpen: true });
  onTestFinished(() => void socket.destroy());
  socket.on('error', () => undefined);
  socket.write('GET /stream HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
  await new Promise((resolve) => socket.on('data', resolve));
  // The server's side is gone altogether, not only its sending half: what is written to it is reset.
  const gone = new Promise<Error>((resolve) => socket.once('error', resolve));
  const timer = setInterval(() => socket.write('x'), 5);
  onTestFinished(() => clearInterval(timer));
  expect(['ECONNRESET', 'EPIPE']).toContain(codeOf(await gone));
});

test('there is a limit of connections, whoever makes them', async () => {
  const agent = await AgentUnderTest.start();
  const sockets: net.Socket[] = [];
  onTestFinished(() => sockets.forEach((socket) => socket.destroy()));
  const closed = new Promise<void>((resolve) => {
    for (let i = 0; i <= MAX_CONNECTIONS; i++) {
      const socket = net.connect(agent.server.port, '127.0.0.1');
      socket.on('error', () => undefined);
      socket.once('close', () => resolve());
      socket.resume();
      sockets.push(socket);
    }
  });
  await closed;
  expect(sockets.filter((socket) => !socket.destroyed)).toHaveLength(MAX_CONNECTIONS);
});

test('a request that is no HTTP ends the connection and nothing else', async () => {
  const agent = await AgentUnderTest.start();
  await new Promise<void>((resolve) => {
    const socket = net.connect(agent.server.port, '127.0.0.1', () => socket.write('\0\x01garbage\r\n\r\n'));
    socket.on('close', () => resolve());
    socket.on('error', () => undefined);
  });
  expect((await agent.request('/')).status).toBe(200);
});

test('a port in use is a clear failure', async () => {
  const agent = await AgentUnderTest.start();
  await expect(AgentUnderTest.start({ port: agent.server.port })).rejects.toThrow(
    `port ${agent.server.port} is in use on 127.0.0.1`,
  );
});
