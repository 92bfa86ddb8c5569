/** Files that were given to open: whole, by range, and whatever becomes of the file or of who reads it. */
import { closeSync, openSync, truncateSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { codeOf } from '../failure.ts';
import { AgentUnderTest } from '../testing/agent-under-test.ts';
import { temporaryDirectory } from '../testing/temporary.ts';
import { parseRange } from './files.ts';

/** More than sockets buffer, so that the server still reads when the first bytes are there. */
const BIG_BYTES = 256 * 1024 * 1024;

/** An agent that was given one file, of `size` bytes that begin with `text`. */
async function offering(name: string, text: string, size = text.length) {
  const file = path.join(temporaryDirectory(), name);
  writeFileSync(file, text);
  truncateSync(file, size);
  const agent = await AgentUnderTest.start({ files: [{ name, fd: openSync(file, 'r') }] });
  return { agent, file, url: `/files/0-${encodeURIComponent(name)}` };
}

/** Begins to read, and hands over what comes before any of it is taken. */
function get({ server, cookie }: AgentUnderTest, url: string, options: http.RequestOptions = {}) {
  const target = { host: '127.0.0.1', port: server.port, path: url, headers: { cookie } };
  return new Promise<http.IncomingMessage>((resolve) => http.get({ ...target, ...options }, resolve));
}

test('files given to open are served whole and by range, and nothing else is', async () => {
  const { agent, url } = await offering('a b.pcapng', '0123456789');
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
  const { agent, url } = await offering('big.pcapng', 'whole', BIG_BYTES);
  const response = await get(agent, url);
  await new Promise<void>((resolve) => {
    response.once('error', () => undefined);
    response.once('close', () => resolve());
    response.once('data', () => response.destroy());
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
  const { agent, file, url } = await offering('big.pcapng', '', BIG_BYTES);
  const keepAlive = new http.Agent({ keepAlive: true });
  onTestFinished(() => keepAlive.destroy());
  const response = await get(agent, url, { agent: keepAlive });
  const end = await new Promise<string>((resolve) => {
    response.once('end', () => resolve('end'));
    response.once('error', (error) => resolve(codeOf(error)));
    response.once('readable', () => {
      truncateSync(file, 1024);
      response.resume();
    });
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
