/** What a kernel test needs, and why it is skipped where that is missing. */
import { existsSync } from 'node:fs';
import { labFiles } from '../root.ts';

const BTF = '/sys/kernel/btf/vmlinux';

function missing(): string | null {
  if (process.platform !== 'linux') return 'this is not Linux';
  if (process.getuid?.() !== 0) return 'this is not root';
  if (!existsSync(BTF)) return 'the kernel has no BTF';
  if (!existsSync('/usr/sbin/ip') && !existsSync('/sbin/ip')) return 'iproute2 is not installed';
  try {
    labFiles();
    return null;
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : String(thrown);
  }
}

/**
 * null when kernel tests can run here, else the reason to skip them. With WHITHER_REQUIRE_KERNEL=1 a
 * missing prerequisite fails instead: a CI that silently skips proves nothing.
 */
export function requireKernel(): string | null {
  const reason = missing();
  if (reason !== null && process.env.WHITHER_REQUIRE_KERNEL === '1') {
    throw new Error(`WHITHER_REQUIRE_KERNEL=1, but ${reason}`);
  }
  return reason;
}
