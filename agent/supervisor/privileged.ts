/** The two things that need root: starting a probe, and starting a lab. Requests come from the agent. */
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import * as v from 'valibot';
import { endOf, lines, started, stopChild, tellCost } from '../capture/launcher.ts';
import { checkSpec, probeArguments } from '../capture/spec.ts';
import { TYPES_TIMEOUT_MS, typesArguments } from '../capture/types-question.ts';
import { Failure, lineOf } from '../failure.ts';
import type { Notice, Request } from './messages.ts';
import type { User } from './user.ts';

/** A lab removes namespaces and programs. */
const LAB_GRACE_MS = 15_000;
/** An agent has one at a time, and for a moment the next one: whoever asks for more is no longer our agent. */
export const MAX_PROBES = 2;
/** Likewise of questions for types. */
export const MAX_QUESTIONS = 2;
/** open(2), Linux: the file itself, not opened. Node has no name for it. */
const O_PATH = 0o10000000;
const MAX_READY_CHARS = 4_096;
const MAX_SCHEMA_BYTES = 1024 * 1024;

/** What `whither lab NAME` prints when it is up. */
const labReady = v.object({
  ready: v.literal(true),
  netns: v.string(),
  device: v.string(),
  /** All that there is to watch; absent = the one. */
  devices: v.optional(v.array(v.string())),
  /** Names of BPF maps to sample; absent = none. */
  maps: v.optional(v.array(v.string())),
  schema: v.optional(v.nullable(v.string())),
});

export interface PrivilegedOptions {
  readonly probe: string;
  /** Node's arguments for `whither`, to which `lab NAME` is added. */
  readonly whither: readonly string[];
  readonly workDir: string;
  /** Owner of the work directory and of the sockets in it. */
  readonly user: Pick<User, 'uid'>;
  /** Its process id. */
  readonly agent: number;
  readonly send: (notice: Notice) => void;
}

export class Privileged {
  readonly #options: PrivilegedOptions;
  /** null = being started. */
  readonly #probes = new Map<number, ChildProcess | null>();
  #questions = 0;
  #lab: ChildProcess | null = null;
  #labRemoved: boolean | null = null;
  #closed = false;

  constructor(options: PrivilegedOptions) {
    this.#options = options;
  }

  /** Whether the lab ended in order, and so removed what it had made; null = there was none, or it runs. */
  get labRemoved(): boolean | null {
    return this.#labRemoved;
  }

