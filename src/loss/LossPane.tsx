/**
 * Which hop loses how much, by which cause, for which TLV: one line, and opened a table whose rows filter the list. Of the journeys
 * that the filter passes, as the path above it.
 */
import { LaterPane } from '#src/app/LaterPane.tsx';
import { Part } from '#src/app/later.tsx';
import type { Hop, HopNumbers } from '#workers/api.ts';
import { usePage, useSession } from '#src/state/context.ts';
import { isFilteredNow } from '#src/state/in-force.ts';
import { damagesOf, damageText } from './damage.ts';
import './loss.css';

const TABLE = new Part(() => import('./LossTable.tsx'));

interface Props {
  readonly hops: readonly Hop[];
  /** Of the journeys that the filter passes, by hop; null = they are not counted yet. */
  readonly numbers: readonly (HopNumbers | null)[] | null;
}

export function LossPane({ hops, numbers }: Props) {
  const session = useSession();
  const open = usePage((state) => state.link.open.includes('losses'));
  // Then the path has counted the two sides, and not the filter.
  const comparing = usePage((state) => state.link.compare !== null);
  const filtered = usePage(isFilteredNow);
  if (!hops.some((hop) => damagesOf(hop).length > 0)) return null;
  const worst = hops
    .flatMap((hop) => damagesOf(numbers?.[hop.index] ?? { causes: [] }).map((damage) => ({ hop, damage })))
    .sort((a, b) => b.damage.count - a.damage.count);
  const [first] = worst;
  const isDoubt = first?.damage.state === 'suspect' || first?.damage.state === 'unreadable';
  return (
    <section className="loss-pane" aria-label="Damage to metadata" data-pane="losses">
      <header className="loss-head">
        <button
          className="link"
          aria-expanded={open}
          title="Which hop loses or spoils how much metadata, by which cause, for which TLV (l)"
          onClick={() => session.view.open('losses', !open)}
        >
          <span aria-hidden="true">{open ? '▾' : '▸'}</span> Damage
        </button>
        {filtered && <span className="muted">{comparing && !open ? 'of all' : 'in the filter'}</span>}
        {!open && (
          <span className={`loss-worst tone-${isDoubt ? 'unreadable' : 'lost'}`}>
            {first !== undefined ? (
              <>
                <span className="mono">{first.hop.name}</span> {damageText(first.damage)}
                {worst.length > 1 && <span className="muted"> and {worst.length - 1} more</span>}
              </>
            ) : (
              <span className="muted">{numbers === null ? 'counting …' : 'none'}</span>
            )}
          </span>
        )}
      </header>
      {open && <LaterPane part={TABLE} props={{ hops }} what="The table of damage" />}
    </section>
  );
}
