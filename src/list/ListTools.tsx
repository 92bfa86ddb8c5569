/** The head of the list: how many, in which groups, and what can be done with the whole of it. */
import { usePage, useSession } from '#src/state/context.ts';
import { marksFilter } from '#src/state/marks.ts';
import { filterInForce } from '#src/state/in-force.ts';
import { isFiltered } from '#src/state/list-filter.ts';
import { firstLine } from './first-line.ts';
import { printCount } from './print.ts';

export function ListTools() {
  const session = useSession();
  const live = usePage(({ shown }) => shown?.state === 'live' || shown?.state === 'reconnecting');
  const follow = usePage((state) => state.follow);
  const group = usePage((state) => state.link.group);
  const sort = usePage((state) => state.link.sort);
  const note = usePage(
    (state) => state.marks.find(({ journey }) => journey === state.selection?.journey)?.note ?? '',
  );
  const open = (dialog: 'columns' | 'common') => session.store.setState({ dialog, commonOf: '' });
  return (
    <header className="pane-head list-tools">
      <h2>{group === '' ? 'Journeys' : 'Groups'}</h2>
      <Count />
      {note !== '' && (
        <span className="list-note" title={note}>
          <span aria-hidden="true">✎</span> <span>{firstLine(note)}</span>
        </span>
      )}
      <span className="push" />
      <Marked />
      {sort !== null && group === '' && (
        <button
          className="button quiet small list-sorted"
          onClick={() => session.view.setSort(null)}
          title="The list is sorted: back to the order of time"
        >
          <span className="mono">{sort.field}</span> {sort.down ? '▾' : '▴'} <span aria-hidden="true">✕</span>
          <span className="hidden-text">in order of time again</span>
        </button>
      )}
      {group !== '' && (
        <button className="button quiet small" onClick={() => session.view.setGroup('')}>
          journeys
        </button>
      )}
      <button
        className="button quiet small"
        onClick={() => open('common')}
        title="What do these have in common that the others have not? (h)"
      >
        in common
      </button>
      {group === '' && (
        <>
          <button
            className="button quiet small"
            onClick={() => session.store.setState({ dialog: 'palette', paletteText: 'group by ' })}
            title="Groups by the values of a field (g)"
          >
            group
          </button>
          <button
            className="button quiet small"
            onClick={() => open('columns')}
            title="Choose the columns (i)"
          >
            columns
          </button>
        </>
      )}
      {live && group === '' && (
        <button
          className="button quiet small"
          aria-pressed={follow}
          onClick={() => session.setFollow(!follow)}
          title="Stick to the newest journey (f)"
        >
          follow
        </button>
      )}
    </header>
  );
}

function Count() {
  const listed = usePage((state) => state.shown?.listed ?? 0);
  const total = usePage((state) => state.shown?.journeys ?? 0);
  const growing = usePage(
    ({ shown }) => shown?.state === 'live' || shown?.state === 'loading' || shown?.state === 'reconnecting',
  );
  // A hop that the capture has not does not filter.
  const filters = usePage((state) => isFiltered(filterInForce(state)));
  return (
    <span className="muted" role={growing ? undefined : 'status'} data-testid="list-count">
      {filters ? `${printCount(listed)} of ${printCount(total)}` : printCount(listed)}
    </span>
  );
}

/** Marked journeys stay marked whatever the filter: here one comes back to them. */
function Marked() {
  const session = useSession();
  const marks = usePage((state) => state.marks);
  if (marks.length === 0) return null;
  return (
    <button
      className="button quiet small"
      onClick={() => session.filter.join(marksFilter(marks), 'only')}
      title="Only the journeys that you marked (v marks one)"
      aria-label={`${marks.length} marked`}
    >
      <span aria-hidden="true">●</span> {marks.length} <span className="spare">marked</span>
    </button>
  );
}
