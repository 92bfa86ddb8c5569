/** The buffer to scale, with the bytes that the next encapsulation would take. */
import type { EventBytes } from '#workers/api.ts';
import { roomOfBytes, type RoomKind } from './room.ts';

const NAMES: Readonly<Record<RoomKind, string>> = {
  reserved: 'xdp_frame',
  free: 'free',
  area: 'metadata',
  packet: 'packet',
  tail: 'behind',
};
/** The encapsulation that is drawn: what overlays use. */
const DRAWN_NEED = 'VXLAN';

export function RoomStrip({ bytes, isXdp }: { readonly bytes: EventBytes; readonly isXdp: boolean }) {
  const room = roomOfBytes(bytes, isXdp);
  if (room === null) return null;
  const { parts, total, free, needs } = room;
  const percent = (count: number) => `${((100 * count) / total).toFixed(2)}%`;
  const drawn = needs.find(({ name }) => name === DRAWN_NEED);
  const area = parts.find(({ kind }) => kind === 'area') ?? parts.find(({ kind }) => kind === 'packet');
  const words = parts.map(({ kind, bytes: count }) => `${NAMES[kind]} ${count} B`).join(', ');
  return (
    <div className="room">
      <div className="room-bar" role="img" aria-label={`From data_hard_start, to scale: ${words}`}>
        {parts.map(({ kind, from, bytes: count }) => (
          <i
            key={kind}
            className={`room-${kind}`}
            style={{ left: percent(from), width: percent(count) }}
            title={`${NAMES[kind]}: ${count} B, from byte ${from}`}
          />
        ))}
        {drawn !== undefined && area !== undefined && (
          <i
            className={`room-need${drawn.fits ? '' : ' short'}`}
            style={{
              left: percent(Math.max(0, area.from - drawn.bytes)),
              width: percent(Math.min(drawn.bytes, area.from)),
            }}
            title={`${drawn.name}: ${drawn.bytes} B in front of the metadata`}
          />
        )}
      </div>
      <ul className="room-parts" aria-hidden="true">
        {parts.map(({ kind, bytes: count }) => (
          <li key={kind}>
            <i className={`room-${kind}`} /> {NAMES[kind]} <span className="mono">{count} B</span>
          </li>
        ))}
      </ul>
      <p className="room-needs muted">
        <b>{free} B</b> in front:{' '}
        {needs.map(({ name, bytes: count, fits }) => (
          <span
            key={name}
            className={fits ? '' : 'short'}
            title={`${name} needs ${count} B in front of the metadata`}
          >
            {fits ? '✓' : '✕'} {name}
          </span>
        ))}
      </p>
    </div>
  );
}
