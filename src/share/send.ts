/** Where a share goes once it is made: a file, a page, the agent, a link. */
import * as v from 'valibot';
import { aroundCapture } from '#core/share/html.ts';
import { parseStored, parseStoredList, type StoredShare } from '#core/share/stored.ts';
import type { Session } from '#src/state/session.ts';
import { isOnDisk } from '#src/state/sources.ts';
import { GIVE_UP, type MadeShare, type WorkProgress } from '#workers/api.ts';
import { Fault } from '#workers/fault.ts';
import { MAX_LINK_CHARS, SHARE_FRAGMENT } from './fragment.ts';

const SHARES = 'api/shares';
const GONE = 404;
/** As in URLs, which browsers write one way. */
const LOOPBACK = /^(?:localhost|127\.[\d.]+|\[::1\])$/;

/** Why there can be no page or link with the capture inside, and what to do, '' = there can. */
export function noPageReason(): string {
  return isOnDisk()
    ? 'A page that was opened from disk cannot make another, nor a link: download the pcapng, and share it from a Whither on a host.'
    : '';
}

const Guest = v.object({ guest: v.literal(true) });

/** Whether an agent let this browser in by the link of a share alone: then nothing is kept there, and its page is nobody else's. Never rejects. */
export async function isGuest(): Promise<boolean> {
  try {
    const response = await fetch(new URL('api/host', document.baseURI), { credentials: 'same-origin' });
    return response.ok && v.is(Guest, await response.json());
  } catch {
    return false;
  }
}

/** What is to be said of a link that leads back to the machine it is opened on, '' = it leads here from elsewhere too. */
export function loopbackText(link: string): string {
  const { hostname, port } = new URL(link);
  if (!LOOPBACK.test(hostname)) return '';
  const at = port || '80';
  return `Only this machine reaches that address. For somebody else: a tunnel (ssh -L ${at}:localhost:${at} and this host), an agent with --host, or the page as a file (HTML).`;
}

/** Of what takes its time: how far it is, and when nobody wants it any more. */
export interface Packing {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: WorkProgress) => void;
}

/** One HTML file. Rejects with a Fault, and when `signal` is aborted. */
export async function pageOf(
  session: Session,
  made: MadeShare,
  title: string,
  packing: Packing,
): Promise<Blob> {
  const [packed, page] = await Promise.all([pack(session, made, packing), fetchPage()]);
  packing.signal.throwIfAborted();
  const view = new URLSearchParams(made.notes.view.map(([name, value]) => [name, value])).toString();
  // Never as one text, which would be hundreds of megabytes.
  const [before, behind] = aroundCapture(page, { title, view });
  return new Blob([before, packed, behind], { type: 'text/html' });
}

/** A link with the share inside. Rejects with a Fault when it is longer than MAX_LINK_CHARS, and when `signal` is aborted. */
export async function linkOf(session: Session, made: MadeShare, packing: Packing): Promise<string> {
  const packed = await pack(session, made, packing);
  const start = new URL(`./${SHARE_FRAGMENT}`, document.baseURI).href;
  const length = start.length + packed.size;
  if (length > MAX_LINK_CHARS) {
    throw new Fault(
      'link-too-long',
      `The link would have ${length} characters; one has at most ${MAX_LINK_CHARS}.`,
      'Share fewer journeys, or one of the other ways.',
    );
  }
  const text = (await packed.text()).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
  return start + text;
}

/** base64 in a Blob. */
async function pack({ api }: Session, { blob }: MadeShare, { signal, onProgress }: Packing): Promise<Blob> {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = ({ data }: MessageEvent<WorkProgress>) => onProgress(data);
  const giveUp = () => port1.postMessage(GIVE_UP);
  signal.addEventListener('abort', giveUp);
  try {
    const packed = await api.packShare(blob, port2);
    signal.throwIfAborted();
    if (packed === null) throw new Fault('given-up', 'It was given up.', 'Begin again.');
    return packed;
  } finally {
    signal.removeEventListener('abort', giveUp);
    port1.close();
  }
}

/** Rejects with a Fault; when `signal` is aborted, the agent keeps nothing of it. */
export async function sendToAgent(made: MadeShare, title: string, signal: AbortSignal): Promise<StoredShare> {
  const { expires, events } = made.manifest;
  const response = await ask(SHARES, {
    method: 'POST',
    body: made.blob,
    signal,
    headers: {
      'Content-Type': 'application/x-pcapng',
      'X-Whither-Sha256': made.sha256,
      'X-Whither-Title': encodeURIComponent(title),
      'X-Whither-Packets': String(events.kept),
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

/** Whether it was still there. Rejects with a Fault. */
export async function deleteStored({ id }: StoredShare): Promise<boolean> {
  const response = await ask(`${SHARES}/${id}`, { method: 'DELETE' }, GONE);
  return response.status !== GONE;
}

let page: Promise<string> | null = null;

/** The page that a capture goes into, fetched once: an agent that serves it may be gone when it is wanted. Rejects with a Fault. */
export function fetchPage(): Promise<string> {
  page ??= ask('share.html', {}).then((response) => response.text());
  page.catch(() => {
    page = null;
  });
  return page;
}

/** `also`: a status that is an answer, besides those that are ok. */
async function ask(path: string, init: RequestInit, also = 200): Promise<Response> {
  const response = await fetch(new URL(path, document.baseURI), {
    credentials: 'same-origin',
    ...init,
  }).catch(() => null);
  if (response !== null && (response.ok || response.status === also)) return response;
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
