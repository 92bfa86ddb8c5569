/** Rows of the list as the page wants them: which ones come with every Update, and with which columns. Outlives a capture. */
import type { ColumnPrinter } from '#core/query/columns.ts';
import type { CaptureStore } from '#core/store/capture-store.ts';
import { MAX_ROWS, journeyRows } from '#core/store/rows.ts';
import type { JourneyRows } from '#core/store/view.ts';
import type { RowWatch } from './api.ts';
import type { Capture } from './capture.ts';
import type { Language } from './language.ts';

/** Rows of the first Update of a page, as many as a large window shows. */
const FIRST_ROWS = 64;

export class RowWindow {
  readonly #language: Language;
  #watch: RowWatch | null = null;
  #hasWatched = false;
  #columns: readonly string[] = [];
  /** Fields are those of a store and its schemas: another printer when these are others. */
  #printer: {
    readonly store: CaptureStore;
    readonly generation: number;
    readonly tlvs: number;
    readonly printer: ColumnPrinter;
  } | null = null;

  constructor(language: Language) {
    this.#language = language;
  }

  watch(watch: RowWatch | null): void {
    this.#watch = watch;
    this.#hasWatched ||= watch !== null;
  }

  /** False: others were asked for meanwhile, and those come. */
  async setColumns(fields: readonly string[]): Promise<boolean> {
    this.#columns = fields;
    this.#printer = null;
    if (fields.length > 0) await this.#language.loadQuestions();
    return fields === this.#columns;
  }

  /** `generation`: of the list, which the rows say they are of. */
  rows(capture: Capture, generation: number, from: number, count: number): JourneyRows {
    return this.rowsOf(capture, generation, capture.listing.slice(from, Math.min(count, MAX_ROWS)), from);
  }

  rowsOf({ store }: Capture, generation: number, journeys: Uint32Array, from: number): JourneyRows {
    const rows = journeyRows(store, journeys, from, generation);
    const printer = this.#printerOf(store, generation);
    return printer === null ? rows : { ...rows, fields: printer.names, columns: printer.print(rows.journey) };
  }

  /** Those that an Update carries; null: the page wants none. */
  watched(capture: Capture, generation: number): JourneyRows | null {
    // The page that has not said yet what it has room for needs some to begin with.
    if (this.#watch === null) {
      return this.#hasWatched ? null : this.rows(capture, generation, 0, FIRST_ROWS);
    }
    const { from, count } = this.#watch;
    const first = from === 'newest' ? Math.max(0, capture.listing.length - count) : from;
    return this.rows(capture, generation, first, count);
  }

  #printerOf(store: CaptureStore, generation: number): ColumnPrinter | null {
    const { questions } = this.#language;
    if (this.#columns.length === 0 || questions === null) return null;
    const tlvs = store.tlvs.names.length;
    const made = this.#printer;
    if (made?.store === store && made.generation === generation && made.tlvs === tlvs) return made.printer;
    const printer = new questions.ColumnPrinter(store, this.#columns);
    this.#printer = { store, generation, tlvs, printer };
    return printer;
  }
}
