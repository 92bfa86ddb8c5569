/**
 * What `__attribute__((btf_decl_tag("…")))` at a field says of its meaning. Tags that are not known mean something to
 * somebody else and are passed over.
 */
import type { TlvType } from '#core/metadata/types.ts';
import { MAX_DESCRIPTION_LENGTH } from '#core/metadata/shape-types.ts';

const MAX_UNIT_LENGTH = 16;
const KINDS = ['uint', 'int', 'ipv4', 'ipv6', 'mac', 'string', 'bytes'] as const;

export interface Meaning {
  readonly unit?: string;
  readonly description?: string;
  readonly kind?: (typeof KINDS)[number];
  readonly endian?: 'little' | 'big';
  readonly display?: 'dec' | 'hex';
  readonly timestamp?: NonNullable<TlvType['timestamp']>;
}

/** Of the tags of one field: `unit:ns`, `desc:…`, `kind:ipv4`, `endian:big`, `display:hex`, `time:boot` (with a unit). */
export function meaningOf(tags: readonly string[]): Meaning {
  const said = new Map(tags.map((tag) => [tag.slice(0, tag.indexOf(':')), tag.slice(tag.indexOf(':') + 1)]));
  const unit = said.get('unit')?.slice(0, MAX_UNIT_LENGTH);
  const description = said.get('desc')?.slice(0, MAX_DESCRIPTION_LENGTH);
  const kind = KINDS.find((one) => one === said.get('kind'));
  const endian = (['little', 'big'] as const).find((one) => one === said.get('endian'));
  const display = (['dec', 'hex'] as const).find((one) => one === said.get('display'));
  const epoch = (['unix', 'boot'] as const).find((one) => one === said.get('time'));
  const clockUnit = (['s', 'ms', 'us', 'ns'] as const).find((one) => one === unit);
  return {
    ...(unit !== undefined && { unit }),
    ...(description !== undefined && { description }),
    ...(kind !== undefined && { kind }),
    ...(endian !== undefined && { endian }),
    ...(display !== undefined && { display }),
    ...(epoch !== undefined && clockUnit !== undefined && { timestamp: { unit: clockUnit, epoch } }),
  };
}
