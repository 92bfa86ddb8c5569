/** Why hooks are missing, told once for all that are missing for the same reason. Pure. */
import type { MissingHook } from '#workers/api.ts';
import { whereMissing } from './where-missing.ts';

export interface MissingGroup {
  readonly reason: string;
  /** Names with where they are missing, in the order of the path. */
  readonly hooks: readonly string[];
}

/** The reason of most hooks first. */
export function missingGroups(missing: readonly MissingHook[]): readonly MissingGroup[] {
  const groups = new Map<string, string[]>();
  for (const hook of missing) {
    const hooks = groups.get(hook.reason) ?? [];
    hooks.push(`${hook.name}${whereMissing(hook, missing)}`);
    groups.set(hook.reason, hooks);
  }
  return [...groups]
    .map(([reason, hooks]) => ({ reason, hooks }))
    .sort((a, b) => b.hooks.length - a.hooks.length);
}
