/**
 * Numbers of the pcapng format: draft-ietf-opsawg-pcapng (blocks: section 4, options: section 3.5 and
 * with each block), and of classic pcap: draft-ietf-opsawg-pcap.
 */

/** Section Header Block. Reads the same in both byte orders. */
export const BLOCK_SHB = 0x0a0d0d0a;
export const BLOCK_IDB = 1;
/** Packet Block, obsolete. */
export const BLOCK_PB = 2;
export const BLOCK_SPB = 3;
export const BLOCK_NRB = 4;
export const BLOCK_ISB = 5;
export const BLOCK_EPB = 6;
export const BLOCK_JOURNAL = 9;
export const BLOCK_DSB = 0x0a;
/** Custom Block, and the one that a tool must not copy to a new file. */
export const BLOCK_CUSTOM = 0x0bad;
export const BLOCK_CUSTOM_NO_COPY = 0x4000_0bad;

/** Byte-order magic of an SHB, at offset 8, as read in the section's own order. */
export const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
export const BYTE_ORDER_MAGIC_SWAPPED = 0x4d3c2b1a;
export const PCAPNG_MAJOR = 1;

/** Type, length, and length again at the end. */
export const BLOCK_MIN_BYTES = 12;
export const SHB_MIN_BYTES = 28;
export const IDB_MIN_BYTES = 20;
export const EPB_MIN_BYTES = 32;
export const SPB_MIN_BYTES = 16;
export const PB_MIN_BYTES = 32;
export const ISB_MIN_BYTES = 24;
/** With the enterprise number. */
export const CUSTOM_MIN_BYTES = 16;

export const OPT_END = 0;
export const OPT_COMMENT = 1;
/** Custom options: UTF-8 or binary, and the two that a tool must not copy. */
export const OPT_CUSTOM_TEXT = 2988;
export const OPT_CUSTOM_BINARY = 2989;
export const OPT_CUSTOM_TEXT_NO_COPY = 19372;
export const OPT_CUSTOM_BINARY_NO_COPY = 19373;

export const SHB_HARDWARE = 2;
export const SHB_OS = 3;
export const SHB_USERAPPL = 4;

export const IF_NAME = 2;
export const IF_DESCRIPTION = 3;
export const IF_TSRESOL = 9;
export const IF_FILTER = 11;
export const IF_TSOFFSET = 14;
export const IF_HARDWARE = 15;
/** if_tsresol when the option is absent: microseconds. */
export const TSRESOL_DEFAULT = 6;

export const EPB_FLAGS = 2;
export const EPB_DROPCOUNT = 4;
export const EPB_PACKETID = 5;
export const EPB_QUEUE = 6;
export const EPB_VERDICT = 7;

export const ISB_STARTTIME = 2;
export const ISB_ENDTIME = 3;
export const ISB_IFRECV = 4;
export const ISB_IFDROP = 5;
export const ISB_USRDELIV = 8;

/** Classic pcap: microseconds, nanoseconds, and Kuznetzov's variant with a longer record header. */
export const PCAP_MAGIC_US = 0xa1b2c3d4;
export const PCAP_MAGIC_NS = 0xa1b23c4d;
export const PCAP_MAGIC_MODIFIED = 0xa1b2cd34;
export const PCAP_MAJOR = 2;
export const PCAP_HEADER_BYTES = 24;
export const PCAP_RECORD_BYTES = 16;
export const PCAP_MODIFIED_RECORD_BYTES = 24;
