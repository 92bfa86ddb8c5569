/** Texts in the order that people expect, numbers in them by their size; by merging, in steps that each compare a part of them. */
const { compare } = new Intl.Collator('en', { numeric: true });

export class TextOrder {
  private readonly texts: readonly string[];
  /** Places in `texts`, in runs of `width` that are in order. */
  private from: Uint32Array;
  private to: Uint32Array;
  private width = 1;
  /** How many of `to` are merged; the next is of one of these places in `from`. */
  private merged = 0;
  private left = 0;
  private right = 0;

  constructor(texts: readonly string[]) {
    this.texts = texts;
    this.from = Uint32Array.from(texts.keys());
    this.to = new Uint32Array(texts.length);
  }

  /** 0…1 */
  get progress(): number {
    const { length } = this.texts;
    return length < 2 ? 1 : (Math.log2(this.width) + this.merged / length) / Math.ceil(Math.log2(length));
  }

  /** Compares at most `budget` times; true when all are in order. */
  advance(budget: number): boolean {
    const { length } = this.texts;
    let left = budget;
    while (this.width < length) {
      for (; this.merged < length; left--) {
        if (left === 0) return false;
        this.mergeOne();
      }
      this.nextWidth();
    }
    return true;
  }

  /** By place in the texts that were given; right when `advance` has said so. Equal ones keep their order. */
  ranks(): Float64Array {
    const ranks = new Float64Array(this.texts.length);
    for (let rank = 0; rank < ranks.length; rank++) ranks[this.from[rank]!] = rank;
    return ranks;
  }

  private mergeOne(): void {
    const { texts, from, to, width, merged } = this;
    const start = merged - (merged % (2 * width));
    const middle = Math.min(start + width, texts.length);
    const end = Math.min(middle + width, texts.length);
    if (merged === start) {
      this.left = start;
      this.right = middle;
    }
    const { left, right } = this;
    const isLeft =
      right === end || (left < middle && compare(texts[from[left]!]!, texts[from[right]!]!) <= 0);
    to[this.merged++] = from[isLeft ? this.left++ : this.right++]!;
  }

  private nextWidth(): void {
    [this.from, this.to] = [this.to, this.from];
    this.width *= 2;
    this.merged = 0;
  }
}
