/** What watching costs: while this is open the kernel counts what BPF programs run, and no longer. */
import type { CostPoint, CostProgram, CostRate } from '#workers/api.ts';
import { printBytes, printCount, printRough } from '#src/list/print.ts';
import { usePage, useSession } from '#src/state/context.ts';
import { missingCost, printCpu } from './cost.ts';
import { useCost } from './use-cost.ts';
import './cost.css';

export default function CostPane() {
  const session = useSession();
  const cost = useCost();
  const live = usePage((state) => state.newest?.state === 'live' || state.newest?.state === 'reconnecting');
  const silent = usePage((state) => state.newest?.state === 'reconnecting');
  const now = cost?.history.at(-1);
  const missing = cost === null ? null : missingCost(cost, live);
  return (
    <section className="cost-pane" aria-label="What watching costs" data-pane="cost">
      <header className="pane-head">
        <h2>What watching costs</h2>
        {now !== undefined && <Sums point={now} />}
        {silent && now !== undefined && (
          <span role="status">the agent does not answer: these are its last numbers</span>
        )}
        <button
          className="button quiet small push"
          aria-label="Close the cost"
          onClick={() => session.view.open('cost', false)}
        >
          ✕
        </button>
      </header>
      {missing !== null && <p className="cost-note muted">{missing}</p>}
      {cost !== null && cost.programs.length > 0 && <Programs rates={cost.programs} />}
    </section>
  );
}

function Sums({ point }: { readonly point: CostPoint }) {
  const sums: readonly (readonly [string, string])[] = [
    ['probe', printCpu(point.probeCpu)],
    ['agent', printCpu(point.agentCpu)],
    ['its programs', printCpu(point.ownCpu)],
    ['programs of others', printCpu(point.othersCpu)],
    ['events', `${printRough(point.eventsPerSecond)}/s`],
    ['bytes', `${printBytes(point.bytesPerSecond)}/s`],
  ];
  return (
    <span className="cost-sums">
      {sums.map(([name, value]) => (
        <span key={name}>
          <span className="muted">{name}</span> <b className="mono">{value}</b>
        </span>
      ))}
      <span className="muted">of one CPU</span>
    </span>
  );
}

function Programs({ rates }: { readonly rates: readonly CostRate[] }) {
  const rows = [...rates].sort((a, b) => b.cpu - a.cpu || b.runsPerSecond - a.runsPerSecond);
  return (
    <div className="cost-scroll">
      <table className="cost-table" aria-label="Cost by BPF program">
        <thead>
          <tr>
            {['whose', 'program', 'where', 'runs/s', 'ns per run', 'CPU', 'runs left out'].map((title) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ program, runsPerSecond, nsPerRun, cpu }) => (
            <tr key={program.id} className={program.attach === 'own' ? '' : 'cost-other'}>
              <td>{program.attach === 'own' ? 'Whither' : 'other'}</td>
              <th scope="row" className="mono" title={`tag ${program.tag}`}>
                {program.name}#{program.id}
              </th>
              <td className="mono">{placeOf(program)}</td>
              <td className="mono number">{printRough(runsPerSecond)}</td>
              <td className="mono number">{nsPerRun === null ? '–' : Math.round(nsPerRun)}</td>
              <td className="mono number">{printCpu(cpu)}</td>
              <td className="mono number">{program.skipped === 0 ? '–' : printCount(program.skipped)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function placeOf({ attach, hook, device }: CostProgram): string {
  const place = attach === 'own' ? hook : attach;
  return [device, place].filter((part) => part !== '').join(':');
}
