/** The agent's end: asks the supervisor for probes and labs, and receives the probe's output on a socket. */
import net from 'node:net';
import path from 'node:path';
import type { Launcher, ProbeProcess, ProcessEnd } from '../capture/launcher.ts';
import type { CaptureSpec } from '../capture/spec.ts';
import { MAX_TYPES_BYTES, typesFailure, type TypesQuestion } from '../capture/types-question.ts';
import { Failure } from '../failure.ts';
import { parseNotice, type Notice, type Request } from './messages.ts';

export interface Lab {
  readonly netns: string;
  readonly devices: readonly string[];
  /** Names of BPF maps to sample. */
  readonly maps: readonly string[];
  readonly schema: string | null;
}

export class SupervisedLauncher implements Launcher {
  readonly #workDir: string;
  readonly #listeners = new Set<(notice: Notice) => void>();
  readonly #onOrphaned: () => void;
  #nextId = 0;

  /** `onShutdown`: the supervisor asks to end; `onOrphaned`: it is gone, and with it everything it had started. */
  constructor(workDir: string, onShutdown: () => void, onOrphaned: () => void) {
    this.#workDir = workDir;
    this.#onOrphaned = onOrphaned;
    process.on('message', (value) => {
      const notice = parseNotice(value);
      if (!notice) return;
      if (notice.type === 'shutdown') onShutdown();
      for (const listener of this.#listeners) listener(notice);
    });
    process.on('disconnect', onOrphaned);
  }

  /** Lets this process end: an open channel keeps it alive. */
  close(): void {
    process.off('disconnect', this.#onOrphaned);
    if (process.connected) process.disconnect();
  }

  async start(spec: CaptureSpec, say: (line: string) => void): Promise<ProbeProcess> {
    const id = this.#nextId++;
    const name = `probe-${id}.sock`;
    const accepted = await acceptOne(path.join(this.#workDir, name));
    const ended = new Promise<ProcessEnd>((resolve) => {
      this.#until((notice) => {
        if (!('id' in notice) || notice.id !== id) return false;
        if (notice.type === 'probe-line') say(notice.line);
        if (notice.type === 'probe-ended') resolve(notice.end);
        return notice.type === 'probe-ended' || notice.type === 'probe-failed';
      });
    });
    const running = new Promise<void>((resolve, reject) => {
      this.#until((notice) => {
        if (!('id' in notice) || notice.id !== id) return false;
        if (notice.type === 'probe-started') resolve();
        else if (notice.type === 'probe-failed') reject(new Failure(notice.cause, notice.remedy));
        else return false;
        return true;
      });
    });
    ask({ type: 'start-probe', id, spec, socket: name });
    try {
      await running;
      return {
        output: await accepted.socket,
        ended,
        watchCost: (on) => ask({ type: 'watch-cost', id, on }),
        stop: () => ask({ type: 'stop-probe', id }),
      };
    } catch (thrown) {
      // Connected already, perhaps: nobody will read it, and open it would keep this process.
      void accepted.socket.then((socket) => socket.destroy());
      throw thrown;
    } finally {
      accepted.close();
    }
  }

  async askTypes(question: TypesQuestion): Promise<Uint8Array> {
    const id = this.#nextId++;
    const name = `types-${id}.sock`;
    const accepted = await acceptOne(path.join(this.#workDir, name));
    // Read while it is written: the probe cannot end before.
    const bytes = accepted.socket.then((socket) => readAll(socket, MAX_TYPES_BYTES));
    // Where it is not waited for, a failure of the probe has been told already.
    bytes.catch(() => undefined);
    const answered = new Promise<string | null>((resolve) => {
      this.#until((notice) => {
        if (notice.type !== 'types-answered' || notice.id !== id) return false;
        resolve(notice.error);
        return true;
      });
    });
    ask({ type: 'ask-types', id, program: question.program, socket: name });
    try {
      const error = await answered;
      if (error !== null) throw typesFailure(question, error);
      return await bytes;
    } finally {
      accepted.close();
    }
  }

  /** Resolves when the lab is up. `onEnded` is called when it ends after that; Failure when it ends before. */
  startLab(name: string, onEnded: (text: string) => void): Promise<Lab> {
    return new Promise((resolve, reject) => {
      let up = false;
      this.#until((notice) => {
        if (notice.type === 'lab-ready') {
          up = true;
          const { netns, devices, maps, schema } = notice;
          resolve({ netns, devices, maps, schema });
        }
        if (notice.type !== 'lab-ended') return false;
        if (up) onEnded(notice.text);
        else reject(new Failure(notice.text.replace(/\.$/, ''), 'see whither doctor'));
        return true;
      });
      ask({ type: 'start-lab', name });
    });
  }

  /** Calls `listener` with every notice until it returns true. */
  #until(listener: (notice: Notice) => boolean): void {
    const wrapped = (notice: Notice): void => {
      if (listener(notice)) this.#listeners.delete(wrapped);
    };
    this.#listeners.add(wrapped);
  }
}

function ask(request: Request): void {
  // Without a supervisor there is nobody to ask, and `disconnect` ends this process.
  if (process.connected) process.send?.(request, undefined, undefined, () => undefined);
}

/** One connection to a socket file that nobody else may reach: the work directory is this user's alone. */
async function acceptOne(file: string): Promise<{ socket: Promise<net.Socket>; close: () => void }> {
  // Paused until somebody reads, so that nothing is lost or piled up in between.
  const server = net.createServer({ pauseOnConnect: true });
  const socket = new Promise<net.Socket>((resolve) => server.once('connection', resolve));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(file, resolve);
  });
  return { socket, close: () => server.close() };
}

async function readAll(socket: net.Socket, maxBytes: number): Promise<Uint8Array> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of socket) {
    parts.push(part as Buffer);
    length += (part as Buffer).length;
    if (length > maxBytes)
      throw new Failure('the answer of the probe is too long', 'look at it with bpftool');
  }
  return Buffer.concat(parts);
}
