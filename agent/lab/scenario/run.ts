/**
 * Runs a scenario on this machine: namespaces, programs, the probe, then the traffic. A guard process started first waits
 * for the end of a pipe that only we hold: ending and being killed are the same to it.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../../failure.ts';
import { isAlive } from '../../processes.ts';
import { Child, runCommand, whyNot } from '../processes.ts';
import { labFiles, scenarioObject, scenarioSchema, type LabFiles } from '../root.ts';
import { readScenario } from './read.ts';
import {
  notPossible,
  type Namespaces,
  type Scenario,
  type ScenarioResult,
  type Step,
  type Truth,
} from './types.ts';

const POLL_MS = 20;
const DIRECTORY = 'whither-scenario-';
/** The last packets are freed, and the probe looks into its ring every 5 ms. */
const SETTLE_MS = 200;
/** The labs' packets are few. */
export const MAP_INTERVAL_MS = '50';

/** This kernel lacks what the scenario needs. */
export class NotPossible extends Failure {
  readonly reason: string;

  /** As the tool said it. */
  constructor(reason: string) {
    super(`not possible on this kernel (${reason})`, 'npm run kernels runs all scenarios on other kernels');
    this.reason = reason;
  }
}

/** What a scenario holds while it is up; `close` takes everything down. */
export class RunningScenario {
  readonly ns: Namespaces;
  readonly netns: string;
  readonly files: LabFiles;
  readonly schema: string;
  readonly #scenario: Scenario;
  readonly #guard: Child;
  readonly #children: Child[] = [];
  readonly #said: string[] = [];
  #programs: Child | null = null;

  private constructor(scenario: Scenario) {
    this.#scenario = scenario;
    this.files = labFiles();
    this.schema = scenario.schema === undefined ? this.files.schema : scenarioSchema(scenario.schema);
    this.ns = Object.fromEntries(
      scenario.roles.map((role) => [role, `whither-${role}-${process.pid}`] as const),
    );
    this.netns = this.ns[scenario.watch.role]!;
    this.#guard = new Child(this.files.loader, ['guard', ...Object.values(this.ns)], { detached: true });
  }

  /** Network and programs. When that fails, what was made is removed and the cause thrown. */
  static async start(scenario: Scenario): Promise<RunningScenario> {
    const running = new RunningScenario(scenario);
    try {
      await running.#setUp();
      return running;
    } catch (thrown) {
      await running.close();
      throw thrown;
    }
  }

  async #setUp(): Promise<void> {
    const { needs, network, programs } = this.#scenario;
    for (const name of Object.values(this.ns)) await runCommand('ip', ['netns', 'add', name]);
    for (const [command, ...args] of needs?.(this.ns) ?? []) {
      const reason = await whyNot(command!, args);
      if (reason !== null) throw new NotPossible(reason);
    }
    for (const [command, ...args] of network(this.ns)) await runCommand(command!, args);
    const object = scenarioObject(programs.object);
    const attach = attachArguments(programs, this.ns, object);
    this.#programs = new Child(this.files.loader, attach);
    await this.#programs.line();
  }

  /** Starts the probe and waits until it is attached: it writes the file's head only then. */
  async record(file: string): Promise<Child> {
    const { watch, maps = [] } = this.#scenario;
    rmSync(file, { force: true });
    const named = watch.devices.flatMap((device) => ['-i', device]);
    const sampled = maps.flatMap((map) => ['--map', map, '--map-interval', MAP_INTERVAL_MS]);
    const common = [...named, '--netns', this.netns, '--schema', this.schema, ...sampled, '-w', file];
    const probe = new Child(this.files.probe, [...common, '--die-with-parent']);
    this.#children.push(probe);
    while (!existsSync(file) || statSync(file).size === 0) {
      if (probe.over) throw new Failure(`the probe ended (${probe.complaint.trim()})`, 'run whither doctor');
      await sleep(POLL_MS);
    }
    return probe;
  }

  /** The traffic, once. */
  async traffic(): Promise<void> {
    const during: Child[] = [];
    for (const step of this.#scenario.traffic(this.ns)) await this.#step(step, during);
    await sleep(SETTLE_MS);
    for (const child of during) {
      await child.finish();
      this.#said.push(...child.rest());
    }
  }

  async #step(step: Step, during: Child[]): Promise<void> {
    if ('pauseMs' in step) await sleep(step.pauseMs);
    else if ('run' in step) await runCommand(step.run[0]!, step.run.slice(1));
    else if ('send' in step) await runCommand(this.files.send, step.send);
    else {
      const child = new Child(this.files.send, step.during);
      this.#children.push(child);
      during.push(child);
      await child.line();
    }
  }

  /** What the BPF programs read themselves, and what the applications said. */
  async truth(): Promise<{ truth: Truth[]; counters: number[]; said: string[] }> {
    const programs = this.#programs;
    if (programs === null) throw new Error('the scenario is not set up');
    programs.say('truth');
    const truth: Truth[] = [];
    for (let line = await programs.line(); line !== ''; line = await programs.line()) {
      truth.push(JSON.parse(line) as Truth);
    }
    programs.say('counters');
    const counters = JSON.parse(await programs.line()) as number[];
    return { truth, counters, said: this.#said };
  }

  async close(): Promise<void> {
    for (const child of this.#children.reverse()) await child.finish();
    await this.#programs?.finish();
    await this.#guard.finish();
  }
}

/** Whoever was killed could not tidy up: the name holds its process id. */
function removeStale(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = name.startsWith(DIRECTORY)
      ? /^(\d{1,10})-/.exec(name.slice(DIRECTORY.length))?.[1]
      : undefined;
    if (pid !== undefined && !isAlive(Number(pid)))
      rmSync(path.join(tmpdir(), name), { recursive: true, force: true });
  }
}

/** For whither-lab. */
export function attachArguments(
  { role, attach }: Scenario['programs'],
  ns: Namespaces,
  object: string,
): string[] {
  const specs = attach.map((spec) => spec.replace(/@(\w+)$/, (_, other: string) => `:${ns[other]!}`));
  return ['attach', ns[role]!, object, ...specs];
}

/** One run, recorded into `file`; null = into one that is removed afterwards. Aborted, it tidies up and fails. */
export async function runScenario(
  scenario: Scenario,
  file: string | null,
  signal?: AbortSignal,
): Promise<ScenarioResult> {
  removeStale();
  const directory = mkdtempSync(path.join(tmpdir(), `${DIRECTORY}${process.pid}-`));
  const capture = file ?? path.join(directory, 'capture.pcapng');
  try {
    const running = await RunningScenario.start(scenario);
    try {
      const probe = await running.record(capture);
      await running.traffic();
      if (signal?.aborted === true) throw new Failure('told to end', 'run it again');
      await probe.end('SIGINT');
      if (probe.process.exitCode !== 0) {
        throw new Failure(`the probe failed (${probe.complaint.trim()})`, 'run whither doctor');
      }
      return { notPossible: null, ...readScenario(readFileSync(capture)), ...(await running.truth()) };
    } finally {
      await running.close();
    }
  } catch (thrown) {
    if (thrown instanceof NotPossible) return notPossible(thrown.reason);
    throw thrown;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
