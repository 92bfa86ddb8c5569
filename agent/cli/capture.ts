/** `whither capture`: the probe's output to a file or a pipe, with restarts and the user's schema. */
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { triggerSummary } from '#core/trigger/text.ts';
import { TriggerLog } from '../capture/trigger-log.ts';
import { FileLog } from '../capture/file-log.ts';
import { DeviceRunner } from '../capture/device-runner.ts';
import { refusalOf } from '../capture/refusal.ts';
import { checkSpec } from '../capture/spec.ts';
import { Failure } from '../failure.ts';
import { emptyFile, takeHandover, writeDescriptor } from '../supervisor/handover.ts';
import { SupervisedLauncher } from '../supervisor/supervised-launcher.ts';
import { beginLifetime } from './lifetime.ts';
import { specOf, triggerOf, type CaptureOptions } from './options.ts';
import type { Paths } from './paths.ts';
import { schemasOf } from './schema.ts';
import { formatSize } from './units.ts';

const STDOUT_FD = 1;

export interface CaptureCommandOptions extends CaptureOptions {
  readonly write: string;
  readonly cost?: boolean;
}

/** Before anything is started: a terminal cannot show pcapng. */
export function refuseTerminal(options: CaptureCommandOptions): void {
  if (options.write === '-' && process.stdout.isTTY) {
    throw new Failure('a capture is binary and standard output is a terminal', 'give -w FILE, or pipe it');
  }
}

/** Resolves with the exit code when the capture has ended. */
export async function capture(options: CaptureCommandOptions, paths: Paths): Promise<number> {
  if (options.interface === undefined) {
    throw new Failure('no interface was named', 'give -i DEV (ip link lists them)');
  }
  const schemas = schemasOf(options);
  const spec = checkSpec(specOf(options, schemas));
  const trigger = triggerOf(options, options.schema !== undefined);
  const { fd, removeUnused } =
    options.write === '-' ? { fd: STDOUT_FD, removeUnused: null } : writeDescriptor(options.write);
  const out = createWriteStream('', { fd, autoClose: fd !== STDOUT_FD });
  const log = new FileLog(out, schemas, () => {
    if (fd !== STDOUT_FD) emptyFile(fd);
  });
  const told = { runner: null as DeviceRunner | null };
  const triggered =
    trigger === null
      ? null
      : new TriggerLog(log, trigger, {
          text: () => undefined,
          fired: (line) => process.stderr.write(`${line}\n`),
          complete: () => {
            if (trigger.once) told.runner?.stop();
          },
        });
  if (triggered !== null) for (const schema of schemas) triggered.useSchema(schema);
  const lifetime = beginLifetime(takeHandover(), paths.probe);
  try {
    const refused: { text: string | null } = { text: null };
    const runner = new DeviceRunner({
      launcher: lifetime.launcher,
      spec,
      log: triggered ?? log,
      onStatus: ({ capture: state, text }) => {
        if (state === 'unavailable') refused.text = text;
        else if (!log.closedByReader) process.stderr.write(`${text}\n`);
      },
    });
    told.runner = runner;
    if (options.cost === true) runner.watchCost(true);
    lifetime.onEnd(() => runner.stop());
    await runner.run();
    if (triggered !== null && !log.closedByReader)
      process.stderr.write(`${triggerSummary(triggered.trigger)}\n`);
    out.end();
    await finished(out).catch(() => undefined);
    if (log.closedByReader) return 0;
    if (refused.text !== null) throw refusalOf(refused.text, lifetime.launcher instanceof SupervisedLauncher);
    if (options.write !== '-' && log.bytes > 0)
      process.stderr.write(`${formatSize(log.bytes)} in ${options.write}\n`);
    return runner.failed ? 1 : 0;
  } finally {
    triggered?.close();
    lifetime.dispose();
    removeUnused?.();
  }
}
