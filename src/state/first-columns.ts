/** The columns that the list begins with. */
import type { ColumnRef } from './link-state.ts';

export function firstColumns(tlvNames: readonly string[]): readonly ColumnRef[] {
  const tlvs = tlvNames.map((name) => `tlv.${name}`);
  return ['time', 'journey', 'path', ...tlvs, 'proto', 'source', 'destination', 'info'].map((name) => ({
    name,
    chars: null,
  }));
}
