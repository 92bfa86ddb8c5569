/* SPDX-License-Identifier: MIT */
#ifndef WHITHER_BTF_H
#define WHITHER_BTF_H

/* Writes the BTF of the loaded BPF program with this id, as the kernel has it, to standard output.
 * Needs CAP_SYS_ADMIN, as looking up any program by id does. Returns the exit code. */
int btf_of_program(unsigned id);

/* Writes the loaded BPF programs as a JSON array to standard output, those loaded last first:
 * id, name (as the kernel has it, 15 characters), type, tag, and whether it has BTF. Needs the
 * same. Returns the exit code. */
int btf_programs(void);

#endif
