/** Options that several commands have. */
import type { Command } from 'commander';
import type { CaptureSpec } from '../capture/spec.ts';
import type { CaptureAsk } from '#core/protocol/capture-ask.ts';
import { parseCondition } from '#core/trigger/condition.ts';
import { DEFAULT_AFTER, DEFAULT_BEFORE, MAX_AROUND, type TriggerOptions } from '#core/trigger/trigger.ts';
import { Failure } from '../failure.ts';
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
  readonly trigger?: readonly string[];
  readonly before?: number;
  readonly after?: number;
  readonly triggerOnce?: boolean;
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
    .option(
      '--trigger <condition>',
      'keep nothing until a journey meets this: lost, clobbered, suspect, unreadable or changed (each with @HOOK), ' +
        'drop[=REASON], tlv:NAME[=VALUE], joined by " and "; repeated: any of them',
      collect,
    )
    .option('--before <n>', `whole journeys kept from before it (default ${DEFAULT_BEFORE})`, parseWhole)
    .option('--after <n>', `whole journeys kept that begin after it (default ${DEFAULT_AFTER})`, parseWhole)
    .option('--trigger-once', 'keep nothing more when those have begun; capture then ends')
    .option('--snaplen <bytes>', 'bytes kept of each packet', parseWhole)
    .option('--map <map>', 'BPF map to sample, by id, name or path; may be repeated', collect)
    .option('--map-interval <ms>', 'how often maps are looked at', parseWhole)
    .option('--schema <file>', 'metadata schema (JSON) to put into the capture; see docs/schema.md');
}

/** What was asked for on the command line, as a page would ask for it. */
export function askOf(
  options: CaptureOptions,
  { devices, netns }: Pick<CaptureSpec, 'devices' | 'netns'>,
): CaptureAsk {
  const { filter = '', mark = '', hasMetadata = false, tlv = [], sample = null, rate = null } = options;
  const { trigger = [], before = null, after = null } = options;
  return {
    devices: [...devices],
    netns,
    hooks: '',
    filter,
    mark,
    hasMetadata,
    tlv: [...tlv],
    sample,
    rate,
    trigger: [...trigger],
    before,
    after,
  };
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

/**
 * What is kept of what the kernel lets pass; null = everything. `schema`: one is given, or comes with a lab. Failure
 * when it makes no sense.
 */
export function triggerOf(options: CaptureOptions, schema: boolean): TriggerOptions | null {
  const { trigger, before = DEFAULT_BEFORE, after = DEFAULT_AFTER, triggerOnce = false } = options;
  if (trigger === undefined) {
    if (options.before !== undefined || options.after !== undefined || triggerOnce)
      throw new Failure(
        'there is no trigger',
        'give --trigger CONDITION, or leave --before, --after and --trigger-once',
      );
    return null;
  }
  const parsed = parseCondition(trigger);
  if (!parsed.ok) throw new Failure(`--trigger: ${parsed.cause}`, parsed.remedy);
  for (const [name, value] of [
    ['--before', before],
    ['--after', after],
  ] as const) {
    if (value > MAX_AROUND) throw new Failure(`${name} ${value} is too many`, `give 0 to ${MAX_AROUND}`);
  }
  if (!schema && parsed.condition.terms.some(({ kind }) => kind === 'tlv'))
    throw new Failure(
      '--trigger tlv: without a schema nobody can tell which bytes are a TLV',
      'give --schema FILE',
    );
  return { condition: parsed.condition, before, after, once: triggerOnce };
}

export function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
