/** The metadata area as a whole: what is wrong with its bytes, and what they cost. One line; opened, a table. */
import { useState } from 'react';
import { LaterPane } from '#src/app/LaterPane.tsx';
import { Part } from '#src/app/later.tsx';
import { usePage } from '#src/state/context.ts';
import './area.css';

const LINT = new Part(() => import('./LintTable.tsx'));
const BUDGET = new Part(() => import('#src/budget/BudgetTable.tsx'));

type Table = 'lint' | 'budget';

const TABLES: readonly (readonly [table: Table, name: string, title: string])[] = [
  ['lint', 'Lint', 'What is wrong with the bytes of metadata, by the schema, hop by hop'],
  ['budget', 'Budget', 'What metadata costs per packet, hop by hop, and what would take less'],
];

export function AreaPane() {
  const hasMetadata = usePage((state) => state.calm?.hops.some((hop) => hop.withMetadata > 0) ?? false);
  const [open, setOpen] = useState<Table | null>(null);
  if (!hasMetadata) return null;
  return (
    <section className="area-pane" aria-label="Lint and budget of metadata" data-pane="area">
      <header className="area-head">
        {TABLES.map(([table, name, title]) => (
          <button
            key={table}
            className="link"
            aria-expanded={open === table}
            title={title}
            onClick={() => setOpen(open === table ? null : table)}
          >
            <span aria-hidden="true">{open === table ? '▾' : '▸'}</span> {name}
          </button>
        ))}
      </header>
      {open === 'lint' && <LaterPane part={LINT} props={{}} what="Lint" />}
      {open === 'budget' && <LaterPane part={BUDGET} props={{}} what="The budget" />}
    </section>
  );
}
