/** A probe whose programs look at a field and leave: what any program costs at these hooks, on this machine, in this run. */
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { labFiles } from '../../agent/lab/root.ts';

/** Builds it when it is older than its sources. Returns its path; throws when it does not build. */
export function bareProbe(): string {
  const { probe } = labFiles();
  const root = path.dirname(path.dirname(probe));
  execFileSync('make', ['--silent', '-C', path.join(root, 'agent/probe'), 'bare'], { stdio: 'pipe' });
  return path.join(path.dirname(probe), 'bare', path.basename(probe));
}
