/** What is read of BTF at most. Every length, count and offset in it is checked against one of these. */

/** vmlinux of Linux 6.18 has 6 MB; objects with debug information are larger. */
export const MAX_FILE_BYTES = 512 * 1024 * 1024;
/** The kernel's own limits are BTF_MAX_TYPE (0xfffff) and BTF_MAX_NAME_OFFSET (0xffffff) (uapi/linux/btf.h). */
export const MAX_TYPES = 0xfffff;
export const MAX_STRING_BYTES = 0xffffff;
/** A name longer than this is cut. */
export const MAX_NAME_BYTES = 512;
/** Steps through typedef, const, volatile, restrict, type tags and arrays; the kernel's is 32 (MAX_RESOLVE_DEPTH). */
export const MAX_CHAIN = 32;
/** Section headers of an ELF object; more need an extension that no compiler of BPF uses. */
export const MAX_SECTIONS = 0xff00;
/** Members of one struct and of all that is nested in it, each as often as it is there. */
export const MAX_FIELDS = 4096;
/** Structs in structs. */
export const MAX_DEPTH = 16;
