/**
 * The command line. Commands that run for long and were started by root run in a second process without
 * privilege (agent/supervisor); this file decides which of the two we are.
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Command, CommanderError, Option } from 'commander';
import * as v from 'valibot';
import { codeOf, Failure, lineOf } from '../failure.ts';
import { readStream, readText, resolvePath, takeHandover } from '../supervisor/handover.ts';
import { endWithNpm } from '../supervisor/npm-parent.ts';
import { supervise } from '../supervisor/supervise.ts';
import { unprivilegedUser } from '../supervisor/user.ts';
import { capture, refuseTerminal, type CaptureCommandOptions } from './capture.ts';
import { doctor, printReport } from './doctor.ts';
import { inspectCost } from './inspect-cost.ts';
import { inspect } from './inspect.ts';
import { openFiles, type OpenOptions } from './open.ts';
import { addCaptureOptions, collect } from './options.ts';
import { findPaths } from './paths.ts';
import { addExport, addSchemaCommands } from './schema-commands.ts';
import { addSchemaDiff } from './schema-diff.ts';
import { checkSchema } from './schema.ts';
import { serve, type ServeOptions } from './serve.ts';
import { addShare } from './share-command.ts';
import { addShares } from './shares.ts';
import { parseAge, parsePort, parseSize } from './units.ts';

const STDIN = '-';
const paths = findPaths(import.meta.url);

interface InspectCommandOptions {
  readonly json?: boolean;
  readonly summary?: boolean;
  readonly lint?: boolean;
  readonly budget?: boolean;
  readonly locations?: boolean;
  readonly where?: string;
  readonly schema?: string;
  readonly cost?: boolean;
}

interface Handles {
  readonly read?: readonly string[];
  readonly write?: readonly string[];
  readonly ownedDir?: string | undefined;
  /** It runs until it is told to end, and then says that it did. */
  readonly farewell?: boolean;
}

/** Runs `action` here, or, when root typed the command, in an unprivileged child under supervision. */
async function withoutPrivilege(handles: Handles, action: () => Promise<number>): Promise<void> {
  const isRoot = process.platform === 'linux' && process.getuid?.() === 0;
  const isAgent = takeHandover() !== null;
  if (!isAgent) endWithNpm();
  if (!isRoot || isAgent) {
    process.exitCode = await action();
    if (!isAgent && handles.farewell === true) sayFarewell(null);
    return;
  }
  const { code, labRemoved } = await supervise({
    ...paths,
    args: process.argv.slice(2),
    read: handles.read ?? [],
    write: handles.write ?? [],
    ownedDir: handles.ownedDir === undefined ? null : resolvePath(handles.ownedDir),
  });
  process.exitCode = code;
  if (code === 0 && handles.farewell === true) sayFarewell(labRemoved);
}

/** `labRemoved` null = there was no lab. The last line: until it is there, something is still being tidied up. */
function sayFarewell(labRemoved: boolean | null): void {
  // A terminal has written ^C on this line.
  const start = process.stdout.isTTY ? '\n' : '';
  process.stdout.write(`${start}Stopped${labRemoved === true ? '; the lab is removed' : ''}.\n`);
}

