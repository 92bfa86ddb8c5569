/** Where a share goes: each a way of its own, and what came of it. */
import { useEffect, useRef, useState } from 'react';
import { downloadBlob } from '#src/schema/schema-file.ts';
import { useWork } from '#src/schema/use-work.ts';
import { usePage, useSession } from '#src/state/context.ts';
import type { MadeShare } from '#workers/api.ts';
import { linkOf, noPageReason, pageOf, sendToAgent, storedLink } from './send.ts';
import { MAX_LINK_CHARS } from './fragment.ts';

interface Props {
  readonly made: MadeShare;
  readonly title: string;
  /** The agent has one more. */
  readonly onSent: () => void;
}

export function SendButtons({ made, title, onSent }: Props) {
  const session = useSession();
  const host = usePage((state) => state.host);
  const hasAgent = (host ?? null) !== null;
  const work = useWork();
  const [done, setDone] = useState('');
  const [url, setUrl] = useState('');
  const name = shareName(made, title);
  const noPage = noPageReason();
  const sending = useRef<AbortController | null>(null);
  // What nobody waits for any more goes nowhere.
  useEffect(() => () => sending.current?.abort(), []);
  const run = (task: (signal: AbortSignal) => Promise<string>) =>
    work.run(async () => {
      const controller = new AbortController();
      sending.current = controller;
      setDone('');
      setUrl('');
      try {
        setDone(await Promise.race([task(controller.signal), aborted(controller.signal)]));
      } catch (thrown) {
        if (!controller.signal.aborted) throw thrown;
        setDone('Nothing was sent or written.');
      }
    });
  const show = async (made: string, what: string): Promise<string> => {
    setUrl(made);
    // Without permission the link is there to be copied by hand.
    const copied = await navigator.clipboard.writeText(made).then(
      () => true,
      () => false,
    );
    return `${what}${copied ? '; the link is in the clipboard' : ''}.`;
  };
  return (
    <section aria-label="Where it goes">
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
          title={noPage}
          onClick={() =>
            run(async (signal) => {
              const page = await pageOf(session, made, `${name}.pcapng`);
              signal.throwIfAborted();
              downloadBlob(page, `${name}.html`);
              return `${name}.html is written: one file that opens from disk, without a network.`;
            })
          }
        >
          Download page (HTML)
        </button>
        <button
          className="button"
          disabled={!hasAgent || work.busy}
          title={
            hasAgent ? 'Whoever has the link and reaches this agent sees it' : 'No agent has served this page'
          }
          onClick={() =>
            run(async (signal) => {
              const stored = await sendToAgent(made, `${name}.pcapng`, signal);
              onSent();
              return show(storedLink(stored), 'The agent keeps it');
            })
          }
        >
          Keep at the agent
        </button>
        {host === null && (
          // On the page of an agent it would lead to this one's own loopback, where nobody else is.
          <button
            className="button"
            disabled={work.busy || noPage !== ''}
            title={`With the share inside, at most ${MAX_LINK_CHARS} characters; no server sees it`}
            onClick={() =>
              run(async (signal) => {
                const link = await linkOf(session, made);
                signal.throwIfAborted();
                return show(link, 'The share is in the link');
              })
            }
          >
            Link with it inside
          </button>
        )}
      </p>
      {work.busy && (
        <p className="long-work">
          <progress aria-label="Share sent" />
          <button className="button" onClick={() => sending.current?.abort()}>
            Cancel
          </button>
        </p>
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
    </section>
  );
}

/** Rejects when it is. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('aborted')));
  });
}

/** Of its file, without an ending: that of the capture may name the host. */
function shareName({ manifest: { policy, created } }: MadeShare, title: string): string {
  if (policy.names !== 'keep') return `share-${created.slice(0, 'YYYY-MM-DD'.length)}`;
  return `${title.replace(/\.(?:pcapng|pcap|ntar)$/i, '').replace(/[^\w.-]+/g, '-')}-share`;
}
