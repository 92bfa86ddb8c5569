/** `whither shares`: what a running agent keeps, asked over its own link, which whoever started it has. */
import type { Command } from 'commander';
import { parseStoredList, type StoredShare } from '#core/share/stored.ts';
import { Failure } from '../failure.ts';
import { SHARES_PATH } from '../server/share-routes.ts';

export function addShares(program: Command): void {
  const shares = program.command('shares').description('shares that a running agent keeps (docs/share.md)');
  shares
    .command('list')
    .description('one line for each: link, when it was made, bytes, packets, when it is deleted, title')
    .argument('<link>', 'the link that whither printed when it started')
    .option('--json', 'as one JSON array')
    .action(async (link: string, { json }: { json?: boolean }) => {
      const agent = await letIn(link);
      const list = await agent.list();
      const lines = json === true ? [JSON.stringify(list)] : list.map((share) => lineOf(agent.origin, share));
      process.stdout.write(lines.map((line) => `${line}\n`).join(''));
    });
  shares
    .command('delete')
    .description('delete a share: its link opens nothing from then on')
    .argument('<link>', 'the link that whither printed when it started')
    .argument('<id>', 'of the share, or its link')
    .action(async (link: string, id: string) => {
      const agent = await letIn(link);
      await agent.delete(idOf(id, agent.origin));
    });
}

function lineOf(origin: string, { id, created, bytes, packets, expires, title }: StoredShare): string {
  return `${origin}/s/${id}  ${created}  ${bytes}  ${packets ?? '?'}  ${expires ?? 'never'}  ${title}`;
}

/** Of a share, given as it is or as its link. Failure for the link of another agent's. */
function idOf(given: string, origin: string): string {
  if (!URL.canParse(given)) return given;
  const url = new URL(given);
  if (url.origin === origin) return url.pathname.replace(/^.*\//, '').replace(/\.pcapng$/, '');
  throw new Failure(`that share is kept at ${url.origin}, not at ${origin}`, 'give the link of that agent');
}

interface Agent {
  readonly origin: string;
  list(): Promise<readonly StoredShare[]>;
  delete(id: string): Promise<void>;
}

/** Exchanges the token of the link for the cookie. Failure when the agent does not let us in. */
async function letIn(link: string): Promise<Agent> {
  if (!URL.canParse(link) || !new URL(link).searchParams.has('token')) {
    throw new Failure(
      'that is no link of an agent',
      'give the one with ?token= that whither printed when it started',
    );
  }
  const url = new URL(link);
  const welcome = await ask(url, { redirect: 'manual' });
  const cookie = welcome.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  const headers = { cookie, origin: url.origin };
  return {
    origin: url.origin,
    list: async () => {
      const answer = await ask(new URL(SHARES_PATH, url.origin), { headers });
      const list = parseStoredList(await answer.json());
      if (list === null)
        throw new Failure('the agent answered something else', 'use the same version of whither');
      return list;
    },
    delete: async (id) => {
      const path = `${SHARES_PATH}/${encodeURIComponent(id)}`;
      await ask(new URL(path, url.origin), { method: 'DELETE', headers });
    },
  };
}

async function ask(url: URL, init: RequestInit): Promise<Response> {
  const response = await fetch(url, init).catch(() => null);
  if (response === null)
    throw new Failure(`no agent answers at ${url.origin}`, 'give the link of one that runs');
  if (response.status < 400) return response;
  // What an agent says is cause and remedy.
  const [cause = '', ...rest] = (await response.text()).trim().replace(/\.$/, '').split(': ');
  throw new Failure(cause, rest.join(': ') || `the agent answered ${response.status}`);
}
