/** Starting the probe, whoever may do it: this process itself, or the supervisor that kept root. */
import { spawn, type ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import { codeOf, Failure } from '../failure.ts';
import { probeArguments, type CaptureSpec } from './spec.ts';
import { askProbe, type TypesQuestion } from './types-question.ts';

/** From SIGTERM, on which the probe writes what it has, to SIGKILL. */
export const STOP_GRACE_MS = 3_000;
/** What a process says on stderr is shown; no line of it is longer. */
const MAX_LINE_CHARS = 1_000;

/** The probe's exit code when nothing is left to watch: EXIT_GONE of agent/probe/args.h, proved by a kernel test. */
export const GONE_EXIT_CODE = 3;

/** How a process ended; `text` is for people. */
export interface ProcessEnd {
  readonly ok: boolean;
  /** null = killed by a signal. */
  readonly code: number | null;
  readonly text: string;
}

export interface ProbeProcess {
  /** pcapng. */
  readonly output: Readable;
  /** Resolves when the process is gone; never rejects. */
  readonly ended: Promise<ProcessEnd>;
  /** Whether it is to tell what watching costs, once a second. */
  watchCost(on: boolean): void;
  /** Asks it to end (SIGTERM), and makes it (SIGKILL) after STOP_GRACE_MS. */
  stop(): void;
}

export interface Launcher {
  /** Resolves when the process runs; Failure when it cannot be started. `say` gets its stderr by lines. */
  start(spec: CaptureSpec, say: (line: string) => void): Promise<ProbeProcess>;
  /** What the probe says of loaded programs; Failure when it cannot. */
  askTypes(question: TypesQuestion): Promise<Uint8Array>;
}

/** For a user without root: works where the probe's file has its capabilities (setcap). */
export class DirectLauncher implements Launcher {
  readonly #probe: string;

  constructor(probe: string) {
    this.#probe = probe;
  }

  askTypes(question: TypesQuestion): Promise<Uint8Array> {
    return askProbe(this.#probe, question);
  }

  async start(spec: CaptureSpec, say: (line: string) => void): Promise<ProbeProcess> {
    // Its own session: Ctrl-C in the terminal must not end it before we have read all it has.
    const child = spawn(this.#probe, probeArguments(spec), {
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
    });
    child.stdin.on('error', () => undefined);
    await started(child, this.#probe);
    lines(child.stderr, say);
    return {
      output: child.stdout,
      ended: endOf(child),
      watchCost: (on) => tellCost(child, on, process.pid),
      stop: () => stopChild(child),
    };
  }
}

/** Resolves when `child` runs; Failure with cause and remedy when it does not. */
export function started(child: ChildProcess, program: string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (error) => {
      const missing = codeOf(error) === 'ENOENT';
      reject(
        new Failure(
          missing ? `${program} does not exist` : `${program} cannot be started (${codeOf(error)})`,
          missing ? 'build the probe with npm run build' : 'see that the file is executable for this user',
        ),
      );
    });
  });
}

export function endOf(child: ChildProcess): Promise<ProcessEnd> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => {
      const text = signal === null ? `exit code ${String(code)}` : `killed by ${signal}`;
      resolve({ ok: code === 0, code, text });
    });
  });
}

export function stopChild(child: ChildProcess, graceMs = STOP_GRACE_MS): void {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
  child.once('exit', () => clearTimeout(timer));
}

/** `agent`: process id, of which the probe tells the CPU time. */
export function tellCost(child: ChildProcess, on: boolean, agent: number): void {
  child.stdin?.write(on ? `cost on ${agent}\n` : 'cost off\n');
}

/** Calls `say` for every line of `stream`, without control characters; a longer one is cut. */
export function lines(stream: Readable, say: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    const parts = (rest + text).split('\n');
    rest = (parts.pop() ?? '').slice(0, MAX_LINE_CHARS);
    for (const part of parts) sayLine(part);
  });
  stream.on('end', () => sayLine(rest));
  stream.on('error', () => undefined);
  function sayLine(line: string): void {
    const clean = line.replace(/\p{Cc}/gu, ' ').trim();
    if (clean !== '') say(clean.slice(0, MAX_LINE_CHARS));
  }
}
