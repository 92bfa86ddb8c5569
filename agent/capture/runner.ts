/**
 * Keeps a probe running and its output flowing into the log. A probe that dies is started again, a little
 * later each time; the log records the gap. Bytes are read at the pace of the disk, so that the probe
 * (and then its ring buffer, which counts what it loses) feels a slow one.
 */
import type { Status } from '#core/protocol/messages.ts';
import { lineOf } from '../failure.ts';
import type { CaptureLog } from '../spool/log.ts';
import type { Launcher, ProbeProcess } from './launcher.ts';
import { describeSpec, type CaptureSpec } from './spec.ts';

export const RESTART_DELAYS_MS: readonly number[] = [250, 500, 1_000, 2_000, 4_000, 8_000];
/** A probe that ran this long counts as well: the delays begin anew. */
export const HEALTHY_AFTER_MS = 30_000;

/** An interface may be silent: a probe that has not ended by then is taken to be at work. */
const ALIVE_AFTER_MS = 1_500;

export interface RunnerOptions {
  readonly launcher: Launcher;
  readonly spec: CaptureSpec;
  readonly log: CaptureLog;
  readonly onStatus: (status: Status) => void;
  readonly restartDelaysMs?: readonly number[];
}

/**
 * `useless`: it ended before it had captured anything; at the first start it would do so again.
 * `log`: what it writes cannot be kept, whoever writes it.
 */
interface Outcome {
  readonly why: string;
  readonly end: 'died' | 'useless' | 'log';
}

export class ProbeRunner {
  readonly #options: RunnerOptions;
  readonly #stopping = new AbortController();
  #process: ProbeProcess | null = null;
  #lastLine = '';
  #failed = false;

  constructor(options: RunnerOptions) {
    this.#options = options;
  }

  /** true when the capture ended for another reason than `stop`. */
  get failed(): boolean {
    return this.#failed;
  }

  /** Runs until `stop`, or until the probe cannot be kept running. Never rejects: the status says why. */
  async run(): Promise<void> {
    const delays = this.#options.restartDelaysMs ?? RESTART_DELAYS_MS;
    let attempt = 0;
    let first = true;
    while (!this.#stopped()) {
      const startedMs = Date.now();
      const outcome = await this.#runOnce();
      if (this.#stopped()) break;
      const { why } = outcome;
      const hopeless = outcome.end === 'log' || (outcome.end === 'useless' && first);
      first = false;
      if (Date.now() - startedMs >= HEALTHY_AFTER_MS) attempt = 0;
      const delay = delays[attempt];
      if (hopeless || delay === undefined) {
        this.#failed = true;
        this.#status(outcome.end === 'useless' ? 'unavailable' : 'stopped', why);
        return;
      }
      attempt += 1;
      this.#status('restarting', `${why} Starting it again.`);
      await this.#sleep(delay);
    }
    this.#status('stopped', 'The capture was stopped.');
  }

  /** Ends the probe; what it has written is in the log when `run` resolves. */
  stop(): void {
    this.#stopping.abort();
    this.#process?.stop();
  }

  async #runOnce(): Promise<Outcome> {
    const { launcher, spec, log } = this.#options;
    this.#lastLine = '';
    const seen = { output: false, logFault: false };
    let alive: NodeJS.Timeout | undefined;
    const running = (): void => {
      if (!this.#stopped()) this.#status('running', `Capturing ${describeSpec(spec)}.`);
    };
    try {
      const probe = await launcher.start(spec, (line) => (this.#lastLine = line));
      this.#process = probe;
      if (this.#stopped()) probe.stop();
      alive = setTimeout(running, ALIVE_AFTER_MS);
      try {
        for await (const chunk of probe.output) {
          if (!seen.output) {
            clearTimeout(alive);
            running();
          }
          seen.output = true;
          await log.append(chunk as Uint8Array).catch((thrown: unknown) => {
            seen.logFault = true;
            throw thrown;
          });
        }
      } finally {
        probe.stop();
        await log.probeEnded();
      }
      const end = await probe.ended;
      const said = this.#lastLine === '' ? '' : `: ${this.#lastLine}`;
      return { why: sentence(`The probe ended (${end.text})${said}`), end: seen.output ? 'died' : 'useless' };
    } catch (thrown) {
      return { why: sentence(lineOf(thrown)), end: seen.logFault ? 'log' : seen.output ? 'died' : 'useless' };
    } finally {
      clearTimeout(alive);
      this.#process = null;
    }
  }

  #stopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  #status(capture: Status['capture'], text: string): void {
    this.#options.onStatus({ type: 'status', capture, text });
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.#stopping.signal.addEventListener('abort', done, { once: true });
    });
  }
}

function sentence(text: string): string {
  const capital = text.charAt(0).toUpperCase() + text.slice(1);
  return capital.endsWith('.') ? capital : `${capital}.`;
}
