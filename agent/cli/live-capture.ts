/** What `whither serve` captures, and what a page may change about it. */
import { readdir } from 'node:fs/promises';
import os from 'node:os';
import { parseSchema } from '#core/metadata/schema.ts';
import type { MetadataSchema } from '#core/metadata/types.ts';
import { parseCaptureAsk, type CaptureAnswer, type CaptureControls } from '#core/protocol/capture-ask.ts';
import type { Status } from '#core/protocol/messages.ts';
import type { TriggerOptions } from '#core/trigger/trigger.ts';
import { answerOf, askedOf, type Asked } from '../capture/ask.ts';
import { DeviceRunner } from '../capture/device-runner.ts';
import { refusalOf } from '../capture/refusal.ts';
import { checkSpec, type CaptureSpec } from '../capture/spec.ts';
import { tryProbe } from '../capture/trial.ts';
import { TriggerLog } from '../capture/trigger-log.ts';
import { Failure, lineOf } from '../failure.ts';
import type { CaptureControl } from '../server/capture-route.ts';
import type { AgentServer } from '../server/server.ts';
import type { ShareStore } from '../share/store.ts';
import type { Spool } from '../spool/spool.ts';
import { SupervisedLauncher } from '../supervisor/supervised-launcher.ts';
import type { Lifetime } from './lifetime.ts';
import { askOf, filterOf } from './options.ts';
import { schemaForCapture } from './schema.ts';
import type { ServeOptions } from './serve.ts';

/** The link is printed when it is known whether there is something live behind it, or after this. */
const FIRST_STATUS_TIMEOUT_MS = 20_000;
/** A lab's packets are few. */
const LAB_MAP_INTERVAL_MS = 50;
/** Where `ip netns` keeps names. */
const NETNS_DIR = '/run/netns';

/** What a live capture is made of. */
export interface Served {
  readonly options: ServeOptions;
  readonly spec: CaptureSpec | null;
  readonly trigger: TriggerOptions | null;
  /** JSON text. */
  readonly schemas: readonly string[];
  readonly lifetime: Lifetime;
  readonly spool: Spool;
  readonly shares: ShareStore;
}

/** The lab, when one is asked for, then the probe; what happens to them becomes the server's status. */
export class LiveCapture implements CaptureControl {
  /** Resolves when it is known whether the capture runs. */
  readonly settled: Promise<void>;
  ending = false;
  /** Why the interfaces that were named cannot be watched: who named them has no use for a page without them. */
  refusal: Failure | null = null;
  readonly #options: ServeOptions;
  /** Those of the capture. */
  #schemas: readonly string[];
  readonly #spec: CaptureSpec | null;
  readonly #lifetime: Lifetime;
  readonly #spool: Spool;
  readonly #firstTrigger: TriggerOptions | null;
  #triggered: TriggerLog | null = null;
  readonly #server: AgentServer;
  #runner: DeviceRunner | null = null;
  #watchesCost = false;
  /** Why there is nothing to capture any more; whatever the probe does then is no news. */
  #labEnd: string | null = null;
  #settle: () => void = () => undefined;
  /** What is captured, or was last; null = nothing yet. */
  #current: Asked | null = null;
  /** What to capture when the probe of before has ended; null = then it is over. */
  #next: Asked | null = null;
  /** null = nothing is captured. */
  #running: Promise<void> | null = null;
  /** A change from the page is under way. */
  #changing = false;
  /** What to capture first is not known yet: the lab is starting. */
  #starting = true;
  /** A page has changed what is captured: that it cannot be is no longer the end of the program. */
  #changed = false;

  /** The last status without what the trigger does. */
  #status: Status;
  #triggerText = '';

