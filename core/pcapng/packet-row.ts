/**
 * Words of a packet's row in a `PacketBatch`, all of them 32 bits. Positions are in the batch's buffer; what is a u32 has
 * its bits here, so `>>> 0` gives its value. Numbers of their own, for a build puts these in place.
 */

/** Row `i` begins at word i << SHIFT. */
export const SHIFT = 4;

/** Of the block, and its total length. */
export const START = 0;
export const LENGTH = 1;
/** Global interface index. */
export const INTERFACE = 2;
/** u32. Unix time in ns; 0, 0 = no time. */
export const TS_HI = 3;
export const TS_LO = 4;
export const DATA_START = 5;
export const DATA_LENGTH = 6;
/** u32. On the wire. */
export const ORIGINAL_LENGTH = 7;
/** HAS_ID, HAS_DROP_COUNT, HAS_COMMENT. */
export const BITS = 8;
/** u32. epb_packetid; only with HAS_ID. */
export const ID_HI = 9;
export const ID_LO = 10;
/** Of Whither's event struct; -1, 0 = there is none. */
export const EVENT_START = 11;
export const EVENT_LENGTH = 12;
export const OPTIONS_START = 13;
export const OPTIONS_LENGTH = 14;

export const HAS_ID = 1;
/** `dropCount` of the batch has epb_dropcount; else it is 0. */
export const HAS_DROP_COUNT = 2;
/** There is an opt_comment among the options. */
export const HAS_COMMENT = 4;
