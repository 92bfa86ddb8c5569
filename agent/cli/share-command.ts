/** `whither share`: what it is asked, as a policy and a selection. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { HOOK_BY_NAME, HOOKS } from '#core/format/hooks.ts';
import { CAREFUL, VALUE_RULES, type SharePolicy, type ValueRule } from '#core/share/policy.ts';
import { Failure } from '../failure.ts';
import { readStream, readText } from '../supervisor/handover.ts';
import type { Paths } from './paths.ts';
import { checkSchema } from './schema.ts';
import { shareCapture, STDIN } from './share.ts';
import { parseAge, parseTimeNs } from './units.ts';

const KEEPABLE = Object.keys(CAREFUL).filter((rule) => rule !== 'values') as Exclude<
  keyof SharePolicy,
  'values'
>[];

interface ShareCommandOptions {
  readonly where?: string;
  readonly from?: bigint;
  readonly to?: bigint;
  readonly hook?: readonly number[];
  readonly keep?: readonly string[];
  readonly value?: Readonly<Record<string, ValueRule>>;
  readonly schema?: string;
  readonly expires?: number | null;
  readonly allNotes?: boolean;
  readonly preview?: boolean;
  readonly html?: boolean;
}

/** `dropPrivilege`: called between opening what is read and parsing it. */
export function addShare(program: Command, paths: Paths, dropPrivilege: () => void): void {
  program
    .command('share')
    .description('write a part of a capture without what must not leave to standard output (docs/share.md)')
    .argument('<file>', 'pcapng or pcap file; - = standard input')
    .option('--where <filter>', 'only journeys that pass, in the language of the page (docs/filter.md)')
    .option('--from <time>', 'only events from this time on', parseTimeNs)
    .option('--to <time>', 'only events up to this time', parseTimeNs)
    .option('--hook <name>', 'only events of this hook; may be repeated', hookOption)
    .addOption(
      new Option('--keep <what...>', 'what stays as it is, which by default does not').choices(KEEPABLE),
    )
    .option(
      '--value <type=rule>',
      `what becomes of a type: SCHEMA.TYPE=${VALUE_RULES.join('|')}; may be repeated`,
      valueOption,
    )
    .option('--schema <file>', 'metadata schema (JSON) instead of the one in the capture')
    .option(
      '--expires <time>',
      'say in it that it is to be deleted after this time, as in 30d; never (default: as the share that it is made of)',
      (text) => (text === 'never' ? null : parseAge(text)),
    )
    .option('--all-notes', 'also notes on what does not go; by default they stay with it')
    .option('--html', 'the page with the capture inside, one file that opens from disk without a network')
    .option('--preview', 'what would go out and what not, as JSON; no capture is written')
    .action(async (file: string, options: ShareCommandOptions) => {
      if (options.where !== undefined && file === STDIN) {
        throw new Failure('--where reads the capture twice, which standard input cannot be', 'give a file');
      }
      const text = options.schema === undefined ? null : readText(options.schema);
      const page = options.html === true ? readPage(paths) : null;
      const open = () => (file === STDIN ? process.stdin : readStream(file));
      // Opened now, as who types the command may read it and the agent's user may not.
      const isPart = [options.where, options.from, options.to, options.hook].some((one) => one !== undefined);
      const needsTypes = options.value !== undefined && options.schema === undefined;
      if (needsTypes && file === STDIN) {
        throw new Failure(
          '--value looks its types up first, and standard input cannot be read twice',
          'give a file, or the schema with --schema',
        );
      }
      const first = (isPart || needsTypes) && file !== STDIN ? open() : null;
      const filtered = options.where === undefined ? null : { input: open(), where: options.where };
      const input = open();
      dropPrivilege();
      if (process.stdout.isTTY && options.preview !== true) {
        const [what, name] = page === null ? ['a capture', 'share.pcapng'] : ['such a page', 'share.html'];
        throw new Failure(`${what} is no text for a terminal`, `whither share ${file} … > ${name}`);
      }
      process.exitCode = await shareCapture(
        input,
        file,
        {
          filtered,
          first,
          fromNs: options.from ?? null,
          toNs: options.to ?? null,
          hooks: options.hook === undefined ? null : new Set(options.hook),
          policy: {
            ...CAREFUL,
            ...Object.fromEntries((options.keep ?? []).map((rule) => [rule, 'keep'])),
            values: options.value ?? {},
          },
          schema: text === null ? null : checkSchema(text, options.schema ?? ''),
          expiresMs: options.expires === undefined ? 'kept' : options.expires,
          allNotes: options.allNotes === true,
          preview: options.preview === true,
          page,
        },
        process.stdout,
        process.stderr,
      );
    });
}

function readPage({ pageDir }: Paths): string {
  try {
    return readFileSync(path.join(pageDir, 'share.html'), 'utf8');
  } catch {
    throw new Failure('the page for --html is not built', 'npm run build');
  }
}

function hookOption(name: string, before: readonly number[] = []): readonly number[] {
  const hook = HOOK_BY_NAME.get(name);
  if (hook === undefined) {
    throw new InvalidArgumentError(`one of ${HOOKS.map((one) => one.name).join(', ')}.`);
  }
  return [...before, hook.id];
}

function valueOption(
  text: string,
  before: Readonly<Record<string, ValueRule>> = {},
): Readonly<Record<string, ValueRule>> {
  const cut = text.lastIndexOf('=');
  const rule = VALUE_RULES.find((known) => known === text.slice(cut + 1));
  if (cut < 1 || rule === undefined) {
    throw new InvalidArgumentError(`SCHEMA.TYPE=${VALUE_RULES.join('|')}, as in edge.session=drop.`);
  }
  return { ...before, [text.slice(0, cut)]: rule };
}
