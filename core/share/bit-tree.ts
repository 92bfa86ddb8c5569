/** For each sequence of bits that was met: whether the bit behind it is turned. Addresses that begin alike share the way there. */

/** Of a node: its two children, then what is known of it. */
const NODE_WORDS = 3;
const TURN = 2;
const TURN_NO = 1;
const TURN_YES = 2;
/** Neither a child nor a node. */
const NONE = 0;
const FIRST_NODES = 1024;

export class BitTree {
  /** Node of the empty sequence. */
  readonly root = 1;
  readonly #maxNodes: number;
  #words = new Uint32Array(FIRST_NODES * NODE_WORDS);
  /** Number of the next node; 0 is none. */
  #next = 2;

  /** `maxNodes`: with more of them `child` gives 0, of which nothing is remembered. */
  constructor(maxNodes: number) {
    this.#maxNodes = maxNodes;
  }

  /** The node behind `node` by a bit of 0 or 1. */
  child(node: number, bit: number): number {
    if (node === NONE) return NONE;
    const at = node * NODE_WORDS + bit;
    const known = this.#words[at]!;
    if (known !== NONE || this.#next > this.#maxNodes) return known;
    const made = this.#next++;
    if (this.#next * NODE_WORDS > this.#words.length) {
      const larger = new Uint32Array(2 * this.#words.length);
      larger.set(this.#words);
      this.#words = larger;
    }
    this.#words[at] = made;
    return made;
  }

  /** What `find` says of it, which is asked once. */
  turn(node: number, find: () => boolean): boolean {
    if (node === NONE) return find();
    const at = node * NODE_WORDS + TURN;
    const known = this.#words[at]!;
    if (known !== NONE) return known === TURN_YES;
    const turned = find();
    this.#words[at] = turned ? TURN_YES : TURN_NO;
    return turned;
  }
}
