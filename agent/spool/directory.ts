/** The spool's directory: made private, locked against a second agent, and taken up again after a restart. */
import { randomBytes } from 'node:crypto';
import { chmod, mkdir, open, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { codeOf, Failure, lineOf } from '../failure.ts';
import { MAX_BLOCK_BYTES, wholeBlocks } from './block-cutter.ts';
import { Segment, startOfName } from './segment.ts';

const DIR_MODE = 0o700;
const FILE_MODE = 0o600;
const ID_BYTES = 16;
const ID_FILE = 'spool-id';
const LOCK_FILE = 'lock';
const SCAN_BYTES = 4 * MAX_BLOCK_BYTES;

export interface OpenedDirectory {
  readonly id: string;
  readonly segments: Segment[];
  readonly unlock: () => Promise<void>;
}

/** Creates `dir` (0700) or takes up the log that is in it. Failure when it cannot be used. */
export async function openDirectory(dir: string): Promise<OpenedDirectory> {
  try {
    await mkdir(dir, { recursive: true, mode: DIR_MODE });
    await chmod(dir, DIR_MODE);
  } catch (thrown) {
    throw new Failure(
      `the spool directory ${dir} cannot be used (${codeOf(thrown) || lineOf(thrown)})`,
      'give --spool a directory that this user may write to',
    );
  }
  const unlock = await lock(dir);
  try {
    const names = await readdir(dir);
    const starts = names.map(startOfName).filter((start) => start !== null);
    if (!names.includes(ID_FILE)) {
      if (starts.length > 0 || names.some((name) => name !== LOCK_FILE)) {
        throw new Failure(`${dir} has files in it and is no spool`, 'give --spool an empty directory');
      }
      const id = randomBytes(ID_BYTES).toString('hex');
      await writeFile(path.join(dir, ID_FILE), `${id}\n`, { mode: FILE_MODE });
      return { id, segments: [], unlock };
    }
    const id = (await readFile(path.join(dir, ID_FILE), 'utf8')).trim();
    if (!/^[0-9a-f]{32}$/.test(id)) {
      throw new Failure(`${path.join(dir, ID_FILE)} is damaged`, 'give --spool an empty directory');
    }
    return { id, segments: await takeUp(dir, starts), unlock };
  } catch (thrown) {
    await unlock();
    throw thrown;
  }
}

/** Segments of the earlier run, in order; a block that the last one was cut in is removed. */
async function takeUp(dir: string, starts: readonly number[]): Promise<Segment[]> {
  const sorted = [...starts].sort((a, b) => a - b);
  const segments: Segment[] = [];
  for (const [index, start] of sorted.entries()) {
    const probe = Segment.existing(dir, start, 0, 0);
    const { size, mtimeMs } = await stat(probe.path);
    const next = sorted[index + 1];
    let length = size;
    if (next === undefined) {
      length = await wholeLength(probe.path, size);
      if (length < size) await truncate(probe.path, length);
    } else if (start + size !== next) {
      throw new Failure(
        `a segment of the spool is missing or damaged before offset ${next} in ${dir}`,
        'move its files away and start with an empty directory',
      );
    }
    if (length === 0) await rm(probe.path);
    else segments.push(Segment.existing(dir, start, length, mtimeMs));
  }
  return segments;
}

async function wholeLength(file: string, size: number): Promise<number> {
  const handle = await open(file, 'r');
  try {
    const buffer = new Uint8Array(SCAN_BYTES);
    let at = 0;
    while (at < size) {
      const { bytesRead } = await handle.read(buffer, 0, SCAN_BYTES, at);
      const { whole } = wholeBlocks(buffer.subarray(0, bytesRead));
      if (whole <= 0) break;
      at += whole;
    }
    return at;
  } finally {
    await handle.close();
  }
}

/** Two agents that append to one log would destroy it. A lock of a process that is gone is taken over. */
async function lock(dir: string): Promise<() => Promise<void>> {
  const file = path.join(dir, LOCK_FILE);
  for (;;) {
    try {
      await writeFile(file, `${process.pid}\n`, { flag: 'wx', mode: FILE_MODE });
      return () => rm(file, { force: true });
    } catch (thrown) {
      if (codeOf(thrown) !== 'EEXIST') throw thrown;
    }
    const holder = Number.parseInt(await readFile(file, 'utf8').catch(() => ''), 10);
    if (Number.isInteger(holder) && isAlive(holder)) {
      throw new Failure(
        `the spool ${dir} is in use by process ${holder}`,
        'stop that one or give --spool another directory',
      );
    }
    await rm(file, { force: true });
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
