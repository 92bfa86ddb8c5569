import { closeSync, openSync, truncateSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readAll } from '#core/pcapng/testing/record-calls.ts';
import { parseServerMessage } from '#core/protocol/control.ts';
import { codeOf } from '../failure.ts';
import { section } from '../testing/section.ts';
import { AgentUnderTest } from '../testing/agent-under-test.ts';
import { temporaryDirectory, until } from '../testing/temporary.ts';
import { parseRange } from './files.ts';
import { CONTENT_SECURITY_POLICY } from './headers.ts';
import { MAX_CONNECTIONS } from './server.ts';

test('the link exchanges its token for a cookie and leaves the address bar clean', async () => {
  const agent = await AgentUnderTest.start();
  const link = new URL(agent.server.link(''));
  expect(Buffer.from(link.searchParams.get('token')!, 'base64url')).toHaveLength(32);
  const answer = await agent.request(link.pathname + link.search, { cookie: '' });
  expect([answer.status, answer.headers.location]).toEqual([302, '/?source=live']);
  const [cookie] = answer.headers['set-cookie']!;
  expect(cookie).toMatch(
    new RegExp(`^whither_${agent.server.port}=[\\w-]{43}; Path=/; HttpOnly; SameSite=Strict$`),
  );
  expect(cookie).not.toContain(agent.server.access.token);
  const page = await agent.request('/?source=live', { cookie: cookie!.split(';')[0]! });
  expect([page.status, page.body.toString()]).toEqual([200, '<!doctype html><title>Whither</title>']);
});

test('the rest of the query survives the exchange', async () => {
  const agent = await AgentUnderTest.start();
  const link = new URL(agent.server.link('source=url:/files/0-a%2520b.pcapng&tab=path'));
  const answer = await agent.request(link.pathname + link.search);
  expect(answer.headers.location).toBe('/?source=url:/files/0-a%2520b.pcapng&tab=path');
});

test('the token may come before or behind the source, and the link works more than once', async () => {
  const agent = await AgentUnderTest.start();
  const token = encodeURIComponent(agent.server.access.token);
  for (const query of [
    `token=${token}&source=sample:edge`,
    `source=sample:edge&token=${token}`,
    `source=sample%3Aedge&token=${token}`,
  ]) {
    const answer = await agent.request(`/?${query}`);
    expect([answer.status, answer.headers.location], query).toEqual([302, '/?source=sample:edge']);
    expect(answer.headers['set-cookie']?.[0]).toContain(agent.cookie);
  }
});

test('a browser that is refused sees a page with a style that its policy allows, and where the link is', async () => {
  const agent = await AgentUnderTest.start();
  const accept = 'text/html,application/xhtml+xml,*/*;q=0.8';
  for (const target of ['/', '/?source=live', '/?token=x', '/anything']) {
    const answer = await agent.request(target, { cookie: '', accept });
    expect([answer.status, answer.headers['content-type']], target).toEqual([
      403,
      'text/html; charset=utf-8',
    ]);
    expect(answer.headers['content-security-policy']).toBe(CONTENT_SECURITY_POLICY);
    const html = answer.body.toString();
    expect(html).toContain('in the terminal where whither was started');
    expect(html).not.toMatch(/style=|<style|<script/);
    const style = /<link rel="stylesheet" href="([^"]+)">/.exec(html)![1]!;
    const css = await agent.request(style, { cookie: '' });
    expect([css.status, css.headers['content-type']]).toEqual([200, 'text/css; charset=utf-8']);
  }
  const plain = await agent.request('/', { cookie: '', accept: '*/*' });
  expect(plain.headers['content-type']).toBe('text/plain; charset=utf-8');
  expect((await agent.request('/refused.css', { cookie: '', host: 'evil' })).status).toBe(403);
});

test('without live capture the link leads to the sample', async () => {
  const agent = await AgentUnderTest.start({
    status: { type: 'status', capture: 'unavailable', text: 'no interface was named' },
  });
  const link = new URL(agent.server.link(''));
  expect((await agent.request(link.pathname + link.search)).headers.location).toBe('/?source=sample:edge');
});

