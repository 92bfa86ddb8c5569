/** Where a hook is missing, in words: nothing where all are missing in one place. Pure. */
import type { MissingHook } from '#workers/api.ts';

/** ` on edge-7`, ` in bad.pcapng`, of files of one host; '' = there is no other place. */
export function whereMissing({ host, file }: MissingHook, missing: readonly MissingHook[]): string {
  const hosts = missing.some((other) => other.host !== host) ? ` on ${host}` : '';
  return hosts + (missing.some((other) => other.host === host && other.file !== file) ? ` in ${file}` : '');
}
