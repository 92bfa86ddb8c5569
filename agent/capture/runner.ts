/**
 * Keeps a probe running and its output flowing into the log. A probe that dies is started again, a little
 * later each time; the log records the gap. Bytes are read at the pace of the disk, so that the probe
 * (and then its ring buffer, which counts what it loses) feels a slow one.
 */
import type { Status } from '#core/protocol/messages.ts';
import { lineOf } from '../failure.ts';
import type { CaptureLog } from '../spool/log.ts';
import { GONE_EXIT_CODE, type Launcher, type ProbeProcess, type ProcessEnd } from './launcher.ts';
import { describeSpec, missingDevice, type CaptureSpec } from './spec.ts';

export const RESTART_DELAYS_MS: readonly number[] = [250, 500, 1_000, 2_000, 4_000, 8_000];
/** A probe that ran this long counts as well: the delays begin anew. */
export const HEALTHY_AFTER_MS = 30_000;

/** An interface may be silent: a probe that has not ended by then is taken to be at work. */
const ALIVE_AFTER_MS = 1_500;

/** With it a program begins its lines on stderr. */
const PROGRAM_PREFIX = /^[\w-]+: /;
/** As agent/probe/presence.c says that some of its devices are gone; a kernel test asks the real probe. */
const PARTLY = / gone; still watching /;
/** Its remedy for who runs it by hand: here it is started again by itself, as long as that is tried. */
const BY_HAND = /(?:: start again when .*)?\.$/;

export interface RunnerOptions {
  readonly launcher: Launcher;
  readonly spec: CaptureSpec;
  readonly log: CaptureLog;
  readonly onStatus: (status: Status) => void;
  readonly restartDelaysMs?: readonly number[];
}

/**
 * `useless`: it ended before it had captured anything; at the first start it would do so again.
 * `gone`: what it watched is there no more, but may come back. `log`: what it writes cannot be kept, whoever
 * writes it.
 */
interface Outcome {
  readonly why: string;
  readonly end: 'died' | 'useless' | 'gone' | 'log';
}

export class ProbeRunner {
  readonly #options: RunnerOptions;
  readonly #stopping = new AbortController();
  #process: ProbeProcess | null = null;
  #lastLine = '';
  #failed = false;
  #watchesCost = false;

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
    /** Why the probe had nothing left to watch, until one captures again: the attempts since then say less. */
    let gone: string | null = null;
    while (!this.#stopped()) {
      const startedMs = Date.now();
      const outcome = first ? await this.#runOnce(this.#options.spec) : await this.#runAgain();
      if (this.#stopped()) break;
      if (outcome.end === 'gone') gone = outcome.why;
      else if (outcome.end !== 'useless') gone = null;
      const why = gone ?? outcome.why;
      const never = outcome.end === 'useless' && first;
      const hopeless = outcome.end === 'log' || never;
      first = false;
      if (Date.now() - startedMs >= HEALTHY_AFTER_MS) attempt = 0;
      const delay = delays[attempt];
      if (hopeless || delay === undefined) {
        this.#failed = true;
        this.#status(never ? 'unavailable' : 'stopped', why);
        return;
      }
      attempt += 1;
      this.#status('restarting', gone === null ? `${why} Starting it again.` : waiting(gone));
      await this.#sleep(delay);
    }
    this.#status('stopped', 'The capture was stopped.');
  }

  /** Whether the probe is to tell what watching costs; the next one, too, when it is started again. */
  watchCost(on: boolean): void {
    this.#watchesCost = on;
    this.#process?.watchCost(on);
  }

  /** Ends the probe; what it has written is in the log when `run` resolves. */
  stop(): void {
    this.#stopping.abort();
    this.#process?.stop();
  }

  /** As #runOnce, without the devices that are not there, as long as one is: they may come back one by one. */
  async #runAgain(): Promise<Outcome> {
    for (let { spec } = this.#options; ;) {
      const outcome = await this.#runOnce(spec);
      const missing = outcome.end === 'useless' ? missingDevice(spec, outcome.why) : null;
      if (missing === null || this.#stopped()) return outcome;
      spec = { ...spec, devices: spec.devices.filter((name) => name !== missing) };
    }
  }

  async #runOnce(spec: CaptureSpec): Promise<Outcome> {
    const { launcher, log } = this.#options;
    this.#lastLine = '';
    const seen = { output: false, logFault: false };
    let alive: NodeJS.Timeout | undefined;
    const running = (): void => {
      if (!this.#stopped()) this.#running(spec);
    };
    try {
      const probe = await launcher.start(spec, (line) => this.#said(line));
      this.#process = probe;
      if (this.#watchesCost) probe.watchCost(true);
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
      return outcomeOf(await probe.ended, this.#lastLine, seen.output);
    } catch (thrown) {
      return { why: sentence(lineOf(thrown)), end: seen.logFault ? 'log' : seen.output ? 'died' : 'useless' };
    } finally {
      clearTimeout(alive);
      this.#process = null;
    }
  }

  #running(spec: CaptureSpec): void {
    const text = `Capturing ${describeSpec(spec)}.`;
    const left = this.#options.spec.devices.filter((name) => !spec.devices.includes(name));
    if (left.length === 0) this.#status('running', text);
    else this.#status('partly', `${text} Without ${left.join(', ')}, which had not come back.`);
  }

  #said(line: string): void {
    this.#lastLine = line;
    if (PARTLY.test(line)) this.#status('partly', sentence(line.replace(PROGRAM_PREFIX, '')));
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

/** `said`: its last line on stderr; `output`: it had begun to capture. */
function outcomeOf({ code, text }: ProcessEnd, said: string, output: boolean): Outcome {
  if (code === GONE_EXIT_CODE && said !== '') {
    return { why: sentence(said.replace(PROGRAM_PREFIX, '')), end: 'gone' };
  }
  const why = sentence(`The probe ended (${text})${said === '' ? '' : `: ${said}`}`);
  return { why, end: output ? 'died' : 'useless' };
}

/** The probe says what to do by hand: here that is done. */
function waiting(gone: string): string {
  return `${gone.replace(BY_HAND, '.')} Waiting for ${gone.startsWith('The devices ') ? 'them' : 'it'}.`;
}

function sentence(text: string): string {
  const capital = text.charAt(0).toUpperCase() + text.slice(1);
  return capital.endsWith('.') ? capital : `${capital}.`;
}
