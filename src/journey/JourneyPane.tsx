/** One packet's life: hops as columns, what it carried as rows. Choosing a hop shows its bytes. */
import { useEffect, useMemo, useState, type ReactNode } from 'react';
import { LaterPane } from '#src/app/LaterPane.tsx';
import { Part } from '#src/app/later.tsx';
import type { JourneyDetail } from '#workers/api.ts';
import { printCount } from '#src/list/print.ts';
import { usePage, useSession } from '#src/state/context.ts';
import { isFilteredNow } from '#src/state/in-force.ts';
import { useAsked } from '#src/state/use-query.ts';
import { verdictOf } from './fate.ts';
import { HopNote } from './HopNote.tsx';
import { joinJourneys, linksToJoin } from './joined.ts';
import { Links } from './Links.tsx';
import { Matrix } from './Matrix.tsx';
import { besideRows, headingOf, matrixOf } from './matrix.ts';
import { Verdict } from './Verdict.tsx';
import { Ways } from './Ways.tsx';
import { beyondHops } from './ways.ts';
import './journey.css';

const SHARES = new Part(() => import('./SharesMatrix.tsx'));

export default function JourneyPane() {
  const detail = usePage((state) => state.detail);
  const at = usePage((state) => state.at);
  const places = usePage((state) => state.places);
  const unread = usePage((state) => (state.unread?.what === 'journey' ? state.unread : null));
  const listed = usePage((state) => state.calm?.listed ?? 0);
  const session = useSession();
  const many = usePage((state) => state.link.open.includes('matrix'));
  const others = useLinked(detail);
  const joined = useMemo(() => (detail === null ? null : joinJourneys(detail, others)), [detail, others]);
  const above = useMemo(() => (joined === null ? [] : matrixOf(joined.detail)), [joined]);
  const beside = useMemo(() => (joined === null ? [] : besideRows(joined.detail)), [joined]);
  const beyond = useMemo(() => (detail === null ? [] : beyondHops(detail)), [detail]);
  const verdict = useMemo(() => (detail === null ? null : verdictOf(detail)), [detail]);
  const scope = <Scope many={many} listed={listed} onMany={(all) => session.view.open('matrix', all)} />;

  if (many) {
    return (
      <Pane title="Journeys" scope={scope}>
        <LaterPane part={SHARES} props={{}} what="The matrix of all journeys" />
      </Pane>
    );
  }
  if (detail === null || verdict === null || joined === null) {
    return (
      <Pane title="Journey" scope={scope}>
        <p className="pane-empty" tabIndex={0} role={unread === null ? undefined : 'status'}>
          {unread === null
            ? 'Choose a journey in the list.'
            : `This journey could not be read. ${unread.cause} ${unread.remedy}`}
        </p>
      </Pane>
    );
  }
  const chosen = detail.hops[at];
  const flow = `${detail.protocol} ${detail.source}${detail.destination === '' ? '' : ` → ${detail.destination}`}`;
  return (
    <Pane title={`Journey ${detail.id}`} flow={flow} scope={scope}>
      {/* Not in the body, which scrolls sideways to the hop that is chosen. */}
      <Outside listed={listed} />
      <div className="pane-body">
        <Verdict text={verdict.text} tone={verdict.tone} />
        <Matrix joined={joined} at={at} places={places} above={above} beside={beside} beyond={beyond} />
        {chosen !== undefined && <HopNote hop={chosen} name={headingOf(chosen, places).name} />}
        {detail.locations.length > 0 && <Ways locations={detail.locations} />}
        {detail.links.length > 0 && <Links links={detail.links} />}
        {detail.omitted > 0 && (
          <p className="verdict muted">{detail.omitted} more events of this journey are not shown.</p>
        )}
      </div>
    </Pane>
  );
}

/** A journey stays on screen when a filter comes that it does not pass: said, with both ways out. */
function Outside({ listed }: { readonly listed: number }) {
  const session = useSession();
  const filtered = usePage(isFilteredNow);
  const journey = usePage((state) => state.selection?.journey ?? -1);
  // Of the list that is shown: what was said of another filter's says nothing.
  const generation = usePage((state) => state.calm?.generation ?? 0);
  const key = filtered && journey >= 0 ? `row of ${journey} in ${generation}` : null;
  const row = useAsked(key, (api) => api.rowOf(journey), 'The row of the journey could not be found');
  if (row !== -1) return null;
  return (
    <p className="journey-outside" role="status">
      <span>Not in the filter: this journey does not pass it.</span>
      {listed > 0 && (
        <button className="link" onClick={() => session.journey.walk(-Infinity)}>
          show the first that does
        </button>
      )}
      <button className="link" onClick={() => session.filter.clear()}>
        clear filter
      </button>
    </p>
  );
}

const NOBODY: ReadonlyMap<number, JourneyDetail> = new Map();

/** Details of the journeys that the matrix goes on in, as they come. */
function useLinked(detail: JourneyDetail | null): ReadonlyMap<number, JourneyDetail> {
  const session = useSession();
  const [others, setOthers] = useState(NOBODY);
  useEffect(() => {
    const wanted = detail === null ? [] : linksToJoin(detail).flatMap(({ journey }) => journey ?? []);
    if (wanted.length === 0) return undefined;
    let stale = false;
    Promise.all(wanted.map((journey) => session.api.journey(journey))).then(
      (found) => {
        if (!stale) setOthers(new Map(found.map((other) => [other.journey, other])));
      },
      (error: unknown) => {
        if (!stale) session.failed(error, 'The linked journeys could not be read');
      },
    );
    return () => {
      stale = true;
    };
  }, [session, detail]);
  return others;
}

interface ScopeProps {
  readonly many: boolean;
  readonly listed: number;
  readonly onMany: (many: boolean) => void;
}

/** One journey, or all that are listed. */
function Scope({ many, listed, onMany }: ScopeProps) {
  return (
    <div className="chooser push" role="group" aria-label="Matrix of">
      <button className="button quiet" aria-pressed={!many} onClick={() => onMany(false)}>
        this one
      </button>
      <button
        className="button quiet"
        aria-pressed={many}
        title="The same matrix over all journeys in the list: shares, different values, writes and losses"
        onClick={() => onMany(true)}
      >
        all {printCount(listed)}
      </button>
    </div>
  );
}

interface PaneProps {
  readonly title: string;
  readonly flow?: string;
  readonly scope: ReactNode;
  readonly children: ReactNode;
}

function Pane({ title, flow, scope, children }: PaneProps) {
  return (
    <section className="pane journey-pane" aria-label="Journey" data-pane="journey">
      <header className="pane-head">
        <h2>{title}</h2>
        {flow !== undefined && (
          <span className="journey-flow mono" title={flow}>
            {flow}
          </span>
        )}
        {scope}
      </header>
      {children}
    </section>
  );
}
