/** The link that an agent printed, and what it takes to be let in by it: its token for a cookie, once. */
import { Failure } from '../failure.ts';

const ANSWER_TIMEOUT_MS = 10_000;
const REDIRECT = 302;

export interface Admission {
  /** ws(s)://…/stream */
  readonly stream: string;
  /** What a browser would send of its own accord; the agent refuses an upgrade without it. */
  readonly headers: { readonly cookie: string; readonly origin: string };
}

/** Failure for what is no link of an agent. */
export function parseAgentLink(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || !url.searchParams.has('token')) {
    throw new Failure(
      '--join wants the link that the other agent printed, with its token',
      'give http://HOST:PORT/?token=…',
    );
  }
  return url;
}

/** `refused`: it does not know this token, for each start of it has a new one. Rejects when it does not answer. */
export async function admit(link: URL, stopping: AbortSignal): Promise<Admission | 'refused'> {
  const response = await fetch(link, {
    redirect: 'manual',
    signal: AbortSignal.any([stopping, AbortSignal.timeout(ANSWER_TIMEOUT_MS)]),
  });
  await response.body?.cancel();
  // A proxy's word for an agent that is not there yet.
  if (response.status >= 500) throw new Error(`HTTP ${response.status}`);
  const [cookie] = response.headers.getSetCookie();
  if (response.status !== REDIRECT || cookie === undefined) return 'refused';
  const stream = new URL('/stream', link);
  stream.protocol = link.protocol === 'https:' ? 'wss:' : 'ws:';
  return { stream: stream.href, headers: { cookie: cookie.split(';')[0]!, origin: link.origin } };
}
