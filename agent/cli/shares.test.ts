import { createHash } from 'node:crypto';
import path from 'node:path';
import { Readable } from 'node:stream';
import { Command } from 'commander';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { StoredShare } from '#core/share/stored.ts';
import { Failure } from '../failure.ts';
import { ShareStore } from '../share/store.ts';
import { AgentUnderTest } from '../testing/agent-under-test.ts';
import { section } from '../testing/section.ts';
import { temporaryDirectory } from '../testing/temporary.ts';
import { addShares } from './shares.ts';

const BYTES = new Uint8Array(section({ run: 1, events: 20 }));
const sha256 = createHash('sha256').update(BYTES).digest('hex');
const EXPIRES = '2026-11-27T00:00:00Z';

async function start() {
  const clock = { now: Date.parse('2026-11-26T12:00:00Z') };
  const store = await ShareStore.open(path.join(temporaryDirectory(), 'shares'), () => clock.now);
  const agent = await AgentUnderTest.start({ shares: store });
  const add = (title: string, expires: string | null) =>
    store.add(Readable.from([BYTES]), { sha256, title, packets: 20, expires });
  return { agent, link: agent.server.link(''), add, clock };
}

/** What the command prints. Rejects with its Failure. */
async function shares(...args: readonly string[]): Promise<string> {
  let printed = '';
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += String(text);
    return true;
  });
  onTestFinished(() => write.mockRestore());
  const program = new Command();
  addShares(program);
  try {
    await program.parseAsync(['shares', ...args], { from: 'user' });
  } finally {
    write.mockRestore();
  }
  return printed;
}

test('those that are kept are listed with their links, and what has expired is not', async () => {
  const { agent, link, add, clock } = await start();
  const kept = await add('edge.pcapng', null);
  clock.now += 1000;
  const brief = await add('brief.pcapng', EXPIRES);
  const lineOf = ({ id, created }: StoredShare, expires: string, title: string) =>
    `${agent.origin}/s/${id}  ${created}  ${BYTES.length}  20  ${expires}  ${title}\n`;
  const last = lineOf(kept, 'never', 'edge.pcapng');
  expect(await shares('list', link)).toBe(lineOf(brief, EXPIRES, 'brief.pcapng') + last);
  clock.now = Date.parse(EXPIRES) + 1;
  expect(await shares('list', link)).toBe(last);
  expect(JSON.parse(await shares('list', link, '--json'))).toEqual([kept]);
  await expect(shares('delete', link, brief.id)).rejects.toThrow('There is no such share here');
});

test('one is deleted by its id, its link, or the address of its bytes', async () => {
  const { agent, link, add } = await start();
  for (const given of ['', `${agent.origin}/s/`, `${agent.origin}/s/`]) {
    const { id } = await add('edge.pcapng', null);
    expect(await shares('delete', link, given + id)).toBe('');
    expect(await shares('list', link)).toBe('');
  }
  const { id } = await add('edge.pcapng', null);
  expect(await shares('delete', link, `${agent.origin}/s/${id}.pcapng?source=x`)).toBe('');
  expect(await shares('list', link)).toBe('');
});

test('what cannot be is said with cause and remedy, and nothing is deleted', async () => {
  const [{ agent, link, add }, other] = [await start(), await start()];
  const { id } = await add('edge.pcapng', null);
  const said = (...args: readonly string[]) =>
    shares(...args).then(
      () => '',
      (thrown: unknown) => (thrown instanceof Failure ? thrown.line : String(thrown)),
    );
  const token = /token=[^&]*/;
  expect(await said('delete', link, 'nosuchid')).toBe(
    'There is no such share here: it was deleted already, or the id is not whole.',
  );
  expect(await said('delete', other.link, `${agent.origin}/s/${id}`)).toBe(
    `that share is kept at ${agent.origin}, not at ${other.agent.origin}: give the link of that agent.`,
  );
  expect(await said('delete', link.replace(token, 'token=abc'), id)).toBe(
    'The token in this link is wrong: open the link that whither printed when it started (each start has a new one).',
  );
  expect(await said('list', link.replace(token, ''))).toMatch(/^that is no link of an agent: give the one/);
  await other.agent.server.close();
  expect(await said('list', other.link)).toBe(
    `no agent answers at ${other.agent.origin}: give the link of one that runs.`,
  );
  expect(await shares('list', link)).toContain(id);
});
