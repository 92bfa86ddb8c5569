/* SPDX-License-Identifier: MIT */
	.section .rodata
	.global PROBE_OBJECT, PROBE_OBJECT_END
	.balign 8
PROBE_OBJECT:
	.incbin "probe.bpf.o"
PROBE_OBJECT_END:
	.byte 0
	.section .note.GNU-stack, "", @progbits
