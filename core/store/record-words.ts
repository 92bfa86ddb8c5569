/** The record of an event: what only Whither's events have, in words of 32 bits. */

/** Words of a record: what only Whither's events have. One row of its own, because it is read whole. */
export const RECORD = {
  skbLo: 0,
  skbHi: 1,
  headLo: 2,
  headHi: 3,
  mark: 4,
  hash: 5,
  task: 6,
  drop: 7,
  /** Words as they stand in the event struct, two u16 each: the first in the low half. */
  macData: 8,
  networkFlags: 9,
  protocolVlan: 10,
  cpuQueue: 11,
  priority: 12,
  /** Socket cookie; 0, 0 = none. */
  cookieLo: 13,
  cookieHi: 14,
  /** Number in the table of extras (skb->cb and what is beside it), from 1; 0 = none. */
  extras: 15,
} as const;
export const RECORD_SHIFT = 4;
export const RECORD_WORDS = 1 << RECORD_SHIFT;
