/** What the reader refuses, so that no input can make it hold more than it should. */

export interface Limits {
  /** Longest block that is taken for real. The reader never holds more than one partial block. */
  readonly maxBlockBytes: number;
  /** Interfaces of one section: their ids are dense, so this is also the highest id. */
  readonly maxInterfacesPerSection: number;
  /** Interfaces of the whole input; those that a run declares again in its next section count once. */
  readonly maxInterfaces: number;
  readonly maxSections: number;
  /** Bytes of a name, description, filter or comment that are read; what is longer is cut there. */
  readonly maxTextBytes: number;
  /** Comments read from one block. */
  readonly maxComments: number;
  /** Options that `readOptions` lists from one block. */
  readonly maxOptions: number;
  /** Skipped things reported one by one for each kind; the others are counted and summed up at the end. */
  readonly maxReportsPerCode: number;
}

export const DEFAULT_LIMITS: Limits = {
  maxBlockBytes: 16 * 1024 * 1024,
  maxInterfacesPerSection: 65_536,
  maxInterfaces: 1_048_576,
  maxSections: 1_048_576,
  maxTextBytes: 4096,
  maxComments: 16,
  maxOptions: 1024,
  maxReportsPerCode: 8,
};
