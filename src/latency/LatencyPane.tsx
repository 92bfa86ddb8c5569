/** Opens what is loaded only then. */
import { LaterPane } from '#src/app/LaterPane.tsx';
import { usePage } from '#src/state/context.ts';

const load = () => import('./LatencyView.tsx');

export function LatencyPane() {
  const open = usePage((state) => state.latencyOpen);
  return open ? <LaterPane load={load} what="The times between hops" /> : null;
}
