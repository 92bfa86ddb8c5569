/** Who is let in, and what the routes answer. Files: files.test.ts; below HTTP: connections.test.ts. */
import { expect, test } from 'vitest';
import { readAll } from '#core/pcapng/testing/record-calls.ts';
import { parseServerMessage } from '#core/protocol/control.ts';
import { section } from '../testing/section.ts';
import { AgentUnderTest } from '../testing/agent-under-test.ts';
import { until } from '../testing/temporary.ts';
import { CONTENT_SECURITY_POLICY } from './headers.ts';
import { REFUSAL_POLICY } from './refusal-page.ts';

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
    expect(answer.headers['content-security-policy']).toBe(REFUSAL_POLICY);
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

test('a service worker that a static host left behind is ended, also for who has no key', async () => {
  const agent = await AgentUnderTest.start();
  const answer = await agent.request('/service-worker.js', { cookie: '' });
  expect(answer.status).toBe(200);
  expect(answer.headers['content-type']).toContain('javascript');
  const script = answer.body.toString();
  expect(script).toContain('registration.unregister()');
  expect(script).not.toContain('fetch');
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
