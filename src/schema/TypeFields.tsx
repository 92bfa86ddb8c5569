/** One type: its fields or values, and what can be made of it. */
import type { TypeList } from '#workers/api.ts';
import type { TlvType } from '#core/metadata/types.ts';
import { withPart, withTypeNames } from './document.ts';

export interface ChosenType {
  readonly type: TypeList['types'][number];
  /** JSON text. */
  readonly schema: string;
}

interface Props {
  readonly chosen: ChosenType;
  readonly text: string;
  readonly onUse: (text: string) => void;
}

interface Field {
  readonly key: string;
  readonly depth: number;
  readonly place: string;
  readonly name: string;
  readonly kind: string;
  readonly description: string;
}

export function TypeFields({ chosen: { type, schema }, text, onUse }: Props) {
  const isEnum = type.kind === 'enum';
  const named = isEnum ? withTypeNames(text, schema) : null;
  const more = withPart(text, schema);
  return (
    <section className="schema-chosen" aria-label={`${type.kind} ${type.name}`}>
      <div className="schema-choice">
        {named !== null && (
          <button className="button solid" onClick={() => onUse(named)}>
            Name the types of the text
          </button>
        )}
        <button className={named === null ? 'button solid' : 'button'} onClick={() => onUse(schema)}>
          {isEnum ? 'As TLV types' : 'As the schema'}
        </button>
        {more !== null && (
          <button className="button" onClick={() => onUse(more)}>
            Add it to the text
          </button>
        )}
      </div>
      <table className="mono schema-tlvs" aria-label={isEnum ? 'Values' : 'Fields'}>
        <tbody>
          {fieldsOf(schema, isEnum).map((field) => (
            <tr key={field.key} title={field.description}>
              <td className="number muted">{field.place}</td>
              <th scope="row" style={{ paddingLeft: 12 * field.depth }}>
                {field.name}
              </th>
              <td>{field.kind}</td>
              <td className="schema-because muted">{field.description}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** From the worker's own schema: its shape is known. */
function fieldsOf(schema: string, isEnum: boolean): readonly Field[] {
  const { types } = JSON.parse(schema) as { readonly types: readonly TlvType[] };
  const fields: Field[] = [];
  const walk = (inside: readonly TlvType[], prefix: string, depth: number): void => {
    inside.forEach((field, i) => {
      const key = `${prefix}${i}`;
      const place = isEnum ? field.type : field.offset;
      fields.push({
        key,
        depth,
        place: place === undefined ? '' : String(place),
        name: field.name,
        kind: kindText(field),
        description: field.description ?? '',
      });
      walk(field.types ?? [], `${key}.`, depth + 1);
    });
  };
  walk(types, '', 0);
  return fields;
}

function kindText({ kind, size, unit, bits, count }: TlvType): string {
  const parts = [
    kind,
    ...(bits !== undefined ? [`bits ${bits.from} to ${bits.from + bits.count - 1}`] : []),
    ...(typeof size === 'number' ? [`${size} B`] : []),
    ...(typeof count === 'number' ? [`× ${count}`] : []),
    ...(unit !== undefined ? [unit] : []),
  ];
  return parts.join(' ');
}
