/** What became of a share that is no longer where its link leads. Loaded when one is not. */
import { isKeptShare } from '#core/share/kept-path.ts';
import { Fault } from '#workers/fault.ts';

const GONE = 410;
const NOT_FOUND = 404;

/** null = it is no address of a share that an agent keeps, or another status. */
export function shareGone(url: string, status: number): Fault | null {
  if (!isKeptShare(new URL(url).pathname)) return null;
  const remedy = 'Ask whoever gave you the link for it again, or for another share.';
  if (status === GONE)
    return new Fault('share-gone', 'This share has expired: its time was over, and it was deleted.', remedy);
  return status === NOT_FOUND
    ? new Fault('share-gone', 'This share was deleted, or its link is not whole.', remedy)
    : null;
}
