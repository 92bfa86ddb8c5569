/** The link that an agent printed, and what it takes to be let in by it: its token for a cookie, once. */
import { Failure } from '../failure.ts';

const ANSWER_TIMEOUT_MS = 10_000;
const REDIRECT = 302;
const MAX_LINE_CHARS = 200;

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

/** `refused`: what it says of that, one line. Rejects when it does not answer, or will do so later. */
export async function admit(
  link: URL,
  stopping: AbortSignal,
): Promise<Admission | { readonly refused: string }> {
  const response = await fetch(link, {
    redirect: 'manual',
    signal: AbortSignal.any([stopping, AbortSignal.timeout(ANSWER_TIMEOUT_MS)]),
  });
  const [cookie] = response.headers.getSetCookie();
  if (response.status !== REDIRECT || cookie === undefined) {
    const line = await firstLine(response);
    // A proxy's word for an agent that is not there yet.
    if (response.status >= 500) throw new Error(`HTTP ${response.status}`);
    return { refused: line === '' ? `it answered with HTTP ${response.status}` : line };
  }
  await response.body?.cancel();
  const stream = new URL('/stream', link);
  stream.protocol = link.protocol === 'https:' ? 'wss:' : 'ws:';
  return { stream: stream.href, headers: { cookie: cookie.split(';')[0]!, origin: link.origin } };
}

/** Of a text that is no page, as an agent answers those that are no browser. */
async function firstLine({ headers, body }: Response): Promise<string> {
  if (body === null) return '';
  const reader = body.getReader();
  const { value } = await reader.read();
  await reader.cancel();
  if (!/^text\/plain\b/.test(headers.get('content-type') ?? '')) return '';
  const [line = ''] = Buffer.from(value ?? [])
    .toString('utf8')
    .split('\n', 1);
  return line.slice(0, MAX_LINE_CHARS);
}
