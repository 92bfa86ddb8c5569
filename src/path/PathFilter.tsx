/** The filter in force, in words, with how to change it: always visible above what it changes. */
import { HARMS, type Harm, type Hop } from '#workers/api.ts';
import { harmsSeen } from '#src/state/harm.ts';
import { hopOfKey } from '#src/state/hop-key.ts';
import { isFiltered } from '#src/state/list-filter.ts';
import { usePage, useSession } from '#src/state/context.ts';
import './path-filter.css';

const NO_HOPS: readonly Hop[] = [];
const HARM_MEANING: Readonly<Record<Harm, string>> = {
  lost: 'Only journeys that had metadata and have none any more (x)',
  clobbered: 'Only journeys whose metadata was overwritten, and not by a program',
  suspect: 'Only journeys where the MAC header moved and the metadata did not',
  unreadable: 'Only journeys with a length of metadata, but no readable bytes',
};

export function PathFilter() {
  const session = useSession();
  const link = usePage((state) => state.link);
  const hopUnknown = usePage(
    ({ newest }) =>
      link.hop !== null &&
      newest !== null &&
      newest.hops.length > 0 &&
      hopOfKey(newest.hops, link.hop) === null,
  );
  // As one text: the same when only counts have changed.
  const seen = usePage((state) => harmsSeen(state.calm?.hops ?? NO_HOPS, state.link.harm).join(' '));
  const harms = HARMS.filter((harm) => seen.split(' ').includes(harm));
  const active = isFiltered(link);
  return (
    <div className="path-filter push">
      {/* Before the buttons, which stay where they are pressed. */}
      {link.hop !== null && <span className="mono path-filter-hop">at {link.hop}</span>}
      {hopUnknown && <span role="status">not in this capture: does not filter</span>}
      {active && (
        <button className="button quiet small" onClick={() => session.filter.clear()}>
          clear filter
        </button>
      )}
      <div className="chooser" role="group" aria-label="Filter">
        <button
          className="button quiet"
          aria-pressed={link.metadata === 'with'}
          onClick={() => session.filter.set({ metadata: link.metadata === 'with' ? null : 'with' })}
        >
          <i className="key-mark meta" aria-hidden="true" /> with metadata
        </button>
        <button
          className="button quiet"
          aria-pressed={link.metadata === 'without'}
          onClick={() => session.filter.set({ metadata: link.metadata === 'without' ? null : 'without' })}
        >
          <i className="key-mark" aria-hidden="true" /> without
        </button>
        {harms.map((harm) => (
          <button
            key={harm}
            className="button quiet"
            aria-pressed={link.harm === harm}
            title={HARM_MEANING[harm]}
            onClick={() => session.filter.set({ harm: link.harm === harm ? null : harm })}
          >
            <i className={`key-mark ${harm}`} aria-hidden="true" /> {harm}
          </button>
        ))}
      </div>
    </div>
  );
}
