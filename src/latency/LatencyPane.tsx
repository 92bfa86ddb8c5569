/** Opens what is loaded only then. */
import { LaterPane } from '#src/app/LaterPane.tsx';
import { Part } from '#src/app/later.tsx';
import { usePage } from '#src/state/context.ts';

const VIEW = new Part(() => import('./LatencyView.tsx'));

export function LatencyPane() {
  const open = usePage((state) => state.link.open.includes('between'));
  return open ? <LaterPane part={VIEW} props={{}} what="The times between hops" /> : null;
}
