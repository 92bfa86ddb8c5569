/** What schemas for other places than the area read of a journey's packets, from hop to hop. */
import type { TlvType } from '#core/metadata/types.ts';
import type { CaptureStore } from './capture-store.ts';
import { readElsewhere } from './elsewhere.ts';
import type { JourneyBytes } from './journey-blocks.ts';
import { CHUNK_MASK } from './limits.ts';
import type { BesideRow, ElsewhereRow, TypeNote } from './view.ts';

type Cells = BesideRow['cells'][number][];

const ABSENT = { value: '', changed: false } as const;

/** Rows in order of first appearance; a type that a place has twice has two rows. `changed`: differs from where it was last. */
export function elsewhereRows(
  store: CaptureStore,
  journey: number,
  events: readonly number[],
  { packets }: JourneyBytes,
): ElsewhereRow[] {
  const document = store.documentOf(journey);
  if (document === null || document.elsewhere.length === 0) return [];
  const rows = new Map<string, Omit<ElsewhereRow, 'cells'> & { readonly cells: Cells; last: string }>();
  events.forEach((event, i) => {
    const chunk = store.events.chunk(event);
    const linkType = store.interfaces[chunk.interfaceIndex[event & CHUNK_MASK]!]?.linkType ?? 0;
    const seen = new Map<string, number>();
    for (const { schema, in: place, tlvs } of readElsewhere(
      document,
      store,
      event,
      packets.get(event) ?? null,
      linkType,
    )) {
      const types = document.elsewhere.find((part) => part.schema === schema)?.decoder.schema.types ?? [];
      for (const { type, name, value } of tlvs) {
        const nth = seen.get(`${schema} ${type}`) ?? 0;
        seen.set(`${schema} ${type}`, nth + 1);
        const key = `${schema} ${type} ${nth}`;
        let row = rows.get(key);
        if (row === undefined) {
          const known = types.find((one) => one.type === type);
          const cells: Cells = new Array<Cells[number]>(i).fill(ABSENT);
          row = {
            schema,
            in: place,
            type,
            name,
            kind: known?.kind ?? 'bytes',
            note: noteOf(known),
            cells,
            last: '',
          };
          rows.set(key, row);
        }
        row.cells.push({ value, changed: row.last !== '' && row.last !== value });
        row.last = value;
      }
    }
    for (const { cells } of rows.values()) if (cells.length === i) cells.push(ABSENT);
  });
  return [...rows.values()].map(({ last: _, ...row }) => row);
}

/** `type` undefined: the schema does not know it. */
export function noteOf(type: TlvType | undefined): TypeNote {
  return {
    description: type?.description ?? '',
    owner: type?.owner ?? '',
    colour: type?.colour ?? null,
  };
}
