/**
 * The directory that the agent runs from: a copy of the built program and page, because the checkout may
 * lie where only root may look (/root), and a work directory of its own. Root owns all but the latter, so
 * the agent cannot change what it runs.
 */
import {
  chmodSync,
  chownSync,
  copyFileSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { codeOf } from '../failure.ts';
import type { User } from './user.ts';

const PREFIX = 'whither-run-';
const COPIED = ['package.json', 'dist'];

export interface RunDirectory {
  readonly root: string;
  /** Owned by the agent's user, 0700: spool and sockets. */
  readonly workDir: string;
  remove(): void;
}

export function makeRunDirectory(packageRoot: string, user: User): RunDirectory {
  removeStale();
  const root = mkdtempSync(path.join(os.tmpdir(), `${PREFIX}${process.pid}-`));
  chmodSync(root, 0o750);
  chownSync(root, 0, user.gid);
  for (const name of COPIED) copyTree(path.join(packageRoot, name), path.join(root, name), user.gid);
  const workDir = path.join(root, 'work');
  mkdirSync(workDir, { mode: 0o700 });
  chownSync(workDir, user.uid, user.gid);
  return { root, workDir, remove: () => rmSync(root, { recursive: true, force: true }) };
}

function copyTree(from: string, to: string, gid: number): void {
  const info = lstatSync(from);
  if (info.isDirectory()) {
    mkdirSync(to);
    for (const name of readdirSync(from)) copyTree(path.join(from, name), path.join(to, name), gid);
    chmodSync(to, 0o750);
  } else if (info.isFile()) {
    copyFileSync(from, to);
    chmodSync(to, 0o640);
  } else return;
  chownSync(to, 0, gid);
}

/** A supervisor that was killed could not tidy up: its name holds its process id. */
function removeStale(): void {
  for (const name of readdirSync(os.tmpdir())) {
    const match = /^whither-run-(\d{1,10})-/.exec(name);
    const dir = path.join(os.tmpdir(), name);
    if (!match || isAlive(Number(match[1])) || lstatSync(dir).uid !== process.getuid?.()) continue;
    rmSync(dir, { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return codeOf(thrown) === 'EPERM';
  }
}
