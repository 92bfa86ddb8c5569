/* SPDX-License-Identifier: MIT */
#ifndef WHITHER_TLV_CHECK_H
#define WHITHER_TLV_CHECK_H

/* In front of the area in the packet of a run: its length in the first byte, then zeros. No less
 * than the Ethernet header that BPF_PROG_RUN wants. */
#define CHECK_HEAD   16
#define CHECK_FAILED 2

#endif
