/** Title of some bytes, with how many there are and ways to take them along. */
import { useSession } from '#src/state/context.ts';
import { cArray } from './copy.ts';
import { hexOf } from './hex.ts';
import { useCopy } from './use-copy.ts';

interface Props {
  readonly title: string;
  readonly length: number;
  readonly copy: Uint8Array;
  readonly original?: number;
}

export function Heading({ title, length, copy, original }: Props) {
  const session = useSession();
  const [copied, onCopy] = useCopy(session);
  const cut = original !== undefined && original > length ? ` of ${original}` : '';
  const what = title.toLowerCase();
  return (
    <div className="bytes-heading">
      <h3>{title}</h3>
      <span className="mono muted">
        {length}
        {cut} B
      </span>
      {length > 0 && (
        <span className="bytes-copy push">
          <button
            className="link muted"
            onClick={() => onCopy('hex', hexOf(copy))}
            aria-label={`Copy hex of the ${what}`}
          >
            {copied === 'hex' ? 'copied' : 'copy hex'}
          </button>
          <button
            className="link muted"
            onClick={() => onCopy('C', cArray(copy, title))}
            aria-label={`Copy the ${what} as a C array`}
          >
            {copied === 'C' ? 'copied' : 'C array'}
          </button>
        </span>
      )}
    </div>
  );
}
