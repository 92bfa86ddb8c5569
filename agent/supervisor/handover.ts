/**
 * What the supervisor gives to the agent when it starts it: one environment variable with JSON, and
 * open files, because the agent's user may not be able to open them.
 */
import {
  closeSync,
  constants,
  createReadStream,
  fstatSync,
  ftruncateSync,
  lstatSync,
  openSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import path from 'node:path';
import type { Readable } from 'node:stream';
import * as v from 'valibot';
import { codeOf, Failure } from '../failure.ts';

export const HANDOVER_VARIABLE = 'WHITHER_HANDOVER';

const fd = v.pipe(v.number(), v.integer(), v.minValue(3));
const handover = v.object({
  /** Owned by the agent's user, 0700; removed by the supervisor. */
  workDir: v.string(),
  /** Where the user typed the command. */
  cwd: v.string(),
  /** Absolute path → open file descriptor. */
  files: v.record(v.string(), fd),
  /** Set when Node itself could not be started as this user: the agent changes to it first of all. */
  dropTo: v.nullable(v.object({ uid: v.number(), gid: v.number() })),
});
export type Handover = v.InferOutput<typeof handover>;

let current: Handover | null | undefined;

/** null = there is no supervisor: this process is what the user started. */
export function takeHandover(): Handover | null {
  if (current !== undefined) return current;
  const text = process.env[HANDOVER_VARIABLE];
  Reflect.deleteProperty(process.env, HANDOVER_VARIABLE);
  if (text === undefined || !process.send) return (current = null);
  current = v.parse(handover, JSON.parse(text));
  if (current.dropTo) {
    process.setgroups?.([]);
    process.setgid?.(current.dropTo.gid);
    process.setuid?.(current.dropTo.uid);
  }
  return current;
}

/** A path as the user meant it. */
export function resolvePath(given: string): string {
  return path.resolve(current?.cwd ?? process.cwd(), given);
}

/** Failure when it cannot be read. */
export function openForReading(absolute: string, given: string): number {
  try {
    const opened = openSync(absolute, 'r');
    if (fstatSync(opened).isDirectory()) {
      closeSync(opened);
      throw new Failure(`${given} is a directory`, 'name a file in it');
    }
    return opened;
  } catch (thrown) {
    throw readFailure(given, thrown);
  }
}

/** Opens for reading, or takes the descriptor that was handed over. */
function descriptorOf(given: string): number {
  const absolute = resolvePath(given);
  return current?.files[absolute] ?? openForReading(absolute, given);
}

export function readText(given: string): string {
  const opened = descriptorOf(given);
  try {
    return readFileSync(opened, 'utf8');
  } catch (thrown) {
    throw readFailure(given, thrown);
  } finally {
    closeSync(opened);
  }
}

export function readStream(given: string): Readable {
  return createReadStream('', { fd: descriptorOf(given) });
}

/** For positional reads; stays open as long as the process. Failure for what has no positions, as a pipe. */
export function openDescriptor(given: string): number {
  const opened = descriptorOf(given);
  if (fstatSync(opened).isFile()) return opened;
  throw new Failure(`${given} is no regular file`, 'write it to a file first');
}

/** A file to write a capture to. */
export interface Written {
  readonly fd: number;
  /** Takes it away again if it was made for this and nothing is in it: a capture that was refused leaves no file. */
  readonly removeUnused: () => void;
}

/** What it holds is kept until there is something to write (emptyFile). Failure when it cannot be written. */
export function writeDescriptor(given: string): Written {
  const absolute = resolvePath(given);
  const handed = current?.files[absolute];
  // Whoever has handed it over takes it away.
  return handed === undefined
    ? openForWriting(absolute, given)
    : { fd: handed, removeUnused: () => undefined };
}

/** Private to the user who captures. Failure when it cannot be written. */
export function openForWriting(absolute: string, given: string): Written {
  const open = (flags: number): number => openSync(absolute, constants.O_WRONLY | flags, 0o600);
  try {
    const fd = open(constants.O_CREAT | constants.O_EXCL);
    const { dev, ino } = fstatSync(fd);
    return {
      fd,
      removeUnused: () => {
        const found = lstatSync(absolute, { throwIfNoEntry: false });
        // Another may be there by now.
        if (found?.size === 0 && found.dev === dev && found.ino === ino) rmSync(absolute, { force: true });
      },
    };
  } catch (thrown) {
    if (codeOf(thrown) !== 'EEXIST') throw cannotWrite(given, thrown);
  }
  try {
    return { fd: open(constants.O_CREAT), removeUnused: () => undefined };
  } catch (thrown) {
    throw cannotWrite(given, thrown);
  }
}

function cannotWrite(given: string, thrown: unknown): Failure {
  return new Failure(`${given} cannot be written (${codeOf(thrown)})`, 'give -w a file that can be');
}

export function emptyFile(descriptor: number): void {
  if (fstatSync(descriptor).isFile()) ftruncateSync(descriptor);
}

export function readFailure(given: string, thrown: unknown): Failure {
  if (thrown instanceof Failure) return thrown;
  const code = codeOf(thrown);
  if (code === 'ENOENT') return new Failure(`${given} does not exist`, 'check the name');
  if (code === 'EISDIR') return new Failure(`${given} is a directory`, 'name a file in it');
  if (code === 'EACCES')
    return new Failure(`${given} may not be read by this user`, 'change its permissions');
  return new Failure(`${given} cannot be read (${code})`, 'check the file');
}
