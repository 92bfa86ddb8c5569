/** Opens what is loaded only then. */
import { Later } from '#src/app/Later.tsx';
import { usePage } from '#src/state/context.ts';

const load = () => import('./LatencyView.tsx');

export function LatencyPane() {
  const open = usePage((state) => state.latencyOpen);
  return open ? <Later load={load} what="The times between hops" /> : null;
}
