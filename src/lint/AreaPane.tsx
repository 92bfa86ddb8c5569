/** The metadata area as a whole: what is wrong with its bytes, and what they cost. Two buttons in the head of the path, and a table below it. */
import { LaterPane } from '#src/app/LaterPane.tsx';
import { Part } from '#src/app/later.tsx';
import { usePage } from '#src/state/context.ts';
import './area.css';

const LINT = new Part(() => import('./LintTable.tsx'));
const BUDGET = new Part(() => import('#src/budget/BudgetTable.tsx'));

export type AreaTable = 'lint' | 'budget';

const TABLES: readonly (readonly [table: AreaTable, name: string, title: string])[] = [
  ['lint', 'Lint', 'What is wrong with the bytes of metadata, by the schema, hop by hop'],
  ['budget', 'Budget', 'What metadata costs per packet, hop by hop, and what would take less'],
];

interface Props {
  /** null = none. */
  readonly open: AreaTable | null;
}

interface ButtonsProps extends Props {
  readonly onOpen: (table: AreaTable | null) => void;
}

const useHasMetadata = () =>
  usePage((state) => state.calm?.hops.some((hop) => hop.withMetadata > 0) ?? false);

export function AreaButtons({ open, onOpen }: ButtonsProps) {
  if (!useHasMetadata()) return null;
  return TABLES.map(([table, name, title]) => (
    <button
      key={table}
      className="button quiet small"
      aria-pressed={open === table}
      title={title}
      onClick={() => onOpen(open === table ? null : table)}
    >
      {name}
    </button>
  ));
}

export function AreaPane({ open }: Props) {
  // Without its buttons nothing would close it.
  if (!useHasMetadata() || open === null) return null;
  return (
    <section className="area-pane" aria-label="Lint and budget of metadata" data-pane="area">
      {open === 'lint' && <LaterPane part={LINT} props={{}} what="Lint" />}
      {open === 'budget' && <LaterPane part={BUDGET} props={{}} what="The budget" />}
    </section>
  );
}
