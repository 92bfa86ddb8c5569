/** The metadata area as a whole: what is wrong with its bytes, and what they cost. One line; opened, a table. */
import { lazy, Suspense, useState } from 'react';
import { usePage } from '#src/state/context.ts';
import './area.css';

const LintTable = lazy(() => import('./LintTable.tsx').then((m) => ({ default: m.LintTable })));
const BudgetTable = lazy(() =>
  import('#src/budget/BudgetTable.tsx').then((m) => ({ default: m.BudgetTable })),
);

type Part = 'lint' | 'budget';

const PARTS: readonly (readonly [part: Part, name: string, title: string])[] = [
  ['lint', 'Lint', 'What is wrong with the bytes of metadata, by the schema, hop by hop'],
  ['budget', 'Budget', 'What metadata costs per packet, hop by hop, and what would take less'],
];

export function AreaPane() {
  const hasMetadata = usePage((state) => state.calm?.hops.some((hop) => hop.withMetadata > 0) ?? false);
  const [open, setOpen] = useState<Part | null>(null);
  if (!hasMetadata) return null;
  return (
    <section className="area-pane" aria-label="Lint and budget of metadata" data-pane="area">
      <header className="area-head">
        {PARTS.map(([part, name, title]) => (
          <button
            key={part}
            className="link"
            aria-expanded={open === part}
            title={title}
            onClick={() => setOpen(open === part ? null : part)}
          >
            <span aria-hidden="true">{open === part ? '▾' : '▸'}</span> {name}
          </button>
        ))}
      </header>
      <Suspense>
        {open === 'lint' && <LintTable />}
        {open === 'budget' && <BudgetTable />}
      </Suspense>
    </section>
  );
}
