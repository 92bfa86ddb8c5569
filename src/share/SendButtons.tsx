/** Where a share goes: each a way of its own, and what came of it. */
import { useEffect, useRef, useState } from 'react';
import { downloadBlob } from '#src/schema/schema-file.ts';
import { LongWorkLine } from '#src/schema/LongWorkLine.tsx';
import { useWork } from '#src/schema/use-work.ts';
import { usePage, useSession } from '#src/state/context.ts';
import { afterFrame } from '#src/state/frame.ts';
import { isOnDisk } from '#src/state/sources.ts';
import type { MadeShare, WorkProgress } from '#workers/api.ts';
import { shareFileName, shareTitle } from './share-title.ts';
import {
  isGuest,
  linkOf,
  loopbackText,
  noPageReason,
  pageOf,
  sendToAgent,
  storedLink,
  type Packing,
} from './send.ts';
import { MAX_LINK_CHARS } from './fragment.ts';

interface Props {
  readonly made: MadeShare;
  readonly title: string;
  /** The agent may have one more. */
  readonly onSent: () => void;
}

/** What came of it. */
interface Sent {
  readonly text: string;
  /** To be handed on; '' = none. */
  readonly url: string;
}

const GUEST =
  'Whoever came by the link of a share can keep none here, and nobody else could open a link to this page: download it.';

/** Nobody knows how far it is. */
const UNKNOWN: WorkProgress = { share: null, bytes: 0 };

export function SendButtons({ made, title, onSent }: Props) {
  const session = useSession();
  const host = usePage((state) => state.host);
  const hasAgent = (host ?? null) !== null;
  const work = useWork();
  const guest = useGuest(host === null && !isOnDisk());
  const [done, setDone] = useState('');
  const [url, setUrl] = useState('');
  const [progress, setProgress] = useState(UNKNOWN);
  const name = shareFileName(made, title);
  const noPage = noPageReason();
  const sending = useRef<AbortController | null>(null);
  // What nobody waits for any more goes nowhere.
  useEffect(() => () => sending.current?.abort(), []);
  const section = useRef<HTMLElement>(null);
  // What is said is at the end of a dialog that may be higher than the window.
  useEffect(() => {
    if (!work.busy && work.error === '' && done === '') return undefined;
    return afterFrame(() => section.current?.scrollIntoView({ block: 'nearest' }));
  }, [work.busy, work.error, done, url]);
  const run = (task: (packing: Packing) => Promise<Sent>, givenUp: string) =>
    work.run(async () => {
      const controller = new AbortController();
      const { signal } = controller;
      sending.current = controller;
      setDone('');
      setUrl('');
      setProgress(UNKNOWN);
      let sent: Sent;
      try {
        sent = await Promise.race([task({ signal, onProgress: setProgress }), aborted(signal)]);
      } catch (thrown) {
        if (!signal.aborted) throw thrown;
        setDone(givenUp);
        return;
      }
      setDone(`${sent.text}.`);
      setUrl(sent.url);
      if (sent.url === '') return;
      // What is sent cannot be given up any more. Without permission the link is there to be copied by hand.
      navigator.clipboard.writeText(sent.url).then(
        () => sending.current === controller && setDone(`${sent.text}; the link is in the clipboard.`),
        () => undefined,
      );
    });
  return (
    <section aria-label="Where it goes" ref={section}>
      <p className="share-send">
        <button
          className="button"
          onClick={() => {
            downloadBlob(made.blob, `${name}.pcapng`);
            setDone(`${name}.pcapng is written.`);
          }}
        >
          Download pcapng
        </button>
        <button
          className="button"
          disabled={noPage !== '' || work.busy}
          onClick={() =>
            run(async (packing) => {
              downloadBlob(await pageOf(session, made, `${name}.pcapng`, packing), `${name}.html`);
              return {
                text: `${name}.html is written: one file that opens from disk, without a network`,
                url: '',
              };
            }, 'Nothing was written.')
          }
        >
          Download page (HTML)
        </button>
        <button
          className="button"
          disabled={!hasAgent || work.busy}
          title={
            hasAgent
              ? 'Whoever has the link and reaches this agent sees it'
              : guest === true
                ? GUEST
                : 'No agent has served this page'
          }
          onClick={() =>
            run(async ({ signal }) => {
              try {
                const stored = await sendToAgent(made, shareTitle(made), signal);
                return { text: 'The agent keeps it', url: storedLink(stored) };
              } finally {
                onSent();
              }
            }, 'It was given up: had the agent all of it by then, it is among those that it keeps.')
          }
        >
          Keep at the agent
        </button>
        {host === null && guest === false && (
          // On the page of an agent it would lead to this one's own loopback, where nobody else is.
          <button
            className="button"
            disabled={work.busy || noPage !== ''}
            title={`With the share inside, at most ${MAX_LINK_CHARS} characters; no server sees it`}
            onClick={() =>
              run(
                async (packing) => ({
                  text: 'The share is in the link',
                  url: await linkOf(session, made, packing),
                }),
                'Nothing was made.',
              )
            }
          >
            Link with it inside
          </button>
        )}
      </p>
      {noPage !== '' && <p className="muted">{noPage}</p>}
      {guest === true && <p className="muted">{GUEST}</p>}
      {work.busy && (
        <LongWorkLine work={{ progress, giveUp: () => sending.current?.abort() }} what="Share sent" />
      )}
      {work.error !== '' && (
        <p className="share-error" role="alert">
          {work.error}
        </p>
      )}
      <p role="status">{done}</p>
      {url !== '' && (
        <input
          className="mono share-link"
          aria-label="Link"
          readOnly
          value={url}
          onFocus={({ target }) => target.select()}
        />
      )}
      {url !== '' && loopbackText(url) !== '' && <p className="share-near">{loopbackText(url)}</p>}
    </section>
  );
}

/** null = it is not known yet. `asks`: whether it may be. */
function useGuest(asks: boolean): boolean | null {
  const [guest, setGuest] = useState<boolean | null>(null);
  useEffect(() => {
    let left = false;
    if (asks) void isGuest().then((is) => !left && setGuest(is));
    return () => {
      left = true;
    };
  }, [asks]);
  return asks ? guest : false;
}

/** Rejects when it is. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('aborted')));
  });
}
