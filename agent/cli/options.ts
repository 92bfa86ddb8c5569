/** Options that several commands have. */
import type { Command } from 'commander';
import type { CaptureSpec } from '../capture/spec.ts';
import { parseWhole } from './units.ts';

export interface CaptureOptions {
  readonly interface?: readonly string[];
  readonly netns?: string;
  readonly snaplen?: number;
  readonly schema?: string;
  readonly map?: readonly string[];
  readonly mapInterval?: number;
}

export function addCaptureOptions(command: Command): Command {
  return command
    .option('-i, --interface <dev>', 'network interface to watch; may be repeated', collect)
    .option('--netns <name>', 'network namespace that the interfaces are in')
    .option('--snaplen <bytes>', 'bytes kept of each packet', parseWhole)
    .option('--map <map>', 'BPF map to sample, by id, name or path; may be repeated', collect)
    .option('--map-interval <ms>', 'how often maps are looked at', parseWhole)
    .option('--schema <file>', 'metadata schema (JSON) to put into the capture; see docs/schema.md');
}

export function specOf(options: CaptureOptions): CaptureSpec {
  return {
    devices: [...(options.interface ?? [])],
    netns: options.netns ?? null,
    snaplen: options.snaplen ?? null,
    ...(options.map !== undefined && { maps: [...options.map] }),
    ...(options.mapInterval !== undefined && { mapIntervalMs: options.mapInterval }),
  };
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
