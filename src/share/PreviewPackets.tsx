/** Packets of the capture as they are and as they go: what changes value by value, then what stays, then the bytes. */
import type { Fate, PreviewPacket, ValueChange } from '#workers/api.ts';

const FATES: Readonly<Record<Exclude<Fate, 'kept' | 'replaced'>, string>> = {
  zeros: 'zeros',
  cut: 'left out',
};

export function PreviewPackets({ packets }: { readonly packets: readonly PreviewPacket[] }) {
  return packets.map((packet, i) => <PreviewPacketView key={i} packet={packet} />);
}

function PreviewPacketView({ packet }: { readonly packet: PreviewPacket }) {
  const changed = packet.changes.filter(({ fate }) => fate !== 'kept');
  const kept = packet.changes.filter(({ fate }) => fate === 'kept');
  return (
    <section className="share-packet">
      <table className="share-changes">
        <caption>
          A packet seen at <span className="mono">{packet.hop}</span>:{' '}
          {changed.length === 0 ? 'nothing of it changes' : 'what changes'}
        </caption>
        {changed.length > 0 && (
          <thead>
            <tr>
              <th scope="col">of</th>
              <th scope="col">value</th>
              <th scope="col">before</th>
              <th scope="col">
                <span aria-hidden="true">→ </span>after
              </th>
            </tr>
          </thead>
        )}
        <tbody>
          {changed.map((change, row) => (
            <tr key={row}>
              <td>{change.of !== changed[row - 1]?.of && change.of}</td>
              <th scope="row">{change.name}</th>
              <td className="mono">{change.before}</td>
              <td className="mono">
                <span aria-hidden="true">→ </span>
                <After change={change} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {kept.length > 0 && (
        <details>
          <summary>Goes as it is: {kept.length === 1 ? 'one value' : `${kept.length} values`}</summary>
          <p className="share-kept">
            {kept.map(({ of, name, before }) => `${of} ${name} ${before}`.trim()).join(' · ')}
          </p>
        </details>
      )}
      <details>
        <summary>Bytes</summary>
        <dl className="share-bytes mono">
          <dt>packet before</dt>
          <dd>{packet.before}</dd>
          <dt>packet after</dt>
          <dd>{packet.after}</dd>
          {packet.areaBefore !== '' && (
            <>
              <dt>metadata before</dt>
              <dd>{packet.areaBefore}</dd>
              <dt>metadata after</dt>
              <dd>{packet.areaAfter}</dd>
            </>
          )}
        </dl>
      </details>
    </section>
  );
}

function After({ change: { fate, after } }: { readonly change: ValueChange }) {
  if (fate === 'kept' || fate === 'replaced') return after;
  return <em className="share-fate">{FATES[fate]}</em>;
}
