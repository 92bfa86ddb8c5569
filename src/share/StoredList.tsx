/** Shares that the agent keeps, for whoever may capture with it: they can be taken back. */
import { useEffect, useState } from 'react';
import { useWork } from '#src/schema/use-work.ts';
import { printCount } from '#src/list/print.ts';
import { usePage } from '#src/state/context.ts';
import type { StoredShare } from '#core/share/stored.ts';
import { deleteStored, storedLink, storedShares } from './send.ts';

/** `sent`: counts those that were sent since the dialog was opened. */
export function StoredList({ sent }: { readonly sent: number }) {
  const hasAgent = usePage((state) => (state.host ?? null) !== null);
  const [shares, setShares] = useState<readonly StoredShare[]>([]);
  const { error, run } = useWork();
  useEffect(() => {
    if (hasAgent) run(async () => setShares(await storedShares()));
  }, [hasAgent, sent, run]);
  if (!hasAgent || (shares.length === 0 && error === '')) return null;
  return (
    <details>
      <summary>
        The agent keeps {shares.length} {shares.length === 1 ? 'share' : 'shares'}
      </summary>
      {error !== '' && <p className="share-error">{error}</p>}
      <table>
        <thead>
          <tr>
            <th scope="col">share</th>
            <th scope="col">bytes</th>
            <th scope="col">made</th>
            <th scope="col">deleted after</th>
            <th scope="col" />
          </tr>
        </thead>
        <tbody>
          {shares.map((share) => (
            <tr key={share.id}>
              <td>
                <a href={storedLink(share)}>{share.title}</a>
              </td>
              <td className="mono">{printCount(share.bytes)}</td>
              <td className="mono">{share.created}</td>
              <td className="mono">{share.expires ?? 'never'}</td>
              <td>
                <button
                  className="button"
                  aria-label={`Delete ${share.title}`}
                  onClick={() =>
                    run(async () => {
                      await deleteStored(share);
                      setShares(await storedShares());
                    })
                  }
                >
                  Delete
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
