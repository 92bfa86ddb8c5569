/** All fields of the filter language, and finding one by its name. */
import { distance } from 'fastest-levenshtein';
import type { CaptureStore } from '#core/store/capture-store.ts';
import type { Field } from './field.ts';
import { ADDRESS_FIELDS } from './fields/addresses.ts';
import { FLOW_FIELD } from './fields/flows.ts';
import { META_FIELD, TLV_PREFIX, tlvField } from './fields/metadata.ts';
import { NAME_FIELDS } from './fields/names.ts';
import { NUMBER_FIELDS } from './fields/numbers.ts';
import { PROGRAM_FIELD } from './fields/programs.ts';
import { TEXT_FIELDS } from './fields/texts.ts';
import { TIME_FIELDS } from './fields/times.ts';
import { meantBy } from './hints.ts';
import { JOURNEY_FIELDS, type JourneyField } from './journeys.ts';
import { LATENCY_FIELD } from './latency-field.ts';
import { FilterFault, type FieldName } from './syntax.ts';

/** In the order in which the manual and completion list them; without the TLVs of a capture. */
export const FIELDS: readonly Field[] = [
  META_FIELD,
  ...NAME_FIELDS,
  PROGRAM_FIELD,
  FLOW_FIELD,
  ...ADDRESS_FIELDS,
  ...NUMBER_FIELDS,
  ...TEXT_FIELDS,
  ...TIME_FIELDS,
];

export const ALL_JOURNEY_FIELDS: readonly JourneyField[] = [...JOURNEY_FIELDS, LATENCY_FIELD];

const BY_NAME = new Map(FIELDS.map((field) => [field.name, field]));
const JOURNEYS_BY_NAME = new Map(ALL_JOURNEY_FIELDS.map((field) => [field.name, field]));
/** Letters that a misspelt name may differ by. */
export const MAX_TYPOS = 3;

/** Names of the fields of this capture, its TLVs among them. */
export function fieldNames(store: CaptureStore): string[] {
  return [
    ...BY_NAME.keys(),
    ...store.tlvs.names.map((name) => TLV_PREFIX + name),
    ...JOURNEYS_BY_NAME.keys(),
  ];
}

/** The field of this name. Throws FilterFault, with the name that is most like it. */
export function findField(store: CaptureStore, wanted: FieldName): Field | JourneyField {
  const { name } = wanted;
  if (name.startsWith(TLV_PREFIX)) {
    const column = store.tlvs.names.indexOf(name.slice(TLV_PREFIX.length));
    if (column >= 0) return tlvField(store, column);
  }
  const found = BY_NAME.get(name) ?? JOURNEYS_BY_NAME.get(name);
  if (found !== undefined) return found;
  throw new FilterFault(wanted, `There is no field “${name}”.`, remedy(store, name));
}

function remedy(store: CaptureStore, name: string): string {
  const meant = meantBy(name);
  if (meant !== null) return `Did you mean “${meant}”?`;
  const typos = (other: string): number => distance(name.toLowerCase(), other.toLowerCase());
  const names = fieldNames(store);
  const nearest = names.reduce((best, other) => (typos(other) < typos(best) ? other : best));
  if (typos(nearest) <= Math.min(MAX_TYPOS, name.length - 1)) return `Did you mean “${nearest}”?`;
  if (!name.startsWith(TLV_PREFIX))
    return 'Fields of the metadata begin with “tlv.”; the manual lists the others.';
  const known = store.tlvs.names.map((each) => TLV_PREFIX + each).join(', ');
  return known === '' ? 'No schema is in force: give one to name TLVs.' : `The schema has ${known}.`;
}
