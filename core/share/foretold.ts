/** What has to be known of a capture before a share of it is made: it is read for that once more, and first. */
import { BLOCK_SUBTYPE } from '#core/format/structs.ts';
import type { MetadataSchema } from '#core/metadata/types.ts';
import type { CaptureNotes } from '#core/notes/notes.ts';
import { sameBytes } from '#core/pcapng/same-bytes.ts';
import type { CaptureSink, CustomBlock } from '#core/pcapng/types.ts';
import { MAX_SCHEMAS } from '#core/store/limits.ts';
import { readSchema } from './host-blocks.ts';
import { readTold } from './told.ts';

export class Foretold implements CaptureSink {
  /** Different ones. */
  readonly schemas: MetadataSchema[] = [];
  /** The newest; null = there are none. */
  notes: CaptureNotes | null = null;
  readonly #bodies: Uint8Array[] = [];

  section(): void {}
  interface(): void {}
  packet(): void {}
  packetBatch(): void {}
  statistics(): void {}
  /** Said by whoever reads it for good. */
  problem(): void {}

  custom(block: CustomBlock): void {
    const told = readTold(block);
    if (told !== null && 'notes' in told) this.notes = told.notes;
    const { subtype, body } = block;
    const isKnown = this.#bodies.length === MAX_SCHEMAS || this.#bodies.some((one) => sameBytes(one, body));
    if (subtype !== BLOCK_SUBTYPE.schema || isKnown) return;
    this.#bodies.push(body.slice());
    const schema = readSchema(body);
    if (schema !== null) this.schemas.push(schema);
  }
}
