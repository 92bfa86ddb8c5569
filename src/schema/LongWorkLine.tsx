/** Progress of long work, and how to give it up. */
import type { LongWork } from './use-long-work.ts';
import './long-work.css';

const MIB = 1024 * 1024;

export function LongWorkLine({ work, what }: { readonly work: LongWork; readonly what: string }) {
  const { share, bytes } = work.progress;
  return (
    <p className="long-work">
      <progress aria-label={what} {...(share !== null && { value: share })} />
      <span className="mono">
        {share === null ? `${(bytes / MIB).toFixed(1)} MiB` : `${Math.floor(100 * share)} %`}
      </span>
      <button className="button" onClick={work.giveUp}>
        Cancel
      </button>
    </p>
  );
}
