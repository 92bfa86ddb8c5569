import { createHash } from 'node:crypto';
import { copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { MAX_STORED_BYTES, parseStored, parseStoredList, type StoredShare } from '#core/share/stored.ts';
import { ShareStore } from '../share/store.ts';
import { AgentUnderTest } from '../testing/agent-under-test.ts';
import { section } from '../testing/section.ts';
import { temporaryDirectory, until } from '../testing/temporary.ts';

const BYTES = new Uint8Array(section({ run: 1, events: 20 }));
const SHA256 = createHash('sha256').update(BYTES).digest('hex');

interface Started {
  readonly agent: AgentUnderTest;
  readonly shares: ShareStore;
  readonly dir: string;
  readonly clock: { now: number };
  readonly keep: (headers?: Record<string, string>, body?: Uint8Array<ArrayBuffer>) => Promise<Response>;
}

async function start(): Promise<Started> {
  const dir = path.join(temporaryDirectory(), 'shares');
  const clock = { now: Date.parse('2026-11-26T12:00:00Z') };
  const shares = await ShareStore.open(dir, () => clock.now);
  const agent = await AgentUnderTest.start({ shares });
  const keep = (headers: Record<string, string> = {}, body = BYTES) =>
    fetch(`${agent.origin}/api/shares`, {
      method: 'POST',
      body,
      headers: {
        cookie: agent.cookie,
        origin: agent.origin,
        'content-type': 'application/x-pcapng',
        'x-whither-sha256': SHA256,
        'x-whither-title': encodeURIComponent('edge \u2603.pcapng'),
        'x-whither-packets': '20',
        ...headers,
      },
    });
  return { agent, shares, dir, clock, keep };
}

async function kept(answer: Response): Promise<StoredShare> {
  const share = parseStored(await answer.json());
  if (share === null) throw new Error('no share was answered');
  return share;
}

test('a share is kept as it is, found by its id alone, listed, and deleted', async () => {
  const { agent, dir, keep } = await start();
  const answer = await keep();
  expect(answer.status).toBe(201);
  const share = await kept(answer);
  expect(share).toMatchObject({
    sha256: SHA256,
    bytes: BYTES.length,
    title: 'edge \u2603.pcapng',
    packets: 20,
    expires: null,
  });
  expect(Buffer.from(share.id, 'base64url').length * 8).toBeGreaterThanOrEqual(128);

  const bytes = await agent.request(`/s/${share.id}.pcapng`, { cookie: '' });
  expect(createHash('sha256').update(bytes.body).digest('hex')).toBe(SHA256);
  const part = await agent.request(`/s/${share.id}.pcapng`, { cookie: '', range: 'bytes=0-3' });
  expect([part.status, part.body.toString('hex')]).toEqual([206, '0a0d0d0a']);

  const list = async () => parseStoredList(JSON.parse((await agent.request('/api/shares')).body.toString()));
  expect(await list()).toEqual([share]);
  // Another agent on the same directory takes it up.
  expect(await (await ShareStore.open(dir)).list()).toEqual([share]);
  const origin = { origin: agent.origin };
  expect((await agent.request(`/api/shares/${share.id}`, origin, 'DELETE')).status).toBe(200);
  expect((await agent.request(`/api/shares/${share.id}`, origin, 'DELETE')).status).toBe(404);
  expect(await list()).toEqual([]);
  expect((await agent.request(`/s/${share.id}`)).status).toBe(404);
  expect(readdirSync(dir)).toEqual([]);
});

test('its link lets a browser see the page and the share, and nothing else of the agent', async () => {
  const { agent, keep } = await start();
  const { id } = await kept(await keep());
  const welcome = await agent.request(`/s/${id}`, { cookie: '' });
  expect([welcome.status, welcome.headers.location]).toEqual([302, `/?source=url:/s/${id}.pcapng`]);
  const cookie = welcome.headers['set-cookie']![0]!.split(';')[0]!;
  expect((await agent.request('/', { cookie })).body.toString()).toContain('<title>Whither');
  expect(JSON.parse((await agent.request('/api/host', { cookie })).body.toString())).toEqual({ guest: true });
  for (const target of [
    '/api/shares',
    '/api/types',
    '/api/capture',
    '/spool',
    '/spool.pcapng',
    '/files/0-x',
    '/stream',
  ]) {
    expect((await agent.request(target, { cookie })).status, target).toBe(403);
  }
  expect((await agent.request(`/api/shares/${id}`, { cookie, origin: agent.origin }, 'DELETE')).status).toBe(
    403,
  );
  expect((await agent.request('/', { cookie: `${cookie}x` })).status).toBe(403);
});

test('nothing is kept of what is damaged, too large, of strangers, or no capture', async () => {
  const { dir, keep } = await start();
  const refused: readonly (readonly [number, () => Promise<Response>])[] = [
    [422, () => keep({ 'x-whither-sha256': '0'.repeat(64) })],
    [422, () => keep({}, new TextEncoder().encode('<script>'))],
    [422, () => keep({ 'x-whither-expires': '2020-01-01T00:00:00Z' })],
    [422, () => keep({ 'x-whither-expires': 'tomorrow' })],
    // A time to JavaScript, and none that is read again: it would lie there unlisted for ever.
    [422, () => keep({ 'x-whither-expires': '2099' })],
    [415, () => keep({ 'content-type': 'text/plain' })],
    [403, () => keep({ cookie: '' })],
    [403, () => keep({ origin: 'http://elsewhere.example' })],
  ];
  for (const [status, answer] of refused) expect((await answer()).status).toBe(status);
  expect(readdirSync(dir)).toEqual([]);
});

test('one that is too large is refused before it is sent, and in words', async () => {
  const { agent } = await start();
  const answer = await agent.request(
    '/api/shares',
    {
      origin: agent.origin,
      'content-type': 'application/x-pcapng',
      'content-length': String(MAX_STORED_BYTES + 1),
      expect: '100-continue',
    },
    'POST',
  );
  expect([answer.status, answer.body.toString()]).toEqual([
    413,
    'a share that an agent keeps has at most 256 MiB: share less of the capture, or download it.\n',
  ]);
});

test('a share that expires says when, and is gone then', async () => {
  const { agent, clock, dir, keep } = await start();
  const { id, expires } = await kept(await keep({ 'x-whither-expires': '2026-11-27T12:00:00Z' }));
  expect(expires).toBe('2026-11-27T12:00:00Z');
  expect((await agent.request(`/s/${id}.pcapng`)).status).toBe(200);
  clock.now = Date.parse('2026-11-27T12:00:01Z');
  // However often it is asked, and by whichever of its links; also of an agent that is started later.
  for (const target of [`/s/${id}.pcapng`, `/s/${id}`, `/s/${id}`])
    expect((await agent.request(target)).status).toBe(410);
  const later = await ShareStore.open(dir, () => clock.now);
  expect(await later.find(id)).toEqual({ expired: expires });
  expect(readdirSync(dir)).toEqual([`${id}.expired`]);
  expect(readFileSync(path.join(dir, `${id}.expired`), 'utf8')).toBe(expires);
  clock.now = Date.parse('2027-03-01T00:00:00Z');
  expect(await later.list()).toEqual([]);
  expect((await agent.request(`/s/${id}`)).status).toBe(404);
  expect(readdirSync(dir)).toEqual([]);
});

test('a browser is told in a page that a share is gone, and whatever else asks in a line', async () => {
  const { agent, clock, keep } = await start();
  const html = { cookie: '', accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
  const asked = async (id: string, headers: Record<string, string>) => {
    const { status, headers: said, body } = await agent.request(`/s/${id}`, headers);
    return {
      status,
      type: said['content-type'],
      policy: said['content-security-policy'],
      text: body.toString(),
    };
  };
  const page = await asked('a'.repeat(32), html);
  expect(page).toMatchObject({ status: 404, type: 'text/html; charset=utf-8' });
  expect(page.text).toContain('<h1>There is no such share here</h1>');
  expect(page.text).toContain('It was deleted, or its time was over');
  // Its own style alone: not even a script of the page.
  expect(page.policy).toContain("default-src 'none'; style-src 'self'");
  expect(page.policy).not.toContain('script-src');
  expect(page.text).not.toMatch(/<script|style=|https?:/);
  const line = await asked('a'.repeat(32), { cookie: '', accept: '*/*' });
  expect([line.status, line.type]).toEqual([404, 'text/plain; charset=utf-8']);
  expect(line.text).toMatch(/^There is no such share here\. .*Ask whoever gave you the link.*\n$/);

  const expires = { 'x-whither-expires': '2026-11-27T12:00:00Z' };
  const { id } = await kept(await keep(expires));
  clock.now = Date.parse('2026-11-27T12:00:01Z');
  const gone = await asked(id, html);
  expect([gone.status, gone.text.includes('<h1>This share has expired</h1>')]).toEqual([410, true]);
  expect((await asked(id, {})).text).toBe(
    'This share has expired. It was to be deleted after 2026-11-27 12:00 UTC, and is. Ask whoever made it for another.\n',
  );
});

test.each(['', '-1', '1e3', '9'.repeat(400), 'x'])(
  'a number of packets that is none is not kept: %s',
  async (packets) => {
    const { keep } = await start();
    expect((await kept(await keep({ 'x-whither-packets': packets }))).packets).toBeNull();
  },
);

test('those that have expired are deleted from the disk, also when nobody asks for them', async () => {
  const { clock, dir, keep } = await start();
  const expires = { 'x-whither-expires': '2026-11-27T12:00:00Z' };
  await kept(await keep(expires));
  clock.now = Date.parse('2026-11-27T12:00:01Z');
  vi.useFakeTimers({ toFake: ['setInterval'] });
  onTestFinished(() => void vi.useRealTimers());
  await ShareStore.open(dir, () => clock.now);
  const left = () => readdirSync(dir).filter((name) => !name.endsWith('.expired'));
  expect(left()).toEqual([]);
  clock.now = Date.parse('2026-11-26T12:00:00Z');
  await kept(await keep(expires));
  expect(left()).toHaveLength(2);
  clock.now = Date.parse('2026-11-27T12:00:01Z');
  vi.advanceTimersByTime(60 * 60 * 1000);
  await until(() => left().length === 0);
});

test('of those that have expired only so many are known, the last ones', async () => {
  const { clock, dir } = await start();
  const idOf = (number: number): string => String(number).padStart(32, 'x');
  const hour = 60 * 60 * 1000;
  for (let i = 0; i < 1002; i++) {
    const expired = new Date(clock.now - hour - i * 1000).toISOString();
    writeFileSync(path.join(dir, `${idOf(i)}.expired`), i === 7 ? 'no time' : expired);
  }
  const store = await ShareStore.open(dir, () => clock.now);
  expect(readdirSync(dir)).toHaveLength(1000);
  expect(await store.find(idOf(0))).toEqual({ expired: new Date(clock.now - hour).toISOString() });
  expect(await store.find(idOf(7))).toBeNull();
  expect(await store.find(idOf(1000))).not.toBeNull();
  expect(await store.find(idOf(1001))).toBeNull();
});

test('what an agent that was killed has left of a share is removed, and shares are not', async () => {
  const { dir, keep } = await start();
  const { id } = await kept(await keep());
  const left = 'a'.repeat(32);
  for (const name of [`${left}.json`, `${'b'.repeat(32)}.pcapng`, `${id}.part`]) {
    copyFileSync(path.join(dir, `${id}.${name.endsWith('json') ? 'json' : 'pcapng'}`), path.join(dir, name));
  }
  await ShareStore.open(dir);
  expect(readdirSync(dir).sort()).toEqual([`${id}.json`, `${id}.pcapng`]);
});

describe('a share that is sent in pieces', () => {
  const OFFERED = { sha256: SHA256, title: '', packets: null, expires: null };
  const byteByByte = [...Array.from(BYTES.subarray(0, 9), (byte) => Uint8Array.of(byte)), BYTES.subarray(9)];

  test('is one all the same, or none', async () => {
    const { shares } = await start();
    expect((await shares.add(Readable.from(byteByByte), OFFERED)).bytes).toBe(BYTES.length);
    const other = Readable.from([BYTES.subarray(0, 1), BYTES.subarray(0, 9)]);
    await expect(shares.add(other, OFFERED)).rejects.toThrow('no pcapng');
    const sha256 = createHash('sha256').update(BYTES.subarray(0, 3)).digest('hex');
    const short = Readable.from([BYTES.subarray(0, 3)]);
    await expect(shares.add(short, { ...OFFERED, sha256 })).rejects.toThrow('no pcapng');
  });

  test('is the only one until it has ended: limits hold for what comes at once', async () => {
    const { shares, dir, keep } = await start();
    const slow = new PassThrough();
    const first = shares.add(slow, OFFERED);
    slow.write(BYTES.subarray(0, 5));
    const busy = await keep();
    expect([busy.status, await busy.text()]).toEqual([
      503,
      'the agent is taking another share at the moment: send it again when that has ended.\n',
    ]);
    slow.end(BYTES.subarray(5));
    await first;
    expect((await keep()).status).toBe(201);
    expect(readdirSync(dir)).toHaveLength(4);
  });

  test('and for which the disk has no room leaves nothing behind, and says so', async () => {
    const { shares, dir } = await start();
    async function* full(): AsyncGenerator<Uint8Array> {
      yield BYTES.subarray(0, 100);
      await Promise.resolve();
      throw Object.assign(new Error('write'), { code: 'ENOSPC' });
    }
    await expect(shares.add(full(), OFFERED)).rejects.toThrow('has no room for the share');
    expect(readdirSync(dir)).toEqual([]);
  });
});

test('no path leads outside of the store', async () => {
  const { agent, dir } = await start();
  writeFileSync(path.join(dir, '..', 'secret.pcapng'), 'secret');
  writeFileSync(path.join(dir, '..', 'secret.json'), '{}');
  for (const id of [
    '../secret',
    '..%2Fsecret',
    '%2e%2e%2fsecret',
    '....//secret',
    'secret',
    '.',
    '..',
    '%2e%2e%2f%2e%2e%2f%2e%2e%2fetc%2fpasswd',
    '%00',
    `${'a'.repeat(31)}%00`,
    '%252e%252e%252fsecret',
    '..%5csecret',
    'a'.repeat(32),
    'a'.repeat(4000),
  ]) {
    for (const target of [`/s/${id}`, `/s/${id}.pcapng`]) {
      const answer = await agent.request(target, { cookie: '' });
      expect([403, 404], target).toContain(answer.status);
      expect(answer.body.toString()).not.toBe('secret');
    }
    const deleted = await agent.request(`/api/shares/${id}`, { origin: agent.origin }, 'DELETE');
    expect(deleted.status, id).toBe(404);
  }
  expect(readdirSync(path.join(dir, '..'))).toContain('secret.pcapng');
});
