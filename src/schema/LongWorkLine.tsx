/** Progress of long work, and how to give it up. */
import type { LongWork } from './use-long-work.ts';
import './long-work.css';

const MIB = 1024 * 1024;

interface Props {
  readonly work: Pick<LongWork, 'progress' | 'giveUp'>;
  readonly what: string;
}

export function LongWorkLine({ work, what }: Props) {
  const { share, bytes } = work.progress;
  return (
    <p className="long-work">
      <progress aria-label={what} {...(share !== null && { value: share })} />
      <span className="mono">
        {share !== null ? `${Math.floor(100 * share)} %` : bytes > 0 && `${(bytes / MIB).toFixed(1)} MiB`}
      </span>
      <button className="button" onClick={work.giveUp}>
        Cancel
      </button>
    </p>
  );
}
