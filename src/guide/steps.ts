/** What is shown to somebody who is new to the page, in the order in which one asks. */

export interface Step {
  /** CSS selector of the part of the page. */
  readonly target: string;
  readonly title: string;
  readonly text: string;
}

export const STEPS: readonly Step[] = [
  {
    target: '[data-pane="path"]',
    title: 'Path: where',
    text: 'Hooks of the kernel in the order in which packets pass them. The band is packets, its coloured part those with metadata. Where it is lost the band is red, and the cause stands below. Choose a hop or a cause, and everything else is about those packets.',
  },
  {
    target: '[data-pane="list"]',
    title: 'Journeys: which',
    text: 'One packet a line, from its first hook to its last, with the TLVs it carried. Arrow keys walk, “in common” says what the filtered ones share, “group” counts them by any field.',
  },
  {
    target: '[data-pane="journey"]',
    title: 'Journey: what happened to this one',
    text: 'Its hops across, its TLVs down. A value stands where it was written or changed, and = where it is the same; the line above says what became of it, by whom, and how that is known.',
  },
  {
    target: '[data-pane="bytes"]',
    title: 'Bytes: what is really there',
    text: 'The metadata at the chosen hop, in its headroom drawn to scale and byte by byte, with the packet below. “diff with” compares it with another hop or packet.',
  },
  {
    target: '.filter-line',
    title: 'Filter: ask',
    text: 'Type a field, and names and values seen are offered with their counts. Any value on the page is a filter too: right-click it, or press a. The key : finds everything one can do, ? lists the keys.',
  },
];
