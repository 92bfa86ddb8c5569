/** Options that several commands have. */
import type { Command } from 'commander';
import type { CaptureSpec } from '../capture/spec.ts';
import { parseWhole } from './units.ts';

export interface CaptureOptions {
  readonly interface?: readonly string[];
  readonly netns?: string;
  readonly filter?: string;
  readonly mark?: string;
  readonly hasMetadata?: boolean;
  readonly sample?: number;
  readonly rate?: number;
  readonly snaplen?: number;
  readonly schema?: string;
  readonly map?: readonly string[];
  readonly mapInterval?: number;
}

export function addCaptureOptions(command: Command): Command {
  return command
    .option('-i, --interface <dev>', 'network interface to watch; may be repeated', collect)
    .option('--netns <name>', 'network namespace that the interfaces are in')
    .option('-f, --filter <expression>', 'only packets that match, as in pcap-filter(7), each to its end')
    .option('--mark <value>', 'only packets with this mark: VALUE or VALUE/MASK')
    .option('--has-metadata', 'only packets that have metadata at some hook, from there on')
    .option('--sample <n>', 'keep one journey in N, whole; the rest is counted', parseWhole)
    .option('--rate <n>', 'keep about N events a second, whole journeys; the rest is counted', parseWhole)
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
    ...filterOf(options),
    ...(options.map !== undefined && { maps: [...options.map] }),
    ...(options.mapInterval !== undefined && { mapIntervalMs: options.mapInterval }),
  };
}

/** What is asked for of the packets, wherever they are. */
export function filterOf(options: CaptureOptions): Partial<CaptureSpec> {
  const { filter, mark, hasMetadata, sample, rate } = options;
  return {
    ...(filter !== undefined && { filter }),
    ...(mark !== undefined && { mark }),
    ...(hasMetadata !== undefined && { hasMetadata }),
    ...(sample !== undefined && { sample }),
    ...(rate !== undefined && { rate }),
  };
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
