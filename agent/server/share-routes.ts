/**
 * Shares over HTTP. `/api/shares`: list, keep, delete, for whoever has the agent's cookie; a change must have an Origin as well, which
 * every browser sends along and no link can. `/s/ID` and `/s/ID.pcapng`: for whoever has the id, and nothing else of the agent.
 */
import { open } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { MAX_STORED_BYTES, type StoredShare } from '#core/share/stored.ts';
import { printMinute } from '#core/time/instant.ts';
import { Failure } from '../failure.ts';
import { noSpace, takesAnother, tooLarge, type ExpiredShare, type ShareStore } from '../share/store.ts';
import { sendDescriptor } from './files.ts';
import { sendJson, sendRefused, sendText } from './headers.ts';

export const SHARES_PATH = '/api/shares';
const SHARED = /^\/s\/([\w-]{1,64})(\.pcapng)?$/;
const MAX_HEADER_CHARS = 2000;
/** Of what is the share's fault: 422. */
const STATUS: ReadonlyMap<string, number> = new Map([
  [tooLarge().message, 413],
  [takesAnother().message, 503],
  [noSpace().message, 507],
]);

const NO_SHARE = {
  status: 404,
  heading: 'There is no such share here',
  cause: 'It was deleted, or its time was over, or the link is not whole.',
  remedy: 'Ask whoever gave you the link for it again, or for another share.',
} as const;
const expiredText = ({ expired: time }: ExpiredShare) => ({
  status: 410,
  heading: 'This share has expired',
  cause: `It was to be deleted after ${printMinute(time)}, and is.`,
  remedy: 'Ask whoever made it for another.',
});

/** What `/s/…` names; null = it is none of these paths. */
export function sharedPath(pathname: string): { readonly id: string; readonly bytes: boolean } | null {
  const match = SHARED.exec(pathname);
  return match === null ? null : { id: match[1]!, bytes: match[2] !== undefined };
}

/** The page on it, or its bytes. `guestCookie` lets a browser have the page's own files. */
export async function answerShared(
  store: ShareStore,
  { id, bytes }: NonNullable<ReturnType<typeof sharedPath>>,
  guestCookie: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const share = await store.find(id);
  if (share === null || 'expired' in share) {
    const { status, ...page } = share === null ? NO_SHARE : expiredText(share);
    sendRefused(response, status, `${page.heading}. ${page.cause} ${page.remedy}`, page);
    return;
  }
  if (bytes) {
    await sendShare(store, share, request, response);
    return;
  }
  response.setHeader('Set-Cookie', guestCookie);
  response.setHeader('Location', `/?source=url:/s/${id}.pcapng`);
  sendText(response, 302, 'Welcome.');
}

async function sendShare(
  store: ShareStore,
  share: StoredShare,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const file = await open(store.file(share), 'r');
  try {
    await sendDescriptor(file.fd, request, response);
  } finally {
    await file.close();
  }
}

/** `rest`: of the path, behind SHARES_PATH. */
export async function answerShares(
  store: ShareStore,
  rest: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method, headers } = request;
  if (rest === '' && (method === 'GET' || method === 'HEAD')) {
    sendJson(response, 200, await store.list());
    return;
  }
  const isKeep = rest === '' && method === 'POST';
  if (!isKeep && !(rest !== '' && method === 'DELETE')) {
    response.setHeader('Allow', rest === '' ? 'GET, HEAD, POST' : 'DELETE');
    sendText(response, 405, 'Shares are listed (GET), kept (POST), and deleted by their id (DELETE).');
    return;
  }
  if (headers.origin === undefined) {
    sendText(response, 403, 'A change without an Origin is refused: make it on the page.');
    return;
  }
  if (isKeep) await keep(store, request, response);
  else if (await store.remove(rest.slice(1))) sendJson(response, 200, { deleted: true });
  else
    sendText(response, 404, 'There is no such share here: it was deleted already, or the id is not whole.');
}

async function keep(store: ShareStore, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { headers } = request;
  if (headers['content-type'] !== 'application/x-pcapng') {
    sendText(response, 415, 'Only application/x-pcapng is taken.');
    return;
  }
  const text = (name: string): string => {
    const value = headers[name];
    return typeof value === 'string' && value.length <= MAX_HEADER_CHARS ? value : '';
  };
  try {
    if (Number(headers['content-length'] ?? 0) > MAX_STORED_BYTES) throw tooLarge();
    const share = await store.add(request.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>, {
      sha256: text('x-whither-sha256').toLowerCase(),
      title: titleOf(text('x-whither-title')),
      packets: packetsOf(text('x-whither-packets')),
      expires: text('x-whither-expires') || null,
    });
    sendJson(response, 201, share);
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown;
    // The rest of it is not waited for.
    response.setHeader('Connection', 'close');
    sendText(response, STATUS.get(thrown.message) ?? 422, thrown.line);
  }
}

function packetsOf(text: string): number | null {
  return /^\d{1,15}$/.test(text) ? Number(text) : null;
}

/** Without control characters: it is printed in terminals. */
function titleOf(encoded: string): string {
  try {
    return decodeURIComponent(encoded).replace(/\p{Cc}/gu, '') || 'share';
  } catch {
    return 'share';
  }
}
