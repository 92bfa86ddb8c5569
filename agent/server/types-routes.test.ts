import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { TypesQuestion } from '../capture/types-question.ts';
import { Failure } from '../failure.ts';
import { AgentUnderTest } from '../testing/agent-under-test.ts';
import type { HostTypes } from './types-routes.ts';

const PROGRAM = { id: 7, name: 'edge_xdp', type: 'xdp', tag: '0123456789abcdef', types: true };
const BTF = Buffer.from('9feb0100', 'hex');
const KERNEL = '/sys/kernel/btf/vmlinux';

function agentWith(ask: (question: TypesQuestion) => Promise<Uint8Array>): Promise<AgentUnderTest> {
  return AgentUnderTest.start({ askTypes: ask });
}

test('programs are listed, and their types handed out as they are', async () => {
  const asked: TypesQuestion[] = [];
  const agent = await agentWith((question) => {
    asked.push(question);
    return Promise.resolve(question.program === null ? Buffer.from(JSON.stringify([PROGRAM])) : BTF);
  });
  const list = JSON.parse((await agent.request('/api/types')).body.toString()) as HostTypes;
  expect(list).toMatchObject({ programs: [PROGRAM], refusal: '', kernel: existsSync(KERNEL) });
  const answer = await agent.request('/api/types/btf?program=7');
  expect([answer.status, answer.headers['cache-control'], answer.body]).toEqual([200, 'no-store', BTF]);
  expect(asked).toEqual([{ program: null }, { program: 7 }]);
});

test.skipIf(!existsSync(KERNEL))('types of the kernel are read without the probe', async () => {
  const agent = await agentWith(() => Promise.reject(new Error('asked')));
  const { body } = await agent.request('/api/types/btf?kernel');
  expect(body.equals(readFileSync(KERNEL))).toBe(true);
  const head = await agent.request('/api/types/btf?kernel', {}, 'HEAD');
  expect([head.headers['content-length'], head.body.length]).toEqual([String(body.length), 0]);
});

test('nothing beside the directory of BTF can be named', async () => {
  const agent = await agentWith(() => Promise.resolve(BTF));
  for (const query of [
    'module=..%2Fvmlinux',
    'module=',
    'module=../../etc/passwd',
    'program=0',
    'program=-1',
    '',
  ]) {
    expect((await agent.request(`/api/types/btf?${query}`)).status, query).toBe(400);
  }
  expect((await agent.request('/api/types/btf?module=no_such')).status).toBe(404);
});

test('what the probe cannot say is told with its remedy, and the rest stays', async () => {
  const agent = await agentWith(() => Promise.reject(new Failure('there is no probe', 'run npm run build')));
  const list = JSON.parse((await agent.request('/api/types')).body.toString()) as HostTypes;
  expect(list).toMatchObject({ programs: [], refusal: 'there is no probe: run npm run build.' });
  const answer = await agent.request('/api/types/btf?program=7');
  expect([answer.status, JSON.parse(answer.body.toString())]).toEqual([
    404,
    { error: 'there is no probe', remedy: 'run npm run build' },
  ]);
});

test('an answer of the probe that is none is no list', async () => {
  const agent = await agentWith(() => Promise.resolve(Buffer.from('[{"id":"7"}]')));
  const list = JSON.parse((await agent.request('/api/types')).body.toString()) as HostTypes;
  expect(list.refusal).toMatch(/run npm run build/);
});

test('one question at a time, whatever it is about: each starts a process', async () => {
  const asked: ((bytes: Uint8Array) => void)[] = [];
  const agent = await agentWith(() => new Promise((resolve) => asked.push(resolve)));
  const statuses: number[] = [];
  const all = ['', '', '/btf?program=1', '/btf?program=2'].map(async (what) => {
    statuses.push((await agent.request(`/api/types${what}`)).status);
  });
  await expect.poll(() => [asked.length, statuses]).toEqual([1, [503, 503, 503]]);
  asked[0]!(BTF);
  await Promise.all(all);
  expect(statuses).toEqual([503, 503, 503, 200]);
});
