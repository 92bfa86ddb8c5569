/** Several files, whose code is loaded when they are opened: not every visit needs it. */
import type { ByteSource, SourceSink, Span } from './source.ts';

export class LaterSource implements ByteSource {
  readonly title: string;
  readonly #load: () => Promise<ByteSource>;
  #source: ByteSource | null = null;
  #cancelled = false;

  constructor(title: string, load: () => Promise<ByteSource>) {
    this.title = title;
    this.#load = load;
  }

  get totalBytes(): number | null {
    return this.#source?.totalBytes ?? null;
  }

  async start(sink: SourceSink): Promise<void> {
    const source = await this.#load();
    if (this.#cancelled) return;
    this.#source = source;
    await source.start(sink);
  }

  /** Of what was delivered: there is a source. */
  read(offset: number, length: number): Promise<Uint8Array> {
    return this.#source!.read(offset, length);
  }

  fileAt(offset: number): string | null {
    return this.#source?.fileAt?.(offset) ?? null;
  }

  held(): readonly Span[] {
    return this.#source?.held?.() ?? [];
  }

  cancel(): void {
    this.#cancelled = true;
    this.#source?.cancel();
  }

  dispose(): void {
    this.#cancelled = true;
    this.#source?.dispose();
  }
}
