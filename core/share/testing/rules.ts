/** What is known of a capture of which nothing has been read. */
import type { ExpressionRules } from '../expression.ts';
import { CAREFUL } from '../policy.ts';
import { Pseudonyms } from '../pseudonyms.ts';
import { SharedHops } from '../shared-hops.ts';
import { SharedPrograms } from '../shared-programs.ts';
import { SharedTasks } from '../shared-tasks.ts';

export function rulesWith(rules: Partial<ExpressionRules> = {}): ExpressionRules {
  return {
    policy: CAREFUL,
    names: new Pseudonyms(new Uint8Array(32).fill(42)),
    going: new Map(),
    readsMark: false,
    dropReasons: new Set(),
    hops: new SharedHops(),
    programs: new SharedPrograms(),
    tasks: new SharedTasks(),
    ...rules,
  };
}
