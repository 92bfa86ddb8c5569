/**
 * The reader counts the bytes it was given; a source has offsets of its own (a live log that began long
 * ago, with a jump where retention took a part). This is the way from the first to the second.
 */
export class OffsetMap {
  /** Runs in order: from reader offset `reader[i]` on, source offset = reader offset + `shift[i]`. */
  readonly #reader: number[] = [];
  readonly #shift: number[] = [];

  /** The byte that the reader counts as `reader` is at `source`, and so on from there. */
  add(reader: number, source: number): void {
    if (this.#reader.at(-1) === reader) this.#shift[this.#shift.length - 1] = source - reader;
    else if (this.#shift.at(-1) !== source - reader) {
      this.#reader.push(reader);
      this.#shift.push(source - reader);
    }
  }

  toSource(reader: number): number {
    let low = 0;
    let high = this.#reader.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#reader[middle]! <= reader) low = middle + 1;
      else high = middle;
    }
    return reader + (this.#shift[low - 1] ?? 0);
  }
}
