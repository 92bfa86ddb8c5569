/** The two things that need root: starting a probe, and starting a lab. Requests come from the agent. */
import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import * as v from 'valibot';
import { endOf, lines, started, stopChild } from '../capture/launcher.ts';
import { checkSpec, probeArguments } from '../capture/spec.ts';
import { Failure, lineOf } from '../failure.ts';
import type { Notice, Request } from './messages.ts';

/** A lab removes namespaces and programs. */
const LAB_GRACE_MS = 15_000;
const MAX_READY_CHARS = 4_096;
const MAX_SCHEMA_BYTES = 1024 * 1024;

/** What `whither lab NAME` prints when it is up. */
const labReady = v.object({
  ready: v.literal(true),
  netns: v.string(),
  device: v.string(),
  schema: v.optional(v.nullable(v.string())),
});

export interface PrivilegedOptions {
  readonly probe: string;
  /** Node's arguments for `whither`, to which `lab NAME` is added. */
  readonly whither: readonly string[];
  readonly workDir: string;
  readonly send: (notice: Notice) => void;
}

export class Privileged {
  readonly #options: PrivilegedOptions;
  readonly #probes = new Map<number, ChildProcess>();
  #lab: ChildProcess | null = null;
  #closed = false;

  constructor(options: PrivilegedOptions) {
    this.#options = options;
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
    const probes = [...this.#probes.values()];
    await Promise.all(probes.map((child) => endChild(child)));
    if (this.#lab) {
      this.#lab.stdin?.end();
      await endChild(this.#lab, LAB_GRACE_MS);
    }
  }

  async #startProbe({ id, spec, socket: name }: Request & { type: 'start-probe' }): Promise<void> {
    const { probe, workDir, send } = this.#options;
    const args = probeArguments(checkSpec(spec));
    if (this.#closed || this.#probes.has(id)) throw new Failure('whither is ending', 'start it again');
    const socket = await connect(path.join(workDir, name));
    // Its own session: Ctrl-C in the terminal must not end it before the agent has read all it has.
    const child = spawn(probe, args, { stdio: ['ignore', socket, 'pipe'], detached: true });
    // The probe has its own copy now; when it ends, the agent sees the end of the stream.
    socket.destroy();
    this.#probes.set(id, child);
    const ended = endOf(child);
    try {
      await started(child, probe);
    } catch (thrown) {
      this.#probes.delete(id);
      throw thrown;
    }
    send({ type: 'probe-started', id });
    lines(child.stderr, (line) => send({ type: 'probe-line', id, line }));
    void ended.then((end) => {
      this.#probes.delete(id);
      send({ type: 'probe-ended', id, end });
    });
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
    void endOf(child).then(({ text }) => {
      this.#lab = null;
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
    const { netns, device, schema } = v.parse(labReady, JSON.parse(line));
    const text = schema ? readFileSync(schema, 'utf8').slice(0, MAX_SCHEMA_BYTES) : null;
    return { type: 'lab-ready', netns, device, schema: text };
  } catch {
    return null;
  }
}

function connect(socketPath: string): Promise<net.Socket> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(socketPath, () => resolve(socket));
    socket.once('error', reject);
  });
}

function endChild(child: ChildProcess, graceMs?: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
    stopChild(child, graceMs);
  });
}
