import { openSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { AgentUnderTest } from '../testing/agent-under-test.ts';
import { temporaryDirectory } from '../testing/temporary.ts';
import { fileQuery } from './open.ts';

test('the link of every file, whatever its name, leads the page to exactly that file', async () => {
  const names = [
    'out.pcapng',
    'a b+c.pcapng',
    '50%.pcap',
    'x&token=1#y?.pcap',
    'größe.pcapng',
    "it's (1).pcap",
  ];
  const dir = temporaryDirectory();
  const files = names.map((name, i) => {
    const file = path.join(dir, name);
    writeFileSync(file, `contents of ${i}`);
    return { name, fd: openSync(file, 'r') };
  });
  const agent = await AgentUnderTest.start({ spool: null, files });
  for (const [i, file] of files.entries()) {
    const link = new URL(agent.server.link(fileQuery(i, file)));
    const exchanged = await agent.request(link.pathname + link.search, { cookie: '' });
    expect(exchanged.status, file.name).toBe(302);
    // As the page reads its address bar, and then fetches what it says.
    const source = new URL(exchanged.headers.location!, agent.origin).searchParams.get('source')!;
    expect(source).toMatch(/^url:\/files\//);
    const target = new URL(source.slice('url:'.length), agent.origin);
    expect(target.origin).toBe(agent.origin);
    const answer = await agent.request(target.pathname + target.search);
    expect([answer.status, answer.body.toString()], file.name).toEqual([200, `contents of ${i}`]);
    expect((await agent.request(target.pathname, { cookie: '' })).status).toBe(403);
  }
});
