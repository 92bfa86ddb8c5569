/** Kernel releases as one number, for rules that hold from a version on. */

/** major << 16 | minor << 8 | patch. */
export const kernelVersion = (major: number, minor: number, patch = 0): number =>
  (major << 16) | (minor << 8) | Math.min(patch, 0xff);

export const KERNEL_UNKNOWN = 0;
/** tcx links; before, all programs of tc are filters of clsact (e420bed02507). */
export const KERNEL_TCX = kernelVersion(6, 6);
/** pskb_expand_head() keeps metadata, TC helpers move it ("Make TC BPF helpers preserve skb metadata"). */
export const KERNEL_KEEPS = kernelVersion(6, 19);
/** lwtunnel_xmit() clears metadata (c00320b0e355). */
export const KERNEL_LWTUNNEL_CLEARS = kernelVersion(7, 1, 5);

/** `6.18.44-generic` as a number; KERNEL_UNKNOWN when it is no release. A patch level over 255 counts as 255. */
export function parseKernelVersion(release: string): number {
  const match = /^(\d{1,3})\.(\d{1,3})(?:\.(\d{1,6}))?/.exec(release);
  if (match === null) return KERNEL_UNKNOWN;
  const [major, minor, patch] = [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)];
  return major > 0x7f || minor > 0xff ? KERNEL_UNKNOWN : kernelVersion(major, minor, patch);
}
