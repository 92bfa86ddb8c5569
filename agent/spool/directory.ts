/** The spool's directory: made private, locked against a second agent, and taken up again after a restart. */
import { randomBytes } from 'node:crypto';
import { chmod, link, mkdir, open, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { codeOf, Failure, lineOf } from '../failure.ts';
import { isAlive, startTimeOf } from '../processes.ts';
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
    // Before anything in it is changed: it may be somebody's home.
    refuseForeign(dir, await readdir(dir));
    await chmod(dir, DIR_MODE);
  } catch (thrown) {
    if (thrown instanceof Failure) throw thrown;
    throw new Failure(
      `the spool directory ${dir} cannot be used (${codeOf(thrown) || lineOf(thrown)})`,
      'give --spool a directory that this user may write to',
    );
  }
  const unlock = await lock(dir);
  try {
    const names = await readdir(dir);
    if (!names.includes(ID_FILE)) {
      refuseForeign(dir, names);
      const id = randomBytes(ID_BYTES).toString('hex');
      await writeFile(path.join(dir, ID_FILE), `${id}\n`, { mode: FILE_MODE });
      return { id, segments: [], unlock };
    }
    const starts = names.map(startOfName).filter((start) => start !== null);
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

function refuseForeign(dir: string, names: readonly string[]): void {
  if (names.includes(ID_FILE) || names.every((name) => name.startsWith(LOCK_FILE))) return;
  throw new Failure(`${dir} has files in it and is no spool`, 'give --spool an empty directory');
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

/**
 * Two agents that append to one log would destroy it. The lock names its holder and when that was started; one
 * whose process is gone is taken over, also where another process has its id by now (after a reboot, say).
 */
async function lock(dir: string): Promise<() => Promise<void>> {
  const file = path.join(dir, LOCK_FILE);
  // Linked when it is whole: an empty lock would look like one that nobody holds.
  const own = `${file}.${process.pid}`;
  for (;;) {
    try {
      await writeFile(own, `${process.pid} ${startTimeOf(process.pid)}\n`, { mode: FILE_MODE });
      await link(own, file);
      return () => rm(file, { force: true });
    } catch (thrown) {
      if (codeOf(thrown) !== 'EEXIST') {
        throw new Failure(
          `the spool directory ${dir} cannot be written (${codeOf(thrown) || lineOf(thrown)})`,
          'free space, or give --spool another directory',
        );
      }
    } finally {
      await rm(own, { force: true });
    }
    const [id = '', startTime = ''] = (await readFile(file, 'utf8').catch(() => '')).trim().split(' ');
    const holder = /^\d{1,10}$/.test(id) ? Number(id) : null;
    if (holder !== null && isAlive(holder) && ['', startTime].includes(startTimeOf(holder))) {
      throw new Failure(
        `the spool ${dir} is in use by process ${holder}`,
        'stop that one or give --spool another directory',
      );
    }
    await rm(file, { force: true });
  }
}
