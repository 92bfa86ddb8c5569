/** Types by name, for lists and for `--struct`. */
import type { Btf } from './btf.ts';
import type { BtfSummary } from './types.ts';

/** Structs, unions and enums whose name has `text` in it, those that begin with it first; '' = all that have a name. */
export function searchTypes(btf: Btf, text: string, limit: number): BtfSummary[] {
  const wanted = text.toLowerCase();
  const first: BtfSummary[] = [];
  const others: BtfSummary[] = [];
  for (const type of btf.types()) {
    const name = type.name.toLowerCase();
    if (name === '' || !name.includes(wanted)) continue;
    (name.startsWith(wanted) ? first : others).push(type);
  }
  return [...first, ...others].slice(0, limit);
}

/** The struct, union or enum of exactly this name (`struct x` and `x` are the same); null = there is none. */
export function findType(btf: Btf, name: string): BtfSummary | null {
  const bare = name.replace(/^(?:struct|union|enum) +/, '');
  for (const type of btf.types()) if (type.name === bare) return type;
  return null;
}
