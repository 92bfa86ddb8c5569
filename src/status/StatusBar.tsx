/** Honesty in the frame: which hooks are observed, what was lost, by which schema bytes are read. */
import { printList } from '#src/keys/page-actions.ts';
import { usePage, useSession } from '#src/state/context.ts';
import { hookCounts, missingText } from './hook-counts.ts';
import { keptHereText } from './kept.ts';
import { lossOf } from './loss.ts';
import { missingGroups } from './missing-groups.ts';
import './status.css';

const NO_HOPS = [] as const;

export function StatusBar() {
  const session = useSession();
  const hops = usePage((state) => state.places);
  const missing = usePage((state) => state.calm?.missingHooks ?? NO_HOPS);
  const lost = usePage((state) => state.newest?.lost ?? 0);
  const gaps = usePage((state) => state.newest?.gaps ?? NO_HOPS);
  const loss = lossOf(lost, gaps);
  const schema = usePage((state) => state.shown?.schema ?? null);
  const sourceText = usePage((state) => state.newest?.sourceText ?? '');
  // Of what is calm: it changes with every Update.
  const kept = usePage((state) => keptHereText(state.calm?.kept ?? null));
  const costOpen = usePage((state) => state.link.open.includes('cost'));
  const counts = hookCounts(hops, missing);
  const { observed, known, untold } = counts;
  return (
    <footer className="status-bar">
      {observed > 0 ? (
        <span>
          {observed} of {known} hooks observed
        </span>
      ) : (
        <span>{hops.length === 0 ? 'no packets yet' : 'a capture without kernel hooks'}</span>
      )}
      {missing.length > 0 && (
        <>
          <button className="link status-why" popoverTarget="missing-hooks">
            {missingText(counts, missing)}: why?
          </button>
          {/* The browser's own: it ends by Esc and by a click elsewhere, and lies over all else. */}
          <div id="missing-hooks" popover="auto" className="status-pop" tabIndex={0} role="note">
            {missingGroups(missing).map(({ reason, hooks }) => (
              <p key={reason}>
                {reason}: {hooks.length > 1 && `${hooks.length} hooks, `}
                <span className="mono">{hooks.join(', ')}</span>
              </p>
            ))}
          </div>
        </>
      )}
      {observed > 0 && untold > 0 && (
        <span
          className="muted"
          title="The probe that recorded did not know these hooks of the catalogue yet, so it says neither that they are observed nor why not."
        >
          nothing said of {untold}
        </span>
      )}
      <span className="status-source" title={sourceText}>
        {sourceText}
      </span>
      {kept !== null && (
        <span
          className="status-kept muted"
          title="Bytes of this live capture’s packets in memory and in this browser’s private storage. What is not kept here is asked of the agent, as long as its log has it."
        >
          {kept}
        </span>
      )}
      <span className={`push${loss.any ? ' status-lost' : ''}`}>
        {loss.any ? `✕ ${loss.text}` : loss.text}
      </span>
      <button
        className="link"
        aria-expanded={costOpen}
        title="CPU and run times of the probe and of BPF programs, counted while this is open (c)"
        onClick={() => session.view.open('cost', !costOpen)}
      >
        cost
      </button>
      <button className="link" onClick={() => session.store.setState({ dialog: 'schema' })}>
        schema: {schema?.name ?? 'none'}
      </button>
      <button
        className="link"
        title="Print the page, with the rows of the list (e)"
        onClick={() => printList(session)}
      >
        print
      </button>
      <button className="link" onClick={() => session.store.setState({ dialog: 'help' })}>
        <b>?</b> keys
      </button>
    </footer>
  );
}
