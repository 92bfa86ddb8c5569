/** What a filter may be at most: expressions come from links, too. Each is told with its place when it is exceeded. */
export const MAX_FILTER_CHARS = 2000;
/** Tests of one expression; each costs a pass over its column. */
export const MAX_TESTS = 64;
/** Operators, parentheses, negations and quantifiers in one another. */
export const MAX_DEPTH = 128;
/** Members of one set. */
export const MAX_SET_VALUES = 256;
/** Columns that rows of the list are made with. */
export const MAX_COLUMNS = 24;
