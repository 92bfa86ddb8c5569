/** Areas as a schema reads them, nested values below what they are in. */
import type { AreaPreview, PreviewArea } from '#workers/api.ts';
import { printCount } from '#src/list/print.ts';
import { tlvLines } from '#src/bytes/tlv-lines.ts';

export function AreaList({ preview }: { readonly preview: AreaPreview }) {
  const { areas, sampled, exact, unread } = preview;
  const faults = sampled - exact - unread;
  return (
    <>
      <p className="schema-summary">
        <b className="mono">{printCount(exact)}</b> of <b className="mono">{printCount(sampled)}</b> areas
        looked at read to their end
        {faults > 0 && <span className="tone-lost">, {printCount(faults)} do not</span>}
        {unread > 0 && <span className="tone-changed">, {printCount(unread)} no schema is for</span>}.
      </p>
      <ul className="schema-areas">
        {areas.map((area) => (
          <Area key={area.hex} area={area} />
        ))}
      </ul>
    </>
  );
}

function Area({ area: { hex, tlvs, fault } }: { readonly area: PreviewArea }) {
  return (
    <li>
      <code className="schema-hex">{hex.replace(/../g, '$& ').trim()}</code>
      <table className="mono schema-tlvs" aria-label={`Area of ${hex.length / 2} bytes`}>
        <tbody>
          {tlvLines(tlvs).map(({ key, depth, name, tlv }) => (
            <tr key={key}>
              <td className="number muted">{tlv.offset}</td>
              <th scope="row" style={{ paddingLeft: 12 * depth }}>
                {name}
              </th>
              <td>{tlv.value}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {fault !== '' && <p className="tone-lost">✕ {fault}</p>}
    </li>
  );
}
