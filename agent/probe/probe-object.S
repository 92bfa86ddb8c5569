/* SPDX-License-Identifier: MIT */
	.section .rodata
	.global PROBE_CASTS, PROBE_CASTS_END, PROBE_PLAIN, PROBE_PLAIN_END
	.global PROBE_SOCKETS, PROBE_SOCKETS_END
	.global OPERATIONS, OPERATIONS_END
	.global TRACE_CASTS, TRACE_CASTS_END, TRACE_PLAIN, TRACE_PLAIN_END
	.balign 8
PROBE_CASTS:
	.incbin "casts.bpf.o"
PROBE_CASTS_END:
	.balign 8
PROBE_PLAIN:
	.incbin "plain.bpf.o"
PROBE_PLAIN_END:
	.balign 8
PROBE_SOCKETS:
	.incbin "sockets.bpf.o"
PROBE_SOCKETS_END:
	.balign 8
OPERATIONS:
	.incbin "operations.bpf.o"
OPERATIONS_END:
	.balign 8
TRACE_CASTS:
	.incbin "trace-casts.bpf.o"
TRACE_CASTS_END:
	.balign 8
TRACE_PLAIN:
	.incbin "trace-plain.bpf.o"
TRACE_PLAIN_END:
	.byte 0
	.section .note.GNU-stack, "", @progbits
