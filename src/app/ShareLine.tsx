/** That what is open is a share: whoever opens it must not look for hosts that are pseudonyms, nor take what was left out for what was not there. */
import { usePage, useSession } from '#src/state/context.ts';

export function ShareLine() {
  const session = useSession();
  const line = usePage((state) => state.arrived?.line ?? '');
  const hasNotes = usePage(
    ({ report, pins, marks }) => report !== '' || pins.length > 0 || marks.some(({ note }) => note !== ''),
  );
  if (line === '') return null;
  return (
    <section className="share-line" aria-label="Share">
      <p title={line}>{line.charAt(0).toUpperCase() + line.slice(1)}.</p>
      {hasNotes && (
        <button
          className="button"
          title="What its sender wrote (y)"
          onClick={() => session.store.setState({ dialog: 'report' })}
        >
          Report and notes
        </button>
      )}
    </section>
  );
}
