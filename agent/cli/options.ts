/** Options that several commands have. */
import type { Command } from 'commander';
import type { CaptureSpec } from '../capture/spec.ts';
import { checkSchema } from './schema.ts';
import { tlvOf } from './tlv.ts';
import { parseWhole } from './units.ts';

export interface CaptureOptions {
  readonly interface?: readonly string[];
  readonly netns?: string;
  readonly filter?: string;
  readonly mark?: string;
  readonly hasMetadata?: boolean;
  readonly tlv?: readonly string[];
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
    .option(
      '--tlv <name[=value]>',
      'only packets with this TLV of the schema at some hook, from there on; repeated: with all of them',
      collect,
    )
    .option('--sample <n>', 'keep one journey in N, whole; the rest is counted', parseWhole)
    .option('--rate <n>', 'keep about N events a second, whole journeys; the rest is counted', parseWhole)
    .option('--snaplen <bytes>', 'bytes kept of each packet', parseWhole)
    .option('--map <map>', 'BPF map to sample, by id, name or path; may be repeated', collect)
    .option('--map-interval <ms>', 'how often maps are looked at', parseWhole)
    .option('--schema <file>', 'metadata schema (JSON) to put into the capture; see docs/schema.md');
}

/** `schemas`: those that go into the capture. */
export function specOf(options: CaptureOptions, schemas: readonly string[]): CaptureSpec {
  return {
    devices: [...(options.interface ?? [])],
    netns: options.netns ?? null,
    snaplen: options.snaplen ?? null,
    ...filterOf(options, schemas),
    ...(options.map !== undefined && { maps: [...options.map] }),
    ...(options.mapInterval !== undefined && { mapIntervalMs: options.mapInterval }),
  };
}

/** What is asked for of the packets, wherever they are; the last of `schemas` says what a TLV is. */
export function filterOf(options: CaptureOptions, schemas: readonly string[]): Partial<CaptureSpec> {
  const { filter, mark, hasMetadata, tlv, sample, rate } = options;
  const schema = schemas.at(-1);
  return {
    ...(filter !== undefined && { filter }),
    ...(mark !== undefined && { mark }),
    ...(hasMetadata !== undefined && { hasMetadata }),
    ...(tlv !== undefined && {
      tlv: tlvOf(tlv, schema === undefined ? null : checkSchema(schema, options.schema ?? '')),
    }),
    ...(sample !== undefined && { sample }),
    ...(rate !== undefined && { rate }),
  };
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
