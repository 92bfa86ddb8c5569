/**
 * The directory that the agent runs from: a copy of the built program and page, because the checkout may
 * lie where only root may look (/root), and a work directory of its own. Root owns all but the latter, so
 * the agent cannot change what it runs.
 */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmdirSync,
  rmSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { isAlive } from '../processes.ts';
import type { User } from './user.ts';

const PREFIX = 'whither-run-';
const COPIED = ['package.json', 'dist'];
const WORK = 'work';

export interface RunDirectory {
  readonly root: string;
  /** Owned by the agent's user, 0700: spool and sockets. */
  readonly workDir: string;
  readonly remove: () => void;
}

export function makeRunDirectory(packageRoot: string, user: User): RunDirectory {
  const root = makePrivateDirectory();
  chmodSync(root, 0o750);
  chownSync(root, 0, user.gid);
  for (const name of COPIED) copyTree(path.join(packageRoot, name), path.join(root, name), user.gid);
  const workDir = path.join(root, WORK);
  mkdirSync(workDir, { mode: 0o700 });
  chownSync(workDir, user.uid, user.gid);
  return { root, workDir, remove: () => removeRunDirectory(root) };
}

/** A directory (0700) below the system's temporary one, which a later start removes if this one is killed. */
export function makePrivateDirectory(): string {
  removeStale();
  return mkdtempSync(path.join(os.tmpdir(), `${PREFIX}${process.pid}-`));
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

/** Whoever was killed could not tidy up: the name holds its process id. */
function removeStale(): void {
  for (const name of readdirSync(os.tmpdir())) {
    const match = /^whither-run-(\d{1,10})-/.exec(name);
    if (!match || isAlive(Number(match[1]))) continue;
    const dir = path.join(os.tmpdir(), name);
    try {
      if (lstatSync(dir).uid === process.getuid?.()) removeRunDirectory(dir);
    } catch {
      // Another start removes it at the same time, or its agent is just ending: then the next one does.
    }
  }
}

/**
 * The work directory is emptied by a process of its owner's: while root walked through it, its owner could put
 * a link in the place of a directory, and root would remove what the link leads to.
 */
function removeRunDirectory(root: string): void {
  const workDir = path.join(root, WORK);
  const owner = lstatSync(workDir, { throwIfNoEntry: false });
  if (owner) {
    const { uid, gid } = owner;
    // It says that the directory itself stays, which is in one of root's.
    spawnSync('rm', ['-rf', '--', workDir], { uid, gid, cwd: '/', stdio: 'ignore' });
    try {
      rmdirSync(workDir);
    } catch {
      // Something is in it that is not its owner's: nothing of ours, so it stays.
      return;
    }
  }
  rmSync(root, { recursive: true, force: true });
}
