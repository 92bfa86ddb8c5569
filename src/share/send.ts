/** Where a share goes once it is made: a file, a page, the agent, a link. */
import { embedCapture } from '#core/share/html.ts';
import { parseStored, parseStoredList, type StoredShare } from '#core/share/stored.ts';
import type { Session } from '#src/state/session.ts';
import { isOnDisk } from '#src/state/sources.ts';
import type { MadeShare } from '#workers/api.ts';
import { Fault } from '#workers/fault.ts';
import { MAX_LINK_CHARS, SHARE_FRAGMENT } from './fragment.ts';

const SHARES = 'api/shares';

/** Why there can be no page with the capture inside, '' = there can. */
export function noPageReason(): string {
  return isOnDisk() ? 'A page that was opened from disk cannot make another: download the pcapng.' : '';
}

/** One HTML file. Rejects with a Fault. */
export async function pageOf(session: Session, made: MadeShare, title: string): Promise<Blob> {
  const [packed, page] = await Promise.all([session.api.packShare(made.blob), fetchText('share.html')]);
  const view = new URLSearchParams(made.notes.view.map(([name, value]) => [name, value])).toString();
  return new Blob([embedCapture(page, { packed, title, view })], { type: 'text/html' });
}

/** A link with the share inside. Rejects with a Fault when it is longer than MAX_LINK_CHARS. */
export async function linkOf(session: Session, made: MadeShare): Promise<string> {
  const packed = await session.api.packShare(made.blob);
  const text = packed.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
  const url = new URL(`./${SHARE_FRAGMENT}${text}`, document.baseURI).href;
  if (url.length <= MAX_LINK_CHARS) return url;
  throw new Fault(
    'link-too-long',
    `The link would have ${url.length} characters; one has at most ${MAX_LINK_CHARS}.`,
    'Share fewer journeys, or one of the other ways.',
  );
}

/** Rejects with a Fault; when `signal` is aborted, the agent keeps nothing of it. */
export async function sendToAgent(made: MadeShare, title: string, signal: AbortSignal): Promise<StoredShare> {
  const { expires } = made.manifest;
  const response = await ask(SHARES, {
    method: 'POST',
    body: made.blob,
    signal,
    headers: {
      'Content-Type': 'application/x-pcapng',
      'X-Whither-Sha256': made.sha256,
      'X-Whither-Title': encodeURIComponent(title),
      ...(expires !== null && { 'X-Whither-Expires': expires }),
    },
  });
  const stored = parseStored(await response.json());
  if (stored !== null) return stored;
  throw new Fault(
    'agent-answer',
    'The agent answered something else.',
    'Are page and agent of one version? Reload.',
  );
}

/** The link to it, for others. */
export function storedLink({ id }: StoredShare): string {
  return new URL(`s/${id}`, document.baseURI).href;
}

/** Those that are kept, the newest first. Rejects with a Fault. */
export async function storedShares(): Promise<readonly StoredShare[]> {
  return parseStoredList(await (await ask(SHARES, {})).json()) ?? [];
}

/** Rejects with a Fault. */
export async function deleteStored({ id }: StoredShare): Promise<void> {
  await ask(`${SHARES}/${id}`, { method: 'DELETE' });
}

async function fetchText(path: string): Promise<string> {
  return (await ask(path, {})).text();
}

async function ask(path: string, init: RequestInit): Promise<Response> {
  const response = await fetch(new URL(path, document.baseURI), {
    credentials: 'same-origin',
    ...init,
  }).catch(() => null);
  if (response?.ok === true) return response;
  // What an agent says is cause and remedy; a web server's page is not.
  const isText = response?.headers.get('content-type')?.startsWith('text/plain') === true;
  const said = isText ? (await response.text()).trim().slice(0, 500) : '';
  throw new Fault(
    'share-not-sent',
    said !== ''
      ? said
      : `The server of this page ${response === null ? 'does not answer' : `answered ${response.status}`} (${path}).`,
    said !== '' ? '' : 'Is it still there? Download the share instead.',
  );
}