  async handle(request: Request): Promise<void> {
    switch (request.type) {
      case 'start-probe':
        try {
          await this.#startProbe(request);
        } catch (thrown) {
          const failure = thrown instanceof Failure ? thrown : new Failure(lineOf(thrown), 'try again');
          const { message: cause, remedy } = failure;
          this.#options.send({ type: 'probe-failed', id: request.id, cause, remedy });
        }
        break;
      case 'stop-probe': {
        const child = this.#probes.get(request.id);
        if (child) stopChild(child);
        break;
      }
      case 'watch-cost': {
        const child = this.#probes.get(request.id);
        if (child) tellCost(child, request.on, this.#options.agent);
        break;
      }
      case 'ask-types': {
        const error = await this.#askTypes(request);
        this.#options.send({ type: 'types-answered', id: request.id, error });
        break;
      }
      case 'start-lab':
        try {
          await this.#startLab(request.name);
        } catch (thrown) {
          this.#options.send({ type: 'lab-ended', text: lineOf(thrown) });
        }
        break;
    }
  }

  /** Ends the probes, then the lab they were watching; resolves when all are gone. */
  async close(): Promise<void> {
    this.#closed = true;
    const probes = [...this.#probes.values()].filter((child) => child !== null);
    await Promise.all(probes.map((child) => endChild(child)));
    if (this.#lab) {
      this.#lab.stdin?.end();
      await endChild(this.#lab, LAB_GRACE_MS);
    }
  }

  async #startProbe({ id, spec, socket: name }: Request & { type: 'start-probe' }): Promise<void> {
    const { probe, workDir, user, send } = this.#options;
    const args = probeArguments(checkSpec(spec));
    if (this.#probes.has(id) || this.#probes.size >= MAX_PROBES) {
      throw new Failure('a probe is running already', 'stop it first');
    }
    this.#probes.set(id, null);
    try {
      const socket = await connectTo(path.join(workDir, name), user);
      const child = this.#spawnProbe(args, socket);
      this.#probes.set(id, child);
      child.stdin?.on('error', () => undefined);
      const ended = endOf(child);
      await started(child, probe);
      send({ type: 'probe-started', id });
      lines(child.stderr!, (line) => send({ type: 'probe-line', id, line }));
      void ended.then((end) => {
        this.#probes.delete(id);
        send({ type: 'probe-ended', id, end });
      });
    } catch (thrown) {
      this.#probes.delete(id);
      throw thrown;
    }
  }

  #spawnProbe(args: readonly string[], output: net.Socket): ChildProcess {
    try {
      // The agent may have ended meanwhile, and `close` with it.
      if (this.#closed) throw new Failure('whither is ending', 'start it again');
      // Its own session: Ctrl-C in the terminal must not end it before the agent has read all it has.
      return spawn(this.#options.probe, args, { stdio: ['pipe', output, 'pipe'], detached: true });
    } finally {
      // The probe has its own copy now; when it ends, the agent sees the end of the stream.
      output.destroy();
    }
  }

  /** What went wrong, null = nothing. */
  async #askTypes({ program, socket: name }: Request & { type: 'ask-types' }): Promise<string | null> {
    if (this.#closed || this.#questions >= MAX_QUESTIONS) return 'too many questions at once';
    this.#questions++;
    try {
      const { probe, workDir, user } = this.#options;
      const socket = await connectTo(path.join(workDir, name), user);
      const child = spawn(probe, typesArguments({ program }), {
        stdio: ['ignore', socket, 'pipe'],
        timeout: TYPES_TIMEOUT_MS,
      });
      socket.destroy();
      const ended = endOf(child);
      let said = '';
      await started(child, probe);
      lines(child.stderr, (line) => (said = line));
      const { ok, text } = await ended;
      return ok ? null : said === '' ? text : said;
    } catch (thrown) {
      return lineOf(thrown);
    } finally {
      this.#questions--;
    }
  }

  async #startLab(name: string): Promise<void> {
    if (this.#lab || this.#closed) return;
    const { whither, send } = this.#options;
    const child = spawn(process.execPath, [...whither, 'lab', name], {
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
    });
    this.#lab = child;
    child.stdin.on('error', () => undefined);
    let said = '';
    let ready = false;
    lines(child.stderr, (line) => (said = line));
    void endOf(child).then(({ ok, text }) => {
      this.#lab = null;
      this.#labRemoved = ok;
      send({ type: 'lab-ended', text: `The ${name} lab ended (${text})${said === '' ? '.' : `: ${said}`}` });
    });
    await started(child, process.execPath);
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (ready) return;
      const notice = readReady(line);
      if (notice === null) return;
      ready = true;
      send(notice);
    });
  }
}

/** null = some other line. */
function readReady(line: string): Notice | null {
  if (line.length > MAX_READY_CHARS || !line.startsWith('{')) return null;
  try {
    const { netns, device, devices = [device], maps = [], schema } = v.parse(labReady, JSON.parse(line));
    const text = schema ? readFileSync(schema, 'utf8').slice(0, MAX_SCHEMA_BYTES) : null;
    return { type: 'lab-ready', netns, devices, maps, schema: text };
  } catch {
    return null;
  }
}

/**
 * Connects to a socket that `user` has made. Looked at before, and then by descriptor instead of by name: a link
 * in the place of the socket would have root connect to whatever it leads to.
 */
async function connectTo(file: string, user: Pick<User, 'uid'>): Promise<net.Socket> {
  const descriptor = openSync(file, O_PATH | constants.O_NOFOLLOW);
  try {
    const info = fstatSync(descriptor);
    if (!info.isSocket() || info.uid !== user.uid) {
      throw new Failure('the probe’s output has nowhere to go', 'start whither again');
    }
    return await new Promise((resolve, reject) => {
      const socket = net.connect(`/proc/self/fd/${descriptor}`, () => resolve(socket));
      socket.once('error', reject);
    });
  } finally {
    closeSync(descriptor);
  }
}

function endChild(child: ChildProcess, graceMs?: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
    stopChild(child, graceMs);
  });
}
