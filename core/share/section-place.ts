/** Where in a capture of several sections one reads: which run it is of, as a store takes it (capture-facts.ts), and which file. */
import { formatHex } from '#core/dissect/addresses.ts';
import { SECTION_RUN, SECTION_SEGMENT } from '#core/format/layout.gen.ts';
import { FilesRead } from '#core/store/files-read.ts';
import type { FileTurn } from '#core/pcapng/file-section.ts';
import { RunCopies } from '#core/store/run-copies.ts';
import { runName } from '#core/store/run-name.ts';
import { runKey } from './selection.ts';

const RUN_BYTES = 16;

export class SectionPlace {
  /** `runKey` of the section being read. */
  run = 0n;
  /** What the run is called in links and notes. */
  runName = '';
  /** That the section is of: its run may have begun in an earlier one. */
  file = '';
  /** How many there were. */
  sections = 0;
  readonly #copies = new RunCopies();
  readonly #files = new FilesRead();

  /** A section begins, and has said nothing of its run yet. */
  section(): void {
    this.file = this.#files.name;
    this.run = runKey('', this.sections++);
    this.runName = '';
  }

  /** Body of its section block, of SECTION_SIZE bytes at least. */
  takeRun(section: Uint8Array): void {
    const id = formatHex(section, SECTION_RUN, RUN_BYTES);
    const view = new DataView(section.buffer, section.byteOffset, section.byteLength);
    const copy = this.#copies.copyOf(id, view.getUint32(SECTION_SEGMENT, true), this.#files);
    this.file = copy.file;
    this.runName = runName(id, copy.number);
    this.run = runKey(id, copy.number);
  }

  /** Body of a file block; null = it is none. */
  takeFile(body: Uint8Array): { readonly name: string; readonly turn: FileTurn | null } | null {
    if (this.#files.take(body) !== null) return null;
    this.file = this.#files.name;
    return this.#files;
  }
}