test('a wrong token is refused with cause and remedy, and sets no cookie', async () => {
  const agent = await AgentUnderTest.start();
  for (const token of ['', 'x', agent.server.access.token.slice(1), `${agent.server.access.token}A`]) {
    const answer = await agent.request(`/?token=${token}`);
    expect(answer.status).toBe(403);
    expect(answer.headers['set-cookie']).toBeUndefined();
    expect(answer.body.toString()).toContain('The token in this link is wrong: open the link');
  }
});

test('every route needs the cookie', async () => {
  const agent = await AgentUnderTest.start();
  await agent.spool.append(section({ run: 1, events: 3 }));
  const targets = [
    '/',
    '/index.html',
    '/assets/main-1234.js',
    '/api/host',
    '/api/types',
    '/spool?from=0&length=4',
    '/spool.pcapng',
  ];
  for (const target of targets) {
    expect((await agent.request(target)).status, target).toBe(200);
    for (const cookie of ['', `whither_${agent.server.port}=x`, 'whither_1=x', agent.server.access.token]) {
      const answer = await agent.request(target, { cookie });
      expect(answer.status, target).toBe(403);
      expect(answer.body.toString()).toContain('open the link with ?token=');
    }
  }
});

test('a Host header other than loopback with our port is refused, as DNS rebinding needs one', async () => {
  const agent = await AgentUnderTest.start();
  const { port } = agent.server;
  for (const host of [
    'evil.example',
    `evil.example:${port}`,
    '127.0.0.1',
    `127.0.0.1:${port + 1}`,
    `127.0.0.1.nip.io:${port}`,
  ]) {
    expect((await agent.request('/', { host })).status, host).toBe(403);
    expect((await agent.refused({ host })).status, host).toBe(403);
  }
  for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`]) {
    expect((await agent.request('/', { host })).status, host).toBe(200);
  }
});

test('a foreign Origin is refused before the upgrade, and so is a missing one', async () => {
  const agent = await AgentUnderTest.start();
  const { port } = agent.server;
  const line = 'The request comes from another site: open the link that whither printed.\n';
  for (const origin of [
    'https://evil.example',
    `https://127.0.0.1:${port}`,
    `http://127.0.0.1:${port + 1}`,
    `http://127.0.0.1:${port}.evil.example`,
    'null',
    'http://127.0.0.1',
  ]) {
    expect(await agent.refused({ origin }), origin).toEqual({ status: 403, body: line });
    expect((await agent.request('/api/host', { origin })).status, origin).toBe(403);
  }
  expect(await agent.refused({ origin: null })).toEqual({
    status: 403,
    body: 'A WebSocket without an Origin is refused: connect from the page.\n',
  });
  expect((await agent.refused({ cookie: null })).status).toBe(403);
  expect((await agent.refused({}, '/other')).status).toBe(404);
});

test('every answer has the security headers, and data is not cached', async () => {
  const agent = await AgentUnderTest.start();
  await agent.spool.append(section({ run: 1, events: 3 }));
  const token = encodeURIComponent(agent.server.access.token);
  const targets: [string, Record<string, string>][] = [
    ['/', {}],
    ['/assets/main-1234.js', {}],
    ['/missing', {}],
    [`/?token=${token}`, {}],
    ['/?token=x', {}],
    ['/', { cookie: '' }],
    ['/', { host: 'evil' }],
    ['/api/host', {}],
    ['/spool.pcapng', {}],
    ['/spool?from=0&length=4', {}],
    ['/spool?from=x', {}],
  ];
  for (const [target, headers] of targets) {
    const answer = await agent.request(target, headers);
    expect(answer.headers, target).toMatchObject({
      'content-security-policy': CONTENT_SECURITY_POLICY,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
    });
    if (/^\/(spool|api)/.test(target)) expect(answer.headers['cache-control'], target).toBe('no-store');
  }
  expect(CONTENT_SECURITY_POLICY).not.toMatch(/unsafe|\*/);
});

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

