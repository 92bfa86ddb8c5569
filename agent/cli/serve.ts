/** `whither serve`: captures into the spool and serves the page that shows it, live. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Status } from '#core/protocol/messages.ts';
import type { TriggerOptions } from '#core/trigger/trigger.ts';
import { DeviceRunner } from '../capture/device-runner.ts';
import { refusalOf } from '../capture/refusal.ts';
import { TriggerLog } from '../capture/trigger-log.ts';
import { checkSpec, type CaptureSpec } from '../capture/spec.ts';
import { Failure, lineOf } from '../failure.ts';
import { AgentServer } from '../server/server.ts';
import { Spool, type SpoolOptions } from '../spool/spool.ts';
import { resolvePath, takeHandover } from '../supervisor/handover.ts';
import { SupervisedLauncher } from '../supervisor/supervised-launcher.ts';
import { beginLifetime, type Lifetime } from './lifetime.ts';
import { filterOf, specOf, triggerOf, type CaptureOptions } from './options.ts';
import type { Paths } from './paths.ts';
import { schemaForCapture, schemasOf } from './schema.ts';

/** The link is printed when it is known whether there is something live behind it, or after this. */
/** A lab's packets are few. */
const LAB_MAP_INTERVAL_MS = 50;
const FIRST_STATUS_TIMEOUT_MS = 20_000;
const SAMPLE = 'source=sample:edge';

export interface ServeOptions extends CaptureOptions {
  readonly port: number;
  readonly host?: string;
  readonly spool?: string;
  readonly retainSize?: number;
  readonly retainAge?: number;
  readonly lab?: string;
  /** From `npm start`: why there is no live capture and what to do about it, for people. */
  readonly notLive?: string;
}

/** Serves until it is told to end. Failure when it cannot begin, also when interfaces were named and cannot be watched. */
export async function serve(options: ServeOptions, paths: Paths): Promise<void> {
  requirePage(paths);
  const schemas = schemasOf(options);
  const spec = options.interface ? checkSpec(specOf(options, schemas)) : null;
  const trigger = triggerOf(options, options.schema !== undefined || options.lab !== undefined);
  const lifetime = beginLifetime(takeHandover(), paths.probe);
  try {
    const dir =
      options.spool === undefined ? path.join(lifetime.workDir, 'spool') : resolvePath(options.spool);
    const spool = await Spool.open(dir, spoolOptions(options, schemas));
    try {
      await serveSpool({ options, spec, trigger, schemas, lifetime, spool }, paths.pageDir);
    } finally {
      await spool.close();
    }
  } finally {
    lifetime.dispose();
  }
}

/** What a live capture is made of. */
interface Served {
  readonly options: ServeOptions;
  readonly spec: CaptureSpec | null;
  readonly trigger: TriggerOptions | null;
  /** JSON text. */
  readonly schemas: readonly string[];
  readonly lifetime: Lifetime;
  readonly spool: Spool;
}

async function serveSpool(served: Served, pageDir: string): Promise<void> {
  const { options, lifetime, spool } = served;
  const watch = { cost: (_watched: boolean): void => undefined };
  const server = await AgentServer.start({
    pageDir,
    spool,
    port: options.port,
    host: options.host ?? null,
    status: { type: 'status', capture: 'restarting', text: 'Live capture is starting.' },
    onCost: (watched) => watch.cost(watched),
    askTypes: (question) => lifetime.launcher.askTypes(question),
  });
  if (options.host !== undefined) warnAboutHost(options.host);
  const capture = new LiveCapture(served, server);
  watch.cost = (watched) => capture.watchCost(watched);
  lifetime.onEnd(() => capture.stop());
  // Told to end before there was anything to end.
  const captured = capture.ending ? Promise.resolve() : capture.run();
  await capture.settled;
  if (!capture.ending && capture.refusal === null) printLink(server);
  const told = new Promise<void>((resolve) => lifetime.onEnd(resolve));
  await Promise.race([told, captured.then(() => (capture.refusal === null ? told : undefined))]);
  await captured;
  await server.close();
  if (capture.refusal !== null && !capture.ending) throw capture.refusal;
}

/** The lab, when one is asked for, then the probe; what happens to them becomes the server's status. */
class LiveCapture {
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
  readonly #triggered: TriggerLog | null;
  readonly #server: AgentServer;
  #runner: DeviceRunner | null = null;
  #watchesCost = false;
  /** Why there is nothing to capture any more; whatever the probe does then is no news. */
  #labEnd: string | null = null;
  #settle: () => void = () => undefined;

  /** The last status without what the trigger does. */
  #status: Status;
  #triggerText = '';

  constructor({ options, spec, trigger, schemas, lifetime, spool }: Served, server: AgentServer) {
    this.#options = options;
    this.#schemas = schemas;
    this.#spec = spec;
    this.#lifetime = lifetime;
    this.#spool = spool;
    this.#server = server;
    this.#status = server.status;
    this.#triggered = trigger === null ? null : this.#triggerLog(trigger, schemas);
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
      this.#setStatus({ type: 'status', capture: 'unavailable', text: notLive });
      return;
    }
    try {
      const spec = await this.#whatToCapture();
      if (this.ending || this.#labEnd !== null) return;
      this.#runner = new DeviceRunner({
        launcher: this.#lifetime.launcher,
        spec,
        log: this.#triggered ?? this.#spool,
        onStatus: (status) => this.#setStatus(status),
      });
      this.#runner.watchCost(this.#watchesCost);
      await this.#runner.run();
    } catch (thrown) {
      this.#setStatus({ type: 'status', capture: 'unavailable', text: capitalised(lineOf(thrown)) });
    } finally {
      this.#triggered?.close();
    }
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

  /** The status, and while something is captured what the trigger does with it. */
  #show(): void {
    const captures = this.#status.capture === 'running' || this.#status.capture === 'partly';
    const text = this.#status.text + (captures ? this.#triggerText : '');
    this.#server.setStatus({ ...this.#status, text });
  }

  #setStatus(given: Status): void {
    const status: Status =
      this.#labEnd === null ? given : { type: 'status', capture: 'stopped', text: this.#labEnd };
    const before = this.#status.text;
    this.#status = status;
    this.#show();
    if (status.capture === 'unavailable' && this.#spec !== null && !this.ending) {
      this.refusal = refusalOf(status.text, this.#lifetime.launcher instanceof SupervisedLauncher);
      this.#settle();
      return;
    }
    if (!this.ending && status.text !== before) process.stdout.write(`${status.text}\n`);
    if (status.capture !== 'restarting') this.#settle();
  }
}

export function requirePage({ pageDir }: Paths): void {
  if (!existsSync(path.join(pageDir, 'index.html'))) {
    throw new Failure('the page is not built', 'run npm run build');
  }
}

function printLink(server: AgentServer): void {
  const query = server.status.capture === 'unavailable' ? SAMPLE : '';
  process.stdout.write(`Whither is at ${server.link(query)}\n`);
}

export function warnAboutHost(host: string): void {
  process.stderr.write(
    `Listening on ${host} without encryption: whoever is on the way can read packets and the link. ` +
      'Safer: leave --host away and use ssh -L.\n',
  );
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function spoolOptions(options: ServeOptions, schemas: readonly string[]): SpoolOptions {
  return {
    schemas,
    ...(options.retainSize === undefined ? {} : { retainBytes: options.retainSize }),
    ...(options.retainAge === undefined ? {} : { retainAgeMs: options.retainAge }),
  };
}