function buildProgram(): Command {
  const program = new Command('whither')
    .description(
      'Whither goes your packet\u2019s metadata? Shows Linux packet metadata hook by hook, in the browser.',
    )
    .version(readVersion(), '-V, --version')
    .exitOverride()
    .showHelpAfterError('(whither --help lists commands and options)')
    .addHelpText(
      'after',
      `
Examples:
  whither -i eth0                          watch eth0 in the browser
  whither serve --lab edge                 watch traffic made for the purpose, in namespaces of its own
  whither capture -i eth0 -w eth0.pcapng   record to a file
  whither capture -i eth0 | wireshark -k -i -
  whither inspect eth0.pcapng --json       one JSON object for each event`,
    );

  addCaptureOptions(program.command('serve', { isDefault: true }))
    .description('capture into the spool and serve the page that shows it (default command)')
    .option('--port <port>', 'port to listen on; 0 = any free one', parsePort, 0)
    .option('--host <address>', 'listen on this address instead of loopback (no encryption)')
    .option('--spool <dir>', 'keep the capture in this directory after the end')
    .option('--retain-size <size>', 'keep at most this much (default 1G)', parseSize)
    .option('--retain-age <time>', 'keep nothing older than this (default 24h)', parseAge)
    .option('--read-only', 'a page cannot change what is captured')
    .option('--lab <name>', 'start a lab and watch it (see whither lab list)')
    .addOption(
      new Option('--join <link>', 'show what another agent captures, too; may be repeated')
        .env('WHITHER_JOIN')
        .argParser(collect),
    )
    .addOption(new Option('--not-live <text>', 'said instead of capturing').hideHelp())
    .action(async (options: ServeOptions) => {
      const read = options.schema === undefined ? [] : [options.schema];
      await withoutPrivilege({ read, ownedDir: options.spool, farewell: true }, async () => {
        await serve(options, paths);
        return 0;
      });
    });

  addCaptureOptions(program.command('capture'))
    .description('record to a file or a pipe, without the page')
    .option('-w, --write <file>', 'pcapng file to write; - = standard output', STDIN)
    .option('--cost', 'once a second what watching costs, too; whither inspect FILE --cost prints it')
    .action(async (options: CaptureCommandOptions) => {
      refuseTerminal(options);
      const read = options.schema === undefined ? [] : [options.schema];
      const write = options.write === STDIN ? [] : [options.write];
      await withoutPrivilege({ read, write }, () => capture(options, paths));
    });

  program
    .command('open')
    .description(
      'show capture files in the page; nothing is captured. One link for each: files are shown together when they are dropped on the page at once',
    )
    .argument('<file...>', 'pcapng or pcap files')
    .option('--port <port>', 'port to listen on; 0 = any free one', parsePort, 0)
    .option('--host <address>', 'listen on this address instead of loopback (no encryption)')
    .action(async (files: string[], options: OpenOptions) => {
      await withoutPrivilege({ read: files, farewell: true }, async () => {
        await openFiles(files, options, paths);
        return 0;
      });
    });

  program
    .command('inspect')
    .description('print the events of a capture file')
    .argument('<file>', 'pcapng or pcap file; - = standard input')
    .option('--json', 'one JSON object for each event (or row of the summary) and line')
    .option('--summary', 'which hop loses how much metadata, by which cause, for which TLV')
    .option('--lint', 'what is wrong with metadata by the schema, hop by hop')
    .option('--budget', 'what metadata costs per packet, hop by hop, and what would take less')
    .option('--locations', 'where each TLV was seen beside the area: packet data, taps, maps, sockets')
    .option(
      '--where <filter>',
      'only the events of journeys that pass, in the language of the page (docs/filter.md)',
    )
    .option('--schema <file>', 'metadata schema (JSON) instead of the one in the capture')
    .option('--cost', 'what watching cost instead of the events; with --json as one object')
    .action(async (file: string, options: InspectCommandOptions) => {
      const source = options.schema ?? '';
      const text = source === '' ? null : readText(source);
      const input = file === STDIN ? process.stdin : readStream(file);
      dropPrivilege();
      const schema = text === null ? null : checkSchema(text, source);
      const { stdout, stderr } = process;
      if (options.cost === true) {
        process.exitCode = await inspectCost(input, file, options.json === true, stdout, stderr);
        return;
      }
      process.exitCode = await inspect(
        input,
        file,
        {
          json: options.json === true,
          summary: options.summary === true,
          lint: options.lint === true,
          budget: options.budget === true,
          locations: options.locations === true,
          ...(options.where !== undefined && { where: options.where }),
          schema,
        },
        stdout,
        stderr,
      );
    });

  const schema = program.command('schema').description('work with metadata schemas');
  addSchemaDiff(schema);
  addSchemaCommands(schema, paths, dropPrivilege);
  addExport(program, dropPrivilege);
  addShare(program, paths, dropPrivilege);
  addShares(program);

  program
    .command('doctor')
    .description('say which hooks this host has, and why it lacks the others')
    .option('--json', 'as one JSON object')
    .action(async ({ json }: { json?: boolean }) => {
      const report = await doctor(paths);
      process.stdout.write(`${json ? JSON.stringify(report) : printReport(report)}\n`);
      process.exitCode = report.ok ? 0 : 1;
    });
  return program;
}

/** A file is parsed here: root opens it and is root no more. */
function dropPrivilege(): void {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return;
  const { uid, gid } = unprivilegedUser();
  process.setgroups?.([]);
  process.setgid?.(gid);
  process.setuid?.(uid);
}

async function main(): Promise<void> {
  takeHandover();
  const program = buildProgram();
  const lab = program
    .command('lab')
    .description('traffic and programs on a real kernel, in namespaces of their own');
  if (process.argv[2] === lab.name()) {
    // Loaded only when asked for: every other command does without it.
    const { registerLab } = await import('../lab/index.ts');
    registerLab(lab);
  }
  refuseUnknownCommand(program);
  await program.parseAsync();
}

/** With a default command, commander would take a word it does not know for an argument of `serve`. */
function refuseUnknownCommand(program: Command): void {
  const word = process.argv[2];
  if (word === undefined || word.startsWith('-') || word === 'help') return;
  if (program.commands.some((command) => command.name() === word)) return;
  throw new Failure(
    `${word} is no command of whither`,
    existsSync(word) ? `to look at a file: whither open ${word}` : 'whither --help lists them',
  );
}

function readVersion(): string {
  const text = readFileSync(path.join(paths.packageRoot, 'package.json'), 'utf8');
  return v.parse(v.object({ version: v.string() }), JSON.parse(text)).version;
}

function fail(thrown: unknown): never {
  // Commander has said what it had to say.
  if (thrown instanceof CommanderError) process.exit(thrown.exitCode);
  process.stderr.write(`whither: ${lineOf(thrown)}\n`);
  if (!(thrown instanceof Failure)) {
    if (process.env.WHITHER_DEBUG === '1') console.error(thrown);
    else process.stderr.write('whither: that is a bug; WHITHER_DEBUG=1 shows where it comes from.\n');
  }
  process.exit(1);
}

// Whoever read our output went away, as `head` does: that ends nothing.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error) => {
    // EIO: the terminal itself was closed.
    if (!['EPIPE', 'EIO'].includes(codeOf(error))) fail(error);
  });
}
process.on('uncaughtException', fail);
process.on('unhandledRejection', fail);
main().catch(fail);
