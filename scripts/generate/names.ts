/** How a name of the field table is spelt in C and in TypeScript. */
import type { FieldType, Struct } from '#core/format/structs.ts';

/** `packetTypeShift` → `PACKET_TYPE_SHIFT`, `tcx/ingress@first` → `TCX_INGRESS_FIRST`. */
export function constantName(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .toUpperCase();
}

/** Prefix of a struct's offsets in layout.gen.ts. BLOCK_SUBTYPE is an enum already, so `block` differs. */
export function layoutPrefix(struct: Struct): string {
  return struct.name === 'block' ? 'BLOCK_HEADER' : constantName(struct.name);
}

/** C declaration of a field with the kernel's fixed-width types. */
export function cDeclaration(type: FieldType, name: string): string {
  const array = /^(char|u8)\[(\d+)\]$/.exec(type);
  if (array) return `${array[1] === 'char' ? 'char' : '__u8'} ${name}[${array[2] ?? ''}]`;
  return `__${type} ${name}`;
}
