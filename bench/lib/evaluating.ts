/** What measuring needs of a page, be it Playwright's or an UnwatchedPage. */
export interface Evaluating {
  evaluate<R>(what: () => R): Promise<Awaited<R>>;
}
