/** Options that several commands have. */
import type { Command } from 'commander';
import type { CaptureSpec } from '../capture/spec.ts';
import { parseWhole } from './units.ts';

export interface CaptureOptions {
  readonly interface?: readonly string[];
  readonly netns?: string;
  readonly snaplen?: number;
  readonly schema?: string;
}

export function addCaptureOptions(command: Command): Command {
  return command
    .option('-i, --interface <dev>', 'network interface to watch; may be repeated', collect)
    .option('--netns <name>', 'network namespace that the interfaces are in')
    .option('--snaplen <bytes>', 'bytes kept of each packet', parseWhole)
    .option('--schema <file>', 'metadata schema (JSON) to put into the capture; see docs/schema.md');
}

export function specOf(options: CaptureOptions): CaptureSpec {
  return {
    devices: [...(options.interface ?? [])],
    netns: options.netns ?? null,
    snaplen: options.snaplen ?? null,
  };
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
