/** Which hop loses how much, by which cause, for which TLV: one line, and opened a table whose rows filter the list. */
import { lazy, Suspense } from 'react';
import type { Hop } from '#workers/api.ts';
import { usePage, useSession } from '#src/state/context.ts';
import { damagesOf, damageText } from './damage.ts';
import './loss.css';

const NO_HOPS: readonly Hop[] = [];

const LossTable = lazy(() => import('./LossTable.tsx').then((m) => ({ default: m.LossTable })));

export function LossPane() {
  const session = useSession();
  const hops = usePage((state) => state.calm?.hops ?? NO_HOPS);
  const open = usePage((state) => state.lossOpen);
  const worst = hops
    .flatMap((hop) => damagesOf(hop).map((damage) => ({ hop, damage })))
    .sort((a, b) => b.damage.count - a.damage.count);
  const [first] = worst;
  if (first === undefined) return null;
  return (
    <section className="loss-pane" aria-label="Damage to metadata" data-pane="losses">
      <header className="loss-head">
        <button
          className="link"
          aria-expanded={open}
          title="Which hop loses or spoils how much metadata, by which cause, for which TLV (l)"
          onClick={() => session.store.setState({ lossOpen: !open })}
        >
          <span aria-hidden="true">{open ? '▾' : '▸'}</span> Damage
        </button>
        {!open && (
          <span className="loss-worst">
            <span className="mono">{first.hop.name}</span> {damageText(first.damage)}
            {worst.length > 1 && <span className="muted"> and {worst.length - 1} more</span>}
          </span>
        )}
      </header>
      {open && (
        <Suspense fallback={<p className="loss-note muted">Summing up …</p>}>
          <LossTable hops={hops} />
        </Suspense>
      )}
    </section>
  );
}
