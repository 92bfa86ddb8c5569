import http from 'node:http';
import { expect, test } from 'vitest';
import { MAX_CAPTURE_ASK_BYTES, type CaptureControls } from '#core/protocol/capture-ask.ts';
import { AgentUnderTest } from '../testing/agent-under-test.ts';
import type { CaptureControl } from './capture-route.ts';

const CONTROLS: CaptureControls = { refused: '', ask: null, devices: ['eth0'], namespaces: [] };

class FakeControl implements CaptureControl {
  readonly asked: unknown[] = [];
  refused = '';
  controls() {
    return Promise.resolve({ ...CONTROLS, refused: this.refused });
  }
  change(ask: unknown) {
    this.asked.push(ask);
    const refused = { ok: false, field: 'filter', cause: 'no', remedy: 'yes' } as const;
    return Promise.resolve(this.asked.length === 1 ? ({ ok: true } as const) : refused);
  }
}

async function agentWith(control: CaptureControl) {
  const agent = await AgentUnderTest.start({ control });
  const post = (body: string, headers: Record<string, string | null> = {}) =>
    new Promise<{ status: number; body: string }>((resolve, reject) => {
      const all: Record<string, string | null> = {
        cookie: agent.cookie,
        origin: agent.origin,
        'content-type': 'application/json',
        ...headers,
      };
      const kept = Object.fromEntries(
        Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== null),
      );
      const request = http.request(
        {
          host: '127.0.0.1',
          port: agent.server.port,
          path: '/api/capture',
          method: 'POST',
          agent: false,
          headers: kept,
        },
        (response) => {
          let text = '';
          response.setEncoding('utf8');
          response.on('data', (part: string) => (text += part));
          response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }));
        },
      );
      request.on('error', reject);
      request.end(body);
    });
  return { agent, post };
}

test('what is captured is told, and a change is handed on with its answer', async () => {
  const control = new FakeControl();
  const { agent, post } = await agentWith(control);
  const told = await agent.request('/api/capture');
  expect([told.status, JSON.parse(told.body.toString())]).toEqual([200, CONTROLS]);
  expect(await post('{"filter":"udp"}')).toEqual({ status: 200, body: '{"ok":true}' });
  expect(await post('{"filter":"udp"}')).toMatchObject({ status: 422 });
  expect(control.asked).toEqual([{ filter: 'udp' }, { filter: 'udp' }]);
});

test('only the page itself changes anything: cookie, Host, Origin and JSON', async () => {
  const control = new FakeControl();
  const { agent, post } = await agentWith(control);
  expect((await post('{}', { cookie: null })).status).toBe(403);
  expect((await post('{}', { cookie: `${agent.server.access.cookieName}=x` })).status).toBe(403);
  expect((await post('{}', { origin: null })).status).toBe(403);
  expect((await post('{}', { origin: 'http://evil.example' })).status).toBe(403);
  expect((await post('{}', { host: 'evil.example' })).status).toBe(403);
  expect((await post('{}', { 'content-type': 'text/plain' })).status).toBe(415);
  expect((await post('{')).status).toBe(400);
  expect((await post(`"${'x'.repeat(MAX_CAPTURE_ASK_BYTES)}"`)).status).toBe(413);
  expect((await agent.request('/api/capture', {}, 'DELETE')).status).toBe(405);
  expect((await agent.request('/api/host', { origin: agent.origin }, 'POST')).status).toBe(405);
  expect(control.asked).toEqual([]);
});

test('an agent that is only read says so, and takes no change', async () => {
  const control = new FakeControl();
  control.refused = 'started with --read-only';
  const { post } = await agentWith(control);
  expect(await post('{}')).toEqual({ status: 403, body: 'started with --read-only\n' });
  expect(control.asked).toEqual([]);
});
