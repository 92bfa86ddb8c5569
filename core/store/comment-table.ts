/** Comments of packets (opt_comment): each text once, and each set of them that a packet has. */
import { MAX_COMMENT_CHARS, MAX_COMMENTS } from './limits.ts';

const NONE: readonly number[] = [];

export class CommentTable {
  /** By number, from 1. */
  private readonly texts: string[] = [''];
  private readonly numbers = new Map<string, number>();
  /** Numbers of texts by number of the set, from 1. */
  private readonly sets: (readonly number[])[] = [NONE];
  private readonly setNumbers = new Map<string, number>();
  private chars = 0;
  private readonly maxComments: number;
  private readonly maxChars: number;

  constructor(maxComments = MAX_COMMENTS, maxChars = MAX_COMMENT_CHARS) {
    this.maxComments = maxComments;
    this.maxChars = maxChars;
  }

  /** Sets so far, which are numbered from 1. */
  get count(): number {
    return this.sets.length - 1;
  }

  /** The set of these comments; 0 = there is no room for it. */
  keep(comments: readonly string[]): number {
    const numbers = comments.map((text) => this.number(text));
    if (numbers.includes(0)) return 0;
    const key = numbers.join();
    const known = this.setNumbers.get(key);
    if (known !== undefined) return known;
    if (this.sets.length > this.maxComments) return 0;
    this.setNumbers.set(key, this.sets.length);
    return this.sets.push(numbers) - 1;
  }

  /** Numbers of the comments in a set, for `text`. */
  numbersOf(set: number): readonly number[] {
    return this.sets[set] ?? NONE;
  }

  /** The comments of a set, in their order. */
  textsOf(set: number): readonly string[] {
    return this.numbersOf(set).map((number) => this.text(number));
  }

  text(number: number): string {
    return this.texts[number] ?? '';
  }

  /** 0 = there is no room for it. */
  private number(text: string): number {
    const known = this.numbers.get(text);
    if (known !== undefined) return known;
    if (this.texts.length > this.maxComments || this.chars + text.length > this.maxChars) return 0;
    this.chars += text.length;
    this.numbers.set(text, this.texts.length);
    return this.texts.push(text) - 1;
  }
}
