/** A router between two namespaces whose first device gets metadata of a known pattern by XDP: what tests of cached neighbours look at. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { InspectSink } from '#core/inspect/inspect-sink.ts';
import type { InspectedEvent } from '#core/inspect/event-object.ts';
import { CaptureReader } from '#core/pcapng/reader.ts';
import { CaptureStore } from '#core/store/capture-store.ts';
import { Child, runCommand } from '../processes.ts';
import { findRoot, labFiles } from '../root.ts';
import { until } from '../testing/host-state.ts';
import { CLIENTS, forwardTopology, ROUTER_DEVICES, SERVER } from './topology.ts';

const [INSIDE, OUTSIDE] = ROUTER_DEVICES;
const DEVICES = ROUTER_DEVICES.flatMap((device) => ['-i', device]);

export class PatternLab {
  readonly router: string;
  readonly #client: string;
  readonly #server: string;
  readonly #children: Child[] = [];

  /** `name`: part of the namespaces' names, of at most 12 letters. */
  constructor(name: string) {
    const role = (one: string): string => `whither-${name}-${one}-${process.pid}`;
    this.#client = role('client');
    this.router = role('router');
    this.#server = role('server');
  }

  /** Resolves when packets are forwarded. `end` has to be called in any case. */
  async start(): Promise<void> {
    const { router } = this;
    const [client, server] = [this.#client, this.#server];
    this.hold(new Child(labFiles().loader, ['guard', client, router, server], { detached: true }));
    for (const [command, ...args] of forwardTopology({ client, router, server })) {
      await runCommand(command!, args);
    }
    const object = path.join(findRoot(), 'build/lab/pattern.bpf.o');
    await runCommand('ip', ['-n', router, 'link', 'set', INSIDE, 'xdpdrv', 'obj', object, 'sec', 'xdp']);
    await until('packets are forwarded', async () =>
      this.#ping(1).then(
        () => true,
        () => false,
      ),
    );
  }

  /** Ended by `end`, the last one first. */
  hold(child: Child): Child {
    this.#children.push(child);
    return child;
  }

  /** A probe on both devices of the router, once it is attached: the file's head is written only then. */
  async watch(file: string): Promise<Child> {
    const args = [...DEVICES, '--netns', this.router, '-w', file, '--die-with-parent'];
    const probe = this.hold(new Child(labFiles().probe, args));
    await until('the probe is attached', () => existsSync(file) && statSync(file).size > 0);
    return probe;
  }

  /** The first packet has to ask for its neighbour, and the others find the answer. */
  async pingFromCold(count: number): Promise<void> {
    await runCommand('ip', ['-n', this.router, 'neigh', 'flush', 'dev', OUTSIDE]);
    await this.#ping(count);
  }

  async end(): Promise<void> {
    for (const child of this.#children.splice(0).reverse()) await child.end('SIGTERM');
  }

  #ping(count: number): Promise<string> {
    return runCommand('ip', [
      ...['netns', 'exec', this.#client, 'ping', '-q', '-i', '0.2', '-W', '2'],
      ...['-c', String(count), '-I', CLIENTS[0]!, SERVER],
    ]);
  }
}

/** A file as the page has it, and as `inspect` has it. */
export function readBoth(file: string): {
  readonly events: readonly InspectedEvent[];
  readonly store: CaptureStore;
} {
  const events: InspectedEvent[] = [];
  const store = new CaptureStore();
  const bytes = readFileSync(file);
  for (const sink of [
    store,
    new InspectSink({ event: (event) => events.push(event), problem: () => undefined }),
  ]) {
    const reader = new CaptureReader(sink);
    reader.push(bytes);
    reader.end();
  }
  return { events, store };
}
