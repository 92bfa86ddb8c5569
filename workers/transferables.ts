/**
 * Buffers of the typed arrays that are properties of `value`, to be moved instead of copied. Only arrays that
 * fill their buffer: a view into a larger one would take the rest of it along.
 */
export function buffersOf(value: object): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>();
  for (const property of Object.values(value) as unknown[]) {
    if (!ArrayBuffer.isView(property) || !(property.buffer instanceof ArrayBuffer)) continue;
    if (property.byteLength === property.buffer.byteLength) buffers.add(property.buffer);
  }
  return [...buffers];
}
