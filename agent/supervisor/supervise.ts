/**
 * The process that keeps root, and does as little as possible with it: it makes the run directory, starts
 * the agent as an unprivileged user, starts probes and labs for it, and tidies up. It parses nothing that
 * came from a network, a file or a browser.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { chownSync, closeSync, existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { codeOf, Failure } from '../failure.ts';
import { HANDOVER_VARIABLE, openForReading, openForWriting, type Handover } from './handover.ts';
import { parseRequest, type Notice } from './messages.ts';
import { Privileged } from './privileged.ts';
import { makeRunDirectory, type RunDirectory } from './run-directory.ts';
import { unprivilegedUser, type User } from './user.ts';

/** For stopping the probe, writing the rest and closing the clients. */
const AGENT_GRACE_MS = 8_000;
/**
 * A terminal's Ctrl-C reaches every process of its group, and one that started us may pass it on (npm, whither lab run):
 * within this time it is one wish.
 */
const SAME_WISH_MS = 500;
const FIRST_FREE_FD = 4;
/** All that the agent's environment keeps of root's. */
const KEPT_ENVIRONMENT = [
  'PATH',
  'LANG',
  'LC_ALL',
  'TZ',
  'TERM',
  'NO_COLOR',
  'WHITHER_DEBUG',
  'WHITHER_JOIN',
];

export interface SuperviseOptions {
  /** Where package.json, dist/ and build/ are. */
  readonly packageRoot: string;
  /** The program as it runs now, in dist/ of `packageRoot`. */
  readonly entry: string;
  readonly probe: string;
  /** Arguments of the command line, given to the agent as they are. */
  readonly args: readonly string[];
  readonly read: readonly string[];
  readonly write: readonly string[];
  /** A directory that the agent will write to; made for its user when it is not there. */
  readonly ownedDir: string | null;
}

export interface Supervised {
  /** The agent's exit code. */
  readonly code: number;
  /** As Privileged.labRemoved. */
  readonly labRemoved: boolean | null;
}

/** Runs until the agent has ended, and with it all that was started for it. */
export async function supervise(options: SuperviseOptions): Promise<Supervised> {
  const relative = path.relative(options.packageRoot, options.entry);
  if (!relative.startsWith(`dist${path.sep}`)) {
    throw new Failure('root can only run the built agent', 'run npm run build, then npx whither');
  }
  const user = unprivilegedUser();
  const { files, removeUnused } = openFiles(options);
  if (options.ownedDir !== null) makeOwned(options.ownedDir, user);
  // Before there is anything to tidy up.
  const signals = catchSignals();
  const run = makeRunDirectory(options.packageRoot, user);
  // Also where this process ends by a fault of its own.
  process.on('exit', run.remove);
  try {
    return await runAgent(options, run, user, path.join(run.root, relative), files, signals);
  } finally {
    process.off('exit', run.remove);
    run.remove();
    removeUnused();
  }
}

interface Signals {
  /** Calls `listener` for every signal that asks to end, and once for those that came before. */
  listen(listener: () => void): void;
}

function catchSignals(): Signals {
  let listener: (() => void) | null = null;
  let early = false;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (listener) listener();
      else early = true;
    });
  }
  return {
    listen(next) {
      listener = next;
      if (early) next();
    },
  };
}

/** All directories that are made on the way are the user's: in one of root's it could not reach its own. */
function makeOwned(dir: string, { uid, gid }: User): void {
  if (existsSync(dir)) return;
  const first = path.dirname(mkdirSync(dir, { recursive: true, mode: 0o700 }) ?? dir);
  for (let made = dir; made !== first; made = path.dirname(made)) chownSync(made, uid, gid);
}

async function runAgent(
  options: SuperviseOptions,
  run: RunDirectory,
  user: User,
  program: string,
  files: ReadonlyMap<string, number>,
  signals: Signals,
): Promise<Supervised> {
  const handover: Handover = {
    workDir: run.workDir,
    cwd: process.cwd(),
    files: Object.fromEntries([...files.keys()].map((file, index) => [file, FIRST_FREE_FD + index])),
    dropTo: null,
  };
  const agent = await startAgent([program, ...options.args], handover, user, [...files.values()]);
  for (const descriptor of files.values()) closeSync(descriptor);
  const send = (notice: Notice): void => {
    if (agent.connected) agent.send(notice, () => undefined);
  };
  const privileged = new Privileged({
    probe: options.probe,
    whither: [...process.execArgv, options.entry],
    workDir: run.workDir,
    user,
    agent: agent.pid!,
    send,
  });
  agent.on('message', (value) => {
    const request = parseRequest(value);
    if (request) void privileged.handle(request);
  });
  const exited = new Promise<{ code: number; signal: string | null }>((resolve) => {
    agent.once('exit', (code, signal) => resolve({ code: code ?? 1, signal }));
  });
  const told = { end: false, atMs: 0 };
  const end = (): void => {
    const now = performance.now();
    if (told.end) {
      // Asked twice means at once.
      if (now - told.atMs > SAME_WISH_MS) agent.kill('SIGKILL');
      return;
    }
    setTimeout(() => agent.kill('SIGKILL'), AGENT_GRACE_MS).unref();
    told.end = true;
    told.atMs = now;
    send({ type: 'shutdown' });
  };
  signals.listen(end);
  const { code, signal } = await exited;
  await privileged.close();
  if (signal !== null && !told.end) {
    throw new Failure(`the part of whither without privilege was killed by ${signal}`, 'start it again');
  }
  return { code, labRemoved: privileged.labRemoved };
}

/** Starts `args` as `user`. Where that user may not execute Node itself, the agent changes user by itself. */
async function startAgent(
  args: readonly string[],
  handover: Handover,
  user: User,
  descriptors: readonly number[],
): Promise<ChildProcess> {
  const start = (given: Handover, as: Partial<User>): Promise<ChildProcess> => {
    const environment = KEPT_ENVIRONMENT.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value] as const];
    });
    const child = spawn(process.execPath, args, {
      ...as,
      cwd: '/',
      env: {
        ...Object.fromEntries(environment),
        HOME: given.workDir,
        TMPDIR: given.workDir,
        [HANDOVER_VARIABLE]: JSON.stringify(given),
      },
      stdio: ['inherit', 'inherit', 'inherit', 'ipc', ...descriptors],
    });
    return new Promise((resolve, reject) => {
      child.once('spawn', () => resolve(child));
      child.once('error', reject);
    });
  };
  try {
    return await start(handover, user);
  } catch (thrown) {
    if (codeOf(thrown) !== 'EACCES') throw thrown;
    return start({ ...handover, dropTo: user }, {});
  }
}

/** The agent's user may not be allowed to open them; the user who typed the command is. */
function openFiles({ read, write }: SuperviseOptions): {
  readonly files: ReadonlyMap<string, number>;
  /** As of each that is written. */
  readonly removeUnused: () => void;
} {
  const files = new Map<string, number>();
  for (const given of read) files.set(path.resolve(given), openForReading(path.resolve(given), given));
  const written = write.map((given) => {
    const one = openForWriting(path.resolve(given), given);
    files.set(path.resolve(given), one.fd);
    return one;
  });
  return { files, removeUnused: () => written.forEach((one) => one.removeUnused()) };
}