  constructor(
    { options, spec, trigger, schemas, lifetime, spool }: Omit<Served, 'shares'>,
    server: AgentServer,
  ) {
    this.#options = options;
    this.#schemas = schemas;
    this.#spec = spec;
    this.#lifetime = lifetime;
    this.#spool = spool;
    this.#server = server;
    this.#status = server.status;
    this.#firstTrigger = trigger;
    this.settled = new Promise((resolve) => {
      const timer = setTimeout(resolve, FIRST_STATUS_TIMEOUT_MS);
      this.#settle = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async run(): Promise<void> {
    const { interface: named, lab, notLive } = this.#options;
    if (notLive !== undefined && named === undefined && lab === undefined) {
      this.#starting = false;
      this.#setStatus({ type: 'status', capture: 'unavailable', text: notLive });
      return;
    }
    if (named === undefined && lab === undefined && (this.#options.join ?? []).length > 0) {
      this.#starting = false;
      this.#setStatus({ type: 'status', capture: 'running', text: 'Nothing of this host is captured.' });
      return;
    }
    try {
      const spec = await this.#whatToCapture().finally(() => (this.#starting = false));
      if (this.ending || this.#labEnd !== null) return;
      const { devices, netns } = spec;
      this.#begin({ ask: askOf(this.#options, { devices, netns }), spec, trigger: this.#firstTrigger });
      await this.finished();
    } catch (thrown) {
      this.#setStatus({ type: 'status', capture: 'unavailable', text: capitalised(lineOf(thrown)) });
    }
  }

  /** Resolves when nothing is captured any more. */
  async finished(): Promise<void> {
    while (this.#running !== null) await this.#running;
  }

  async controls(): Promise<CaptureControls> {
    const namespaces = await readdir(NETNS_DIR).catch((): string[] => []);
    return {
      refused: this.#refused(),
      ask: this.#current?.ask ?? null,
      devices: Object.keys(os.networkInterfaces()).sort(),
      namespaces: namespaces.sort(),
    };
  }

  /** Tried beside what runs; only a probe that can begin takes its place. The capture says what was asked for since when. */
  async change(value: unknown): Promise<CaptureAnswer> {
    const ask = parseCaptureAsk(value);
    if ('ok' in ask) return ask;
    if (this.#starting) return answerOf(new Failure('the capture is only starting', 'wait for it'));
    if (this.#changing) return answerOf(new Failure('another change is under way', 'wait for it'));
    this.#changing = true;
    try {
      const { launcher } = this.#lifetime;
      const { snaplen = null, maps, mapIntervalMs } = this.#current?.spec ?? {};
      const kept = {
        snaplen,
        ...(maps !== undefined && { maps }),
        ...(mapIntervalMs !== undefined && { mapIntervalMs }),
      };
      const asked = askedOf(ask, kept, this.#schema());
      await tryProbe(launcher, asked.spec, launcher instanceof SupervisedLauncher);
      if (this.ending || this.#labEnd !== null)
        return answerOf(new Failure('whither is ending', 'start it again'));
      this.#changed = true;
      if (this.#running === null) this.#begin(asked);
      else {
        this.#next = asked;
        // One that had died by itself leaves a gap of its own.
        if (this.#captures) this.#spool.restartAsked();
        this.#runner?.stop();
      }
      return { ok: true };
    } catch (thrown) {
      if (!(thrown instanceof Failure)) throw thrown;
      return answerOf(thrown);
    } finally {
      this.#changing = false;
    }
  }

  #refused(): string {
    if (this.#options.readOnly === true)
      return 'whither was started with --read-only: nothing can be changed.';
    if (this.#labEnd !== null) return this.#labEnd;
    return process.platform === 'linux' ? '' : 'Live capture needs Linux.';
  }

  #schema(): MetadataSchema | null {
    const text = this.#schemas.at(-1);
    const parsed = text === undefined ? null : parseSchema(text);
    return parsed?.ok === true ? parsed.schema : null;
  }

  #begin(asked: Asked): void {
    const run = async (): Promise<void> => {
      for (let next: Asked | null = asked; next !== null && !this.ending; next = this.#next) {
        this.#next = null;
        await this.#capture(next);
      }
    };
    this.#running = run().finally(() => {
      this.#running = null;
    });
  }

  /** Until it is stopped, or cannot go on. */
  async #capture(asked: Asked): Promise<void> {
    this.#current = asked;
    this.#triggerText = '';
    this.#triggered = asked.trigger === null ? null : this.#triggerLog(asked.trigger, this.#schemas);
    this.#runner = new DeviceRunner({
      launcher: this.#lifetime.launcher,
      spec: asked.spec,
      log: this.#triggered ?? this.#spool,
      onStatus: (status) => this.#setStatus(this.#told(status)),
    });
    this.#runner.watchCost(this.#watchesCost);
    await this.#runner.run();
    this.#triggered?.close();
  }

  /** A probe that makes room for the next has not ended the capture. */
  #told(status: Status): Status {
    if (status.capture !== 'stopped' || this.#next === null) return status;
    return { type: 'status', capture: 'restarting', text: 'Starting again with what the page asked for.' };
  }

  watchCost(on: boolean): void {
    this.#watchesCost = on;
    this.#runner?.watchCost(on);
  }

  stop(): void {
    this.ending = true;
    this.#settle();
    this.#runner?.stop();
  }

  async #whatToCapture(): Promise<CaptureSpec> {
    const { lab } = this.#options;
    if (process.platform !== 'linux')
      throw new Failure('live capture needs Linux', 'open a capture file instead');
    if (lab === undefined) {
      if (this.#spec) return this.#spec;
      throw new Failure(
        'no interface was named',
        'whither -i eth0 watches one, whither serve --lab edge makes traffic of its own',
      );
    }
    const { launcher } = this.#lifetime;
    if (!(launcher instanceof SupervisedLauncher)) {
      throw new Failure(`the ${lab} lab needs root`, `run whither serve --lab ${lab} as root`);
    }
    this.#server.setStatus({ type: 'status', capture: 'restarting', text: `The ${lab} lab is starting.` });
    const started = await launcher.startLab(lab, (text) => this.#labEnded(text));
    if (started.schema !== null && this.#options.schema === undefined) {
      const schema = schemaForCapture(started.schema, `of the ${lab} lab`);
      this.#schemas = [schema];
      this.#spool.useSchema(schema);
      this.#triggered?.useSchema(schema);
    }
    const { netns, devices, maps } = started;
    const asked = this.#options.map ?? [];
    const mapIntervalMs = this.#options.mapInterval ?? LAB_MAP_INTERVAL_MS;
    const sampled = maps.length + asked.length === 0 ? {} : { maps: [...maps, ...asked], mapIntervalMs };
    const filter = filterOf(this.#options, this.#schemas);
    return checkSpec({ devices, netns, snaplen: this.#options.snaplen ?? null, ...sampled, ...filter });
  }

  /** Its devices and namespaces are gone with it: the probe would watch nothing, and say that all is well. */
  #labEnded(text: string): void {
    if (this.ending) return;
    this.#labEnd = `${text} Start whither again.`;
    this.#runner?.stop();
    this.#setStatus({ type: 'status', capture: 'stopped', text: this.#labEnd });
  }

  #triggerLog(trigger: TriggerOptions, schemas: readonly string[]): TriggerLog {
    const log = new TriggerLog(this.#spool, trigger, {
      text: (text) => {
        this.#triggerText = ` ${capitalised(text)}.`;
        this.#show();
      },
      fired: (line) => process.stdout.write(`${line}\n`),
    });
    for (const schema of schemas) log.useSchema(schema);
    return log;
  }

  get #captures(): boolean {
    return this.#status.capture === 'running' || this.#status.capture === 'partly';
  }

  /** The status, and while something is captured what the trigger does with it. */
  #show(): void {
    const text = this.#status.text + (this.#captures ? this.#triggerText : '');
    this.#server.setStatus({ ...this.#status, text });
  }

  #setStatus(given: Status): void {
    const status: Status =
      this.#labEnd === null ? given : { type: 'status', capture: 'stopped', text: this.#labEnd };
    const before = this.#status.text;
    this.#status = status;
    this.#show();
    if (status.capture === 'unavailable' && this.#spec !== null && !this.#changed && !this.ending) {
      this.refusal = refusalOf(status.text, this.#lifetime.launcher instanceof SupervisedLauncher);
      this.#settle();
      return;
    }
    if (!this.ending && status.text !== before) process.stdout.write(`${status.text}\n`);
    if (status.capture !== 'restarting') this.#settle();
  }
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
