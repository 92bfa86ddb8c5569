/** What the metadata area costs per packet, hop by hop; advice; and each type. */
import type { Budget, Hop } from '#workers/api.ts';
import { printCount } from '#src/list/print.ts';
import { usePage } from '#src/state/context.ts';
import { useQuery } from '#src/state/use-query.ts';
import { growthText, roundedBytes, usedShare } from './bytes-text.ts';
import './budget.css';

const NO_HOPS: readonly Hop[] = [];

export default function BudgetTable() {
  const budget = useQuery('budget', 'The budget could not be summed up');
  if (budget === null) return <p className="area-note muted">Counting bytes …</p>;
  return (
    <div className="area-scroll budget">
      <HopTable budget={budget} />
      {budget.advice.length > 0 && (
        <ul className="budget-advice" aria-label="Advice">
          {budget.advice.map(({ code, subject, text }) => (
            <li key={`${code} ${subject}`}>{text}</li>
          ))}
        </ul>
      )}
      <TypeTable budget={budget} />
    </div>
  );
}

type Title = readonly [title: string, meaning: string];

const HOP_TITLES: readonly Title[] = [
  ['hop', 'Where the metadata was seen'],
  ['events', 'Packets with metadata there'],
  ['bytes', 'Of the area, on average'],
  ['of', 'Bytes that an area may have there: 252, or what the headroom leaves'],
  ['used', 'Bytes, of those'],
  ['left in front', 'Headroom that is left for encapsulation, at the least'],
  ['values', 'Bytes of values'],
  ['headers', 'Bytes of types and lengths'],
  ['padding', 'Bytes of padding and alignment'],
  ['growth', 'Bytes more or less than at the hop before'],
];
const TYPE_TITLES: readonly Title[] = [
  ['type', 'By the schema'],
  ['packets', 'Packets that carry it'],
  ['different values', 'One says nothing, one per packet keeps GRO from merging'],
  ['bytes', 'Of the value, on average'],
  ['with header', 'With type, length and alignment'],
];

function HopTable({ budget }: { readonly budget: Budget }) {
  const hops = usePage((state) => state.calm?.hops ?? NO_HOPS);
  return (
    <table className="area-table" aria-label="Bytes of metadata per packet by hop">
      <Head titles={HOP_TITLES} />
      <tbody>
        {budget.hops.map((row) => {
          const share = usedShare(row);
          return (
            <tr key={row.hop}>
              <th scope="row" className="mono">
                {hops[row.hop]?.name ?? `hop ${row.hop}`}
              </th>
              <td className="number">{printCount(row.events)}</td>
              <td className="number" title={`from ${row.least} to ${row.most}`}>
                {roundedBytes(row.mean)}
              </td>
              <td className="number">{row.allowed ?? '–'}</td>
              <td>
                {share !== null && (
                  <span className="budget-bar" role="img" aria-label={`${Math.round(100 * share)} %`}>
                    <span style={{ width: `${Math.min(100, 100 * share)}%` }} />
                  </span>
                )}
              </td>
              <td className="number">{row.front ?? '–'}</td>
              <td className="number">{roundedBytes(row.values)}</td>
              <td className="number">{roundedBytes(row.headers)}</td>
              <td className="number">{roundedBytes(row.padding)}</td>
              <td className="number">{growthText(row.growth)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function TypeTable({ budget }: { readonly budget: Budget }) {
  if (budget.types.length === 0) return null;
  return (
    <table className="area-table" aria-label="Bytes of metadata by type">
      <Head titles={TYPE_TITLES} />
      <tbody>
        {budget.types.map((row, i) => (
          <tr key={i}>
            <th scope="row" className="mono">
              {row.name || `type ${row.type}`}
            </th>
            <td className="number">{printCount(row.packets)}</td>
            <td className="number">
              {printCount(row.distinct)}
              {!row.isCounted && ' or more'}
            </td>
            <td className="number">{roundedBytes(row.valueBytes)}</td>
            <td className="number">{roundedBytes(row.bytes)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Head({ titles }: { readonly titles: readonly Title[] }) {
  return (
    <thead>
      <tr>
        {titles.map(([title, meaning]) => (
          <th key={title} scope="col" title={meaning}>
            {title}
          </th>
        ))}
      </tr>
    </thead>
  );
}
