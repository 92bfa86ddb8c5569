/** Doubles in pages: grows without ever copying what is there. */
const PAGE_SHIFT = 16;
const PAGE_MASK = (1 << PAGE_SHIFT) - 1;

export class GrowingDoubles {
  count = 0;
  private readonly pages: Float64Array[] = [];

  push(value: number): void {
    if ((this.count & PAGE_MASK) === 0) this.pages.push(new Float64Array(1 << PAGE_SHIFT));
    this.pages[this.count >>> PAGE_SHIFT]![this.count & PAGE_MASK] = value;
    this.count++;
  }

  /** `i` must be below `count`. */
  at(i: number): number {
    return this.pages[i >>> PAGE_SHIFT]![i & PAGE_MASK]!;
  }
}
