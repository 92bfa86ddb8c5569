/** Shares that the agent keeps, for whoever may capture with it: they can be taken back. */
import { useCallback, useEffect, useRef, useState } from 'react';
import { useWork } from '#src/schema/use-work.ts';
import { printBytes, printCount } from '#src/list/print.ts';
import { usePage } from '#src/state/context.ts';
import type { StoredShare } from '#core/share/stored.ts';
import { printMinute } from '#core/time/instant.ts';
import { DeleteShare } from './DeleteShare.tsx';
import { deleteStored, storedLink, storedShares } from './send.ts';

/** `sent`: counts those that were sent since the dialog was opened. */
export function StoredList({ sent }: { readonly sent: number }) {
  const hasAgent = usePage((state) => (state.host ?? null) !== null);
  const [shares, setShares] = useState<readonly StoredShare[]>([]);
  const [asked, setAsked] = useState<StoredShare | null>(null);
  /** Since the dialog was opened. */
  const [deleted, setDeleted] = useState(0);
  /** There were some. */
  const [listed, setListed] = useState(false);
  /** What somebody else has deleted meanwhile; '' = nothing. */
  const [gone, setGone] = useState('');
  const line = useRef<HTMLElement>(null);
  const { error, run } = useWork();
  const ask = useCallback(async () => {
    const found = await storedShares();
    setShares(found);
    setListed((before) => before || found.length > 0);
  }, []);
  useEffect(() => {
    if (hasAgent) run(ask);
  }, [hasAgent, sent, run, ask]);
  useEffect(() => {
    // Its button is gone, and the focus with it, if nobody has taken that elsewhere.
    if (deleted > 0 && document.activeElement === document.body) line.current?.focus();
  }, [deleted]);
  if (!hasAgent) return null;
  if (shares.length === 0 && error === '') {
    return listed ? (
      <p className="muted" role="status" tabIndex={-1} ref={(element) => void (line.current = element)}>
        {`${gone} The agent keeps no share any more.`.trimStart()}
      </p>
    ) : null;
  }
  const remove = (share: StoredShare) => {
    setAsked(null);
    run(async () => {
      const wasThere = await deleteStored(share);
      await ask();
      setGone(wasThere ? '' : `“${share.title}” was deleted already.`);
      setDeleted(deleted + 1);
    });
  };
  return (
    <details
      onToggle={({ target, currentTarget }) => {
        // Others delete and keep as well. React tells this of the question within, too, which must not go while it is asked.
        if (target === currentTarget && currentTarget.open) run(ask);
      }}
    >
      <summary ref={line}>
        The agent keeps {shares.length} {shares.length === 1 ? 'share' : 'shares'}
      </summary>
      {error !== '' && <p className="share-error">{error}</p>}
      {gone !== '' && <p role="status">{gone}</p>}
      <table className="share-stored">
        <thead>
          <tr>
            <th scope="col">share</th>
            <th scope="col">made</th>
            <th scope="col">packets</th>
            <th scope="col">size</th>
            <th scope="col">deleted after</th>
            <th scope="col">
              <span className="hidden-text">delete</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {shares.map((share) => (
            <tr key={share.id}>
              <td>
                <a href={storedLink(share)}>{share.title}</a>
              </td>
              <td className="mono">{printMinute(share.created)}</td>
              <td className="mono">{share.packets === null ? '' : printCount(share.packets)}</td>
              <td className="mono" title={`${printCount(share.bytes)} bytes, SHA-256 ${share.sha256}`}>
                {printBytes(share.bytes)}
              </td>
              <td className="mono">{share.expires === null ? 'never' : printMinute(share.expires)}</td>
              <td>
                <button
                  className="button"
                  aria-label={`Delete ${share.title}, made ${printMinute(share.created)}`}
                  onClick={() => setAsked(share)}
                >
                  Delete …
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {asked !== null && (
        <DeleteShare share={asked} onDelete={() => remove(asked)} onClose={() => setAsked(null)} />
      )}
    </details>
  );
}
