/** Child processes of a lab: started, awaited, ended, with their complaints kept for the error message. */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { Failure } from '../failure.ts';

const execute = promisify(execFile);

/** How long a child may take to end by itself. */
const GRACE_MS = 5_000;
const MAX_COMPLAINT_CHARS = 2_000;

/** Runs a command to its end; its stdout. Fails with what it said on stderr. */
export async function runCommand(command: string, args: readonly string[]): Promise<string> {
  try {
    const { stdout } = await execute(command, [...args]);
    return stdout;
  } catch (thrown) {
    const stderr = thrown instanceof Error && 'stderr' in thrown ? String(thrown.stderr).trim() : '';
    throw new Failure(
      `${command} ${args.join(' ')} failed (${stderr === '' ? String(thrown) : stderr})`,
      'the edge lab needs root, iproute2 and Linux 6.1 or later',
    );
  }
}

/** null when it succeeds, else what it said on stderr, in one line. */
export async function whyNot(command: string, args: readonly string[]): Promise<string | null> {
  try {
    await execute(command, [...args]);
    return null;
  } catch (thrown) {
    const stderr = thrown instanceof Error && 'stderr' in thrown ? String(thrown.stderr).trim() : '';
    return stderr === '' ? String(thrown) : stderr.replace(/\s+/g, ' ');
  }
}

/** A child that says something on stdout and listens on stdin. */
export class Child {
  readonly process: ChildProcess;
  readonly #name: string;
  readonly #waiting: ((line: string | null) => void)[] = [];
  readonly #lines: string[] = [];
  readonly ended: Promise<void>;
  complaint = '';
  #over = false;

  constructor(command: string, args: readonly string[], options: { detached?: boolean } = {}) {
    this.#name = command.replace(/.*\//, '');
    const detached = options.detached ?? false;
    const child = spawn(command, [...args], { stdio: ['pipe', 'pipe', 'pipe'], detached });
    this.process = child;
    child.stdin.on('error', () => undefined);
    child.stderr.on('data', (chunk: Buffer) => {
      this.complaint = (this.complaint + chunk.toString()).slice(-MAX_COMPLAINT_CHARS);
    });
    createInterface({ input: child.stdout }).on('line', (line) => {
      const next = this.#waiting.shift();
      if (next) next(line);
      else this.#lines.push(line);
    });
    this.ended = new Promise((resolve) => {
      const over = (): void => {
        this.#over = true;
        for (const waiting of this.#waiting.splice(0)) waiting(null);
        resolve();
      };
      child.once('close', over);
      child.once('error', (error) => {
        this.complaint += error.message;
        over();
      });
    });
  }

  /** The next line of its stdout; fails when it ends instead. */
  async line(): Promise<string> {
    const line =
      this.#lines.shift() ??
      (this.#over ? null : await new Promise<string | null>((resolve) => this.#waiting.push(resolve)));
    if (line === null) {
      throw new Failure(`${this.#name} ended (${this.complaint.trim()})`, 'run whither doctor');
    }
    return line;
  }

  /** What it said that nobody has asked for. */
  rest(): string[] {
    return this.#lines.splice(0);
  }

  /** It has ended, and all it said has been read. */
  get over(): boolean {
    return this.#over;
  }

  say(line: string): void {
    this.process.stdin?.write(`${line}\n`);
  }

  /** Closes its stdin and sends the signal; kills it when that does not help. */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    if (!this.#over) {
      this.process.stdin?.end();
      this.process.kill(signal);
    }
    await this.finish();
  }

  /** Closes its stdin and waits; kills it when that does not help. */
  async finish(): Promise<void> {
    this.process.stdin?.end();
    const timer = setTimeout(() => this.process.kill('SIGKILL'), GRACE_MS);
    await this.ended;
    clearTimeout(timer);
  }
}
