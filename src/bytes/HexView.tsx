/** Bytes as hex and ASCII. Points at the span under the pointer, and marks the span that is pointed at elsewhere. */
import { memo, useState } from 'react';
import { printMany } from '#src/list/print.ts';
import { asciiOf, byteHex, offsetHex, rowsOf } from './hex.ts';
import { useDiffering } from './reference.ts';
import { inSpan, lookProps, spanAt, type Space, type Span } from './spans.ts';

interface Props {
  readonly space: Space;
  readonly bytes: Uint8Array;
  readonly perRow: number;
  readonly spans: readonly Span[];
  readonly hot: Span | null;
  /** First byte that could not be decoded, -1 = none. */
  readonly faultAt: number;
  readonly onHot: (span: Span | null) => void;
}

/** The TLV or field of a span, in the lists below. */
function toItem(view: HTMLElement, { key }: Span): void {
  view.closest('.bytes-body')?.querySelector<HTMLElement>(`[data-span="${key}"]`)?.focus();
}

/** More rows only on demand: a jumbo frame would be 600 rows of spans. */
const FIRST_ROWS = 32;

export const HexView = memo(function HexView(props: Props) {
  const { space, bytes, perRow, spans, hot, faultAt, onHot } = props;
  const [all, setAll] = useState(false);
  const differing = useDiffering(space, bytes);
  const rows = rowsOf(bytes.length, perRow);
  const shown = all ? rows : rows.slice(0, FIRST_ROWS);
  const tone = (byte: number) => {
    const span = spans.find(
      ({ look, offset, length }) => look !== null && byte >= offset && byte < offset + length,
    );
    const { className, ...attributes } = lookProps(span?.look ?? null);
    const fault = faultAt >= 0 && byte >= faultAt ? ' fault' : '';
    return {
      className: `byte ${className}${fault}${inSpan(hot, space, byte) ? ' hot' : ''}`,
      ...attributes,
    };
  };
  return (
    <div
      className="hex mono"
      role="img"
      aria-label={`${printMany(bytes.length, 'byte')} of the ${space}`}
      onPointerMove={(event) => {
        const target = event.target instanceof HTMLElement ? event.target.dataset['byte'] : undefined;
        if (target !== undefined) onHot(spanAt(spans, Number(target)));
      }}
      onPointerLeave={() => onHot(null)}
      onClick={({ target, currentTarget }) => {
        const byte = target instanceof HTMLElement ? target.dataset['byte'] : undefined;
        const span = byte === undefined ? null : spanAt(spans, Number(byte));
        if (span !== null) toItem(currentTarget, span);
      }}
    >
      {shown.map((row) => (
        <div className="hex-row" key={row.offset}>
          <span className="hex-offset">{offsetHex(row.offset)}</span>
          <span className="hex-bytes">
            {Array.from({ length: row.count }, (_, i) => (
              <span
                key={i}
                data-byte={row.offset + i}
                data-differs={differing.has(row.offset + i) ? '' : undefined}
                {...tone(row.offset + i)}
              >
                {byteHex(bytes[row.offset + i] ?? 0)}
              </span>
            ))}
          </span>
          <span className="hex-ascii">
            {Array.from({ length: row.count }, (_, i) => (
              <span
                key={i}
                data-byte={row.offset + i}
                className={inSpan(hot, space, row.offset + i) ? 'hot' : undefined}
              >
                {asciiOf(bytes[row.offset + i] ?? 0)}
              </span>
            ))}
          </span>
        </div>
      ))}
      {shown.length < rows.length && (
        <button className="link muted" onClick={() => setAll(true)}>
          {bytes.length - shown.length * perRow} more bytes
        </button>
      )}
    </div>
  );
});
