/** One packet's life: hops as columns, what it carried as rows. Choosing a hop shows its bytes. */
import { useMemo, type ReactNode } from 'react';
import { usePage } from '#src/state/context.ts';
import { verdictOf } from './fate.ts';
import { HopNote } from './HopNote.tsx';
import { Links } from './Links.tsx';
import { Matrix } from './Matrix.tsx';
import { besideRows, headingOf, matrixOf } from './matrix.ts';
import { Ways } from './Ways.tsx';
import { beyondHops } from './ways.ts';
import './journey.css';

export function JourneyPane() {
  const detail = usePage((state) => state.detail);
  const at = usePage((state) => state.at);
  const places = usePage((state) => state.places);
  const unread = usePage((state) => (state.unread?.what === 'journey' ? state.unread : null));
  const above = useMemo(() => (detail === null ? [] : matrixOf(detail)), [detail]);
  const beside = useMemo(() => (detail === null ? [] : besideRows(detail)), [detail]);
  const beyond = useMemo(() => (detail === null ? [] : beyondHops(detail)), [detail]);
  const verdict = useMemo(() => (detail === null ? null : verdictOf(detail)), [detail]);

  if (detail === null || verdict === null) {
    return (
      <Pane title="Journey">
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
    <Pane title={`Journey ${detail.id}`} flow={flow}>
      <div className="pane-body">
        <p className={`verdict tone-${verdict.tone}`}>{verdict.text}</p>
        <Matrix detail={detail} at={at} places={places} above={above} beside={beside} beyond={beyond} />
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

interface PaneProps {
  readonly title: string;
  readonly flow?: string;
  readonly children: ReactNode;
}

function Pane({ title, flow, children }: PaneProps) {
  return (
    <section className="pane journey-pane" aria-label="Journey" data-pane="journey">
      <header className="pane-head">
        <h2>{title}</h2>
        {flow !== undefined && (
          <span className="journey-flow mono" title={flow}>
            {flow}
          </span>
        )}
      </header>
      {children}
    </section>
  );
}