test('a service worker that a static host left behind is ended, also for who has no key', async () => {
  const agent = await AgentUnderTest.start();
  const answer = await agent.request('/service-worker.js', { cookie: '' });
  expect(answer.status).toBe(200);
  expect(answer.headers['content-type']).toContain('javascript');
  const script = answer.body.toString();
  expect(script).toContain('registration.unregister()');
  expect(script).not.toContain('fetch');
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

test('a status is cut to what a page takes', async () => {
  const agent = await AgentUnderTest.start();
  const client = await agent.connect();
  agent.server.setStatus({
    type: 'status',
    capture: 'restarting',
    text: `The probe said ${'x'.repeat(2000)}`,
  });
  await until(() => client.messages.length === 2);
  for (const message of client.messages) {
    expect(parseServerMessage(JSON.stringify(message))).toMatchObject({ ok: true });
  }
});

test('a path cannot leave the page directory', async () => {
  const agent = await AgentUnderTest.start();
  for (const target of [
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/assets/../../secret.txt',
    '/assets/..%5c..%5csecret.txt',
    '//secret.txt',
    '/%00',
    '/%',
    '/spool/spool-id',
  ]) {
    const answer = await agent.request(target);
    expect(answer.status, target).toBe(404);
    expect(answer.body.toString()).not.toContain('secret');
  }
});

test('only GET and HEAD are answered', async () => {
  const agent = await AgentUnderTest.start();
  expect((await agent.request('/api/host', {}, 'POST')).status).toBe(405);
  const head = await agent.request('/api/host', {}, 'HEAD');
  expect([head.status, head.body.length]).toEqual([200, 0]);
});

test('/api/host says whether there is a live capture, and why not', async () => {
  const agent = await AgentUnderTest.start();
  const ask = async (): Promise<unknown> => JSON.parse((await agent.request('/api/host')).body.toString());
  expect(await ask()).toMatchObject({ live: true, text: 'Capturing eth0.' });
  agent.server.setStatus({ type: 'status', capture: 'unavailable', text: 'no interface was named' });
  expect(await ask()).toMatchObject({ live: false, text: 'no interface was named' });
});

test('/spool answers exactly the bytes asked for, 410 when they are gone and 416 when they are not there yet', async () => {
  const agent = await AgentUnderTest.start({}, { segmentBytes: 4096, retainBytes: 40_000 });
  const bytes = section({ run: 1, events: 400 });
  await agent.spool.append(bytes);
  const { oldest, end } = agent.spool;
  expect(oldest).toBeGreaterThan(0);
  const kept = await agent.request(`/spool?from=${oldest}&length=28`);
  expect(kept.body).toEqual(Buffer.from(bytes.subarray(0, 28)));
  const gone = await agent.request('/spool?from=4&length=8');
  expect([gone.status, JSON.parse(gone.body.toString())]).toMatchObject([
    410,
    { oldest: String(oldest), missedBytes: String(oldest - 4) },
  ]);
  expect((await agent.request(`/spool?from=${end - 4}&length=8`)).status).toBe(416);
  for (const query of [
    '',
    '?from=0',
    '?from=-1&length=4',
    '?from=0&length=0',
    '?from=0&length=1e9',
    '?from=0&length=99999999',
  ]) {
    expect((await agent.request(`/spool${query}`)).status, query).toBe(400);
  }
});

test('/spool.pcapng is everything kept as one valid file', async () => {
  const agent = await AgentUnderTest.start({}, { segmentBytes: 4096 });
  expect((await agent.request('/spool.pcapng')).status).toBe(404);
  await agent.spool.append(section({ run: 1, events: 200 }));
  const { headers, body } = await agent.request('/spool.pcapng');
  expect(headers['content-disposition']).toMatch(/^attachment; filename="whither-[\w.-]+\.pcapng"$/);
  expect(Number(headers['content-length'])).toBe(agent.spool.end);
  const read = readAll([body]);
  expect([read.problems, read.packets.length]).toEqual([[], 200]);
});

test('files given to open are served whole and by range, and nothing else is', async () => {
  const file = path.join(temporaryDirectory(), 'a b.pcapng');
  writeFileSync(file, '0123456789');
  const agent = await AgentUnderTest.start({ files: [{ name: 'a b.pcapng', fd: openSync(file, 'r') }] });
  const url = '/files/0-a%20b.pcapng';
  const whole = await agent.request(url);
  expect([whole.status, whole.headers['content-length'], whole.body.toString()]).toEqual([
    200,
    '10',
    '0123456789',
  ]);
  const part = await agent.request(url, { range: 'bytes=2-4' });
  expect([part.status, part.headers['content-range'], part.body.toString()]).toEqual([
    206,
    'bytes 2-4/10',
    '234',
  ]);
  expect((await agent.request(url, { range: 'bytes=10-' })).status).toBe(416);
  for (const other of ['/files/0-a', '/files/1-a%20b.pcapng', '/files/0-../../etc/passwd', '/files/']) {
    expect((await agent.request(other)).status, other).toBe(404);
  }
  expect((await agent.request(url, { cookie: '' })).status).toBe(403);
});

test('a file is served again after somebody has stopped reading it', async () => {
  const file = path.join(temporaryDirectory(), 'big.pcapng');
  writeFileSync(file, 'whole');
  // More than sockets buffer, so that the server still reads when the connection ends.
  truncateSync(file, 64 * 1024 * 1024);
  const agent = await AgentUnderTest.start({ files: [{ name: 'big.pcapng', fd: openSync(file, 'r') }] });
  const { port } = agent.server;
  const url = '/files/0-big.pcapng';
  await new Promise<void>((resolve) => {
    const request = http.get(
      { host: '127.0.0.1', port, path: url, headers: { cookie: agent.cookie } },
      (response) => {
        response.once('data', () => request.destroy());
        response.once('close', () => resolve());
        response.once('error', () => undefined);
      },
    );
  });
  // What is opened next has the lowest number that is free.
  const other = path.join(temporaryDirectory(), 'other');
  writeFileSync(other, 'other');
  for (let i = 0; i < 20; i++) {
    await new Promise((resolve) => setImmediate(resolve));
    const fd = openSync(other, 'r');
    onTestFinished(() => closeSync(fd));
  }
  const { status, body } = await agent.request(url, { range: 'bytes=0-4' });
  expect([status, body.toString()]).toEqual([206, 'whole']);
});

test('a file that becomes shorter while it is sent ends the connection', async () => {
  const file = path.join(temporaryDirectory(), 'big.pcapng');
  // More than sockets buffer, so that the server still reads when the first bytes are here.
  writeFileSync(file, '');
  truncateSync(file, 256 * 1024 * 1024);
  const agent = await AgentUnderTest.start({ files: [{ name: 'big.pcapng', fd: openSync(file, 'r') }] });
  const { port } = agent.server;
  const keepAlive = new http.Agent({ keepAlive: true });
  onTestFinished(() => keepAlive.destroy());
  const end = await new Promise<string>((resolve) => {
    const headers = { cookie: agent.cookie };
    http.get(
      { host: '127.0.0.1', port, path: '/files/0-big.pcapng', headers, agent: keepAlive },
      (response) => {
        response.once('readable', () => {
          truncateSync(file, 1024);
          response.resume();
        });
        response.once('end', () => resolve('end'));
        response.once('error', (error) => resolve(codeOf(error)));
      },
    );
  });
  expect(end).toBe('ECONNRESET');
});

test('ranges are read as the RFC has them', () => {
  expect(parseRange(undefined, 10)).toBeNull();
  expect(parseRange('bytes=0-', 10)).toEqual({ start: 0, end: 9 });
  expect(parseRange('bytes=-3', 10)).toEqual({ start: 7, end: 9 });
  expect(parseRange('bytes=5-99', 10)).toEqual({ start: 5, end: 9 });
  expect(parseRange('bytes=5-4', 10)).toBeNull();
  expect(parseRange('bytes=0-1,4-5', 10)).toBeNull();
  expect(parseRange('bytes=-0', 10)).toBe('unsatisfiable');
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
