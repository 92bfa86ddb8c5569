/** TLVs of one place, what is nested in them below; what the schema says of the one that is pointed at. */
import type { HTMLAttributes } from 'react';
import type { TlvType } from '#core/metadata/types.ts';
import type { DecodedPart } from './decoded-parts.ts';
import { printNote } from './note.ts';
import { lookProps, type Span } from './spans.ts';

interface Props {
  readonly part: DecodedPart;
  readonly hotKey: string;
  readonly itemProps: (span: Span | undefined) => HTMLAttributes<HTMLLIElement>;
}

export function TlvList({ part, hotKey, itemProps }: Props) {
  const { lines, spans, types, title, decoded } = part;
  const hot = spans.findIndex(({ key }) => key === hotKey);
  const described = types.some(({ description, owner }) => description !== undefined || owner !== undefined);
  return (
    <>
      <ul className="tlvs mono" aria-label={part.key === 'tlv' ? 'TLVs' : `TLVs, ${title}`}>
        {lines.map(({ key, depth, name, tlv }, i) => (
          <li
            key={key}
            {...itemProps(spans[i])}
            title={noteOf(types, lines[i]?.path ?? [])}
            style={{ paddingLeft: 4 + 12 * depth }}
          >
            <Swatch span={spans[i]} />
            <b>{name}</b>
            <span className="tlv-value">{tlv.fields === undefined || depth > 0 ? tlv.value : ''}</span>
            <span className="muted push">
              {depth === 0 && `type ${tlv.type} · `}@{tlv.offset} · {tlv.valueLength} B
            </span>
          </li>
        ))}
      </ul>
      {described && <p className="tlv-note muted">{hot < 0 ? '' : noteOf(types, lines[hot]?.path ?? [])}</p>}
      {decoded.fault !== null && (
        <p className="bytes-fault" role="note">
          ✕ {decoded.fault.message} Reading stopped at byte {decoded.fault.offset}.
        </p>
      )}
    </>
  );
}

function Swatch({ span }: { readonly span: Span | undefined }) {
  const { className, ...attributes } = lookProps(span?.look ?? null);
  return (
    <i
      className={className === '' ? 'swatch bare' : `swatch ${className}`}
      {...attributes}
      aria-hidden="true"
    />
  );
}

/** Description and owner of the type at this path of numbers; '' = the schema says nothing. */
function noteOf(types: readonly TlvType[], path: readonly number[]): string {
  let inside: readonly TlvType[] = types;
  let found: TlvType | undefined;
  for (const number of path) {
    found = inside.find(({ type }) => type === number);
    inside = found?.types ?? [];
  }
  return printNote(found ?? {});
}
