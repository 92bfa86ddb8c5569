/** While a capture is read: how far, how fast, and how to stop. What was read is already usable. */
import { printBytes, printMany } from '#src/list/print.ts';
import { usePage, useSession } from '#src/state/context.ts';

export function Progress() {
  const session = useSession();
  const update = usePage((state) => state.newest);
  const title = usePage((state) => state.capture?.title ?? '');
  if (update === null || update.state !== 'loading') return null;
  const { bytesRead, bytesTotal, bytesPerSecond, events } = update;
  const part = bytesTotal === null || bytesTotal === 0 ? null : Math.min(1, bytesRead / bytesTotal);
  return (
    <div className="progress-band">
      <progress aria-label={`Reading ${title}`} {...(part === null ? {} : { value: part })} />
      <span className="mono">
        {part === null ? printBytes(bytesRead) : `${Math.floor(part * 100)} %`} · {printBytes(bytesPerSecond)}
        /s · {printMany(events, 'event')}
      </span>
      <button className="button" onClick={() => session.cancel()}>
        Cancel
      </button>
    </div>
  );
}
