/** What the summaries of `inspect` share: a whole capture in a store, and tables of text. */
import { compileSchema } from '#core/metadata/scan.ts';
import type { MetadataSchema } from '#core/metadata/types.ts';
import type { CaptureStore } from '#core/store/capture-store.ts';

/** Events or areas in one step of a query. */
export const STEP_EVENTS = 1 << 16;

/** From here on `schema` reads all metadata; null = the schemas in the capture do. */
export function readWith(store: CaptureStore, schema: MetadataSchema | null): void {
  if (schema === null) return;
  store.rereading.begin(compileSchema(schema));
  while (!store.rereading.advance(STEP_EVENTS)) continue;
}

/** Lines with columns under each other. A heading that ends with # is of numbers, which are aligned to the right. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const names = headings.map((heading) => heading.replace(/#$/, ''));
  // What comes from a capture must not move the cursor or forge a line.
  const printed = [names, ...rows].map((line) => line.map((cell) => cell.replace(/\p{Cc}/gu, '\u00b7')));
  const widths = names.map((_, i) => printed.reduce((width, line) => Math.max(width, line[i]!.length), 0));
  return printed.map((line) =>
    line
      .map((cell, i) => (headings[i]!.endsWith('#') ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
      .join('  ')
      .trimEnd(),
  );
}
