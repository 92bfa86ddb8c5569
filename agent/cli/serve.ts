/** `whither serve`: captures into the spool and serves the page that shows it, live. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { checkSpec } from '../capture/spec.ts';
import { Failure } from '../failure.ts';
import { linksOf, JoinedAgents } from '../join/joined-agents.ts';
import type { CaptureControl } from '../server/capture-route.ts';
import { AgentServer } from '../server/server.ts';
import { ShareStore } from '../share/store.ts';
import { Spool, type SpoolOptions } from '../spool/spool.ts';
import { resolvePath, takeHandover } from '../supervisor/handover.ts';
import { beginLifetime } from './lifetime.ts';
import { LiveCapture, type Served } from './live-capture.ts';
import { specOf, triggerOf, type CaptureOptions } from './options.ts';
import type { Paths } from './paths.ts';
import { schemasOf } from './schema.ts';

const SAMPLE = 'source=sample:edge';

export interface ServeOptions extends CaptureOptions {
  readonly port: number;
  readonly host?: string;
  readonly spool?: string;
  readonly retainSize?: number;
  readonly retainAge?: number;
  readonly lab?: string;
  /** Links of agents whose streams go into this one's log. */
  readonly join?: readonly string[];
  /** The page cannot change what is captured. */
  readonly readOnly?: boolean;
  /** From `npm start`: why there is no live capture and what to do about it, for people. */
  readonly notLive?: string;
}

/** Serves until it is told to end. Failure when it cannot begin, also when interfaces were named and cannot be watched. */
export async function serve(options: ServeOptions, paths: Paths): Promise<void> {
  requirePage(paths);
  const schemas = schemasOf(options);
  const spec = options.interface ? checkSpec(specOf(options, schemas)) : null;
  const links = linksOf(options.join ?? []);
  const trigger = triggerOf(options, options.schema !== undefined || options.lab !== undefined);
  const lifetime = beginLifetime(takeHandover(), paths.probe);
  try {
    const dir =
      options.spool === undefined ? path.join(lifetime.workDir, 'spool') : resolvePath(options.spool);
    const spool = await Spool.open(dir, spoolOptions(options, schemas));
    try {
      // With the spool, if that is to stay.
      const shares = await ShareStore.open(
        path.join(options.spool === undefined ? lifetime.workDir : dir, 'shares'),
      );
      const served = { options, spec, trigger, schemas, lifetime, spool, shares };
      await serveSpool(served, links, paths.pageDir);
    } finally {
      await spool.close();
    }
  } finally {
    lifetime.dispose();
  }
}

async function serveSpool(served: Served, links: readonly URL[], pageDir: string): Promise<void> {
  const { options, lifetime, spool } = served;
  const watch = { cost: (_watched: boolean): void => undefined };
  // The server is there first: what it is asked until then waits for the capture.
  let begun: (capture: LiveCapture) => void = () => undefined;
  const whole = new Promise<LiveCapture>((resolve) => (begun = resolve));
  const control: CaptureControl = {
    controls: async () => (await whole).controls(),
    change: async (ask) => (await whole).change(ask),
  };
  const server = await AgentServer.start({
    pageDir,
    spool,
    port: options.port,
    host: options.host ?? null,
    status: { type: 'status', capture: 'restarting', text: 'Live capture is starting.' },
    shares: served.shares,
    onCost: (watched) => watch.cost(watched),
    control,
    askTypes: (question) => lifetime.launcher.askTypes(question),
  });
  if (options.host !== undefined) warnAboutHost(options.host);
  const capture = new LiveCapture(served, server);
  begun(capture);
  const joined = new JoinedAgents(links, spool, (agents) => server.setJoined(agents));
  joined.start();
  // Of this host: another's is told by its own page.
  watch.cost = (watched) => capture.watchCost(watched);
  lifetime.onEnd(() => capture.stop());
  // Told to end before there was anything to end.
  const captured = capture.ending ? Promise.resolve() : capture.run();
  await capture.settled;
  if (!capture.ending && capture.refusal === null) printLink(server);
  const told = new Promise<void>((resolve) => lifetime.onEnd(resolve));
  await Promise.race([told, captured.then(() => (capture.refusal === null ? told : undefined))]);
  await captured;
  await capture.finished();
  await joined.stop();
  await server.close();
  if (capture.refusal !== null && !capture.ending) throw capture.refusal;
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

function spoolOptions(options: ServeOptions, schemas: readonly string[]): SpoolOptions {
  return {
    schemas,
    ...(options.retainSize === undefined ? {} : { retainBytes: options.retainSize }),
    ...(options.retainAge === undefined ? {} : { retainAgeMs: options.retainAge }),
  };
}
