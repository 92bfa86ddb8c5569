/** The calls of the schema dialog. What each needs is loaded when it is first asked for. */
import type { CaptureStore } from '#core/store/capture-store.ts';
import { Fault } from '#workers/fault.ts';
import { onPort } from '#workers/long-work.ts';
import type { Clock } from '#workers/slices.ts';
import {
  type AreaPreview,
  type EmittedKind,
  type SchemaDiff,
  type SchemaProposal,
  type SchemaWork,
  type TypeList,
  type TypesOpened,
  type TypeSource,
  type WholeCapture,
} from './api.ts';
import type { ByteSource } from '#workers/sources/source.ts';
import type { TypeShelf } from './type-shelf.ts';

export interface OpenCapture {
  readonly store: CaptureStore;
  readonly source: ByteSource;
}

export class SchemaDesk implements SchemaWork {
  readonly #clock: Clock;
  /** What is open; throws a Fault when nothing is. */
  readonly #open: () => OpenCapture;
  #shelf: TypeShelf | null = null;
  #openings = 0;

  constructor(clock: Clock, open: () => OpenCapture) {
    this.#clock = clock;
    this.#open = open;
  }

  /** That of all of it, before it is wanted. */
  async fetchCode(): Promise<void> {
    await Promise.all([
      import('./type-shelf.ts'),
      import('./proposal.ts'),
      import('./preview.ts'),
      import('./tidy.ts'),
      import('./text.ts'),
      import('./wireshark-file.ts'),
    ]);
  }

  async openTypes(source: TypeSource): Promise<TypesOpened> {
    const opening = ++this.#openings;
    const { TypeShelf } = await import('./type-shelf.ts');
    const shelf = await TypeShelf.open(source);
    // Another was opened meanwhile: that one is looked at.
    if (opening === this.#openings) this.#shelf = shelf;
    return { title: shelf.title, count: shelf.count };
  }

  findTypes(search: string): Promise<TypeList> {
    return Promise.resolve(this.#types().find(search));
  }

  schemaOfType(id: number): Promise<string> {
    return Promise.resolve(this.#types().schemaOf(id));
  }

  async proposeSchema(port: MessagePort): Promise<SchemaProposal | null> {
    const { store } = this.#open();
    const { propose } = await import('./proposal.ts');
    return onPort(this.#clock, port, (say, goOn) =>
      propose(store, this.#clock, (share) => say({ share, bytes: 0 }), goOn),
    );
  }

  async previewAreas(): Promise<AreaPreview> {
    const { previewStore } = await import('./preview.ts');
    return previewStore(this.#open().store);
  }

  async capturedSchema(): Promise<string> {
    const { captured } = this.#open().store.tlvs;
    if (captured === null) return '';
    const { tidyText } = await import('./tidy.ts');
    return tidyText(captured.schema);
  }

  async diffSchemas(before: string, after: string): Promise<SchemaDiff> {
    return (await import('./text.ts')).diffTexts(before, after);
  }

  async emitSchema(json: string, as: EmittedKind): Promise<string> {
    return (await import('./text.ts')).emitText(json, as);
  }

  async exportForWireshark(
    capture: WholeCapture,
    hop: string | null,
    port: MessagePort,
  ): Promise<Blob | null> {
    const { source } = this.#open();
    const { wiresharkFile } = await import('./wireshark-file.ts');
    return onPort(this.#clock, port, (say, goOn) => wiresharkFile(capture, source, hop, say, goOn));
  }

  #types(): TypeShelf {
    if (this.#shelf !== null) return this.#shelf;
    throw new Fault('no-types', 'No types are open.', 'Drop a BPF object first.');
  }
}
