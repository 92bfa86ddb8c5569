/** `whither schema check | propose | from-btf | emit` and `whither export`: defined here, done in the files beside. */
import type { Readable, Writable } from 'node:stream';
import { Argument, InvalidArgumentError, type Command } from 'commander';
import { WiresharkExport } from '#core/emit/for-wireshark.ts';
import { Failure } from '../failure.ts';
import { readStream, readText } from '../supervisor/handover.ts';
import type { Paths } from './paths.ts';
import { btfBytes, schemaFromBtf, type BtfOptions, type BtfSource } from './schema-btf.ts';
import { EMITTED, emitSchema, type Emitted } from './schema-emit.ts';
import { proposeSchema } from './schema-propose.ts';
import { checkSchema } from './schema.ts';

/** In an error. */
const MAX_HOPS_TOLD = 40;

const STDIN = '-';

/** `dropPrivilege`: called between opening what is read and parsing it. */
export function addSchemaCommands(schema: Command, paths: Paths, dropPrivilege: () => void): void {
  schema
    .command('check')
    .description('say whether a schema is valid, and where it is not')
    .argument('<file>', 'metadata schema (JSON)')
    .action((file: string) => {
      const text = readText(file);
      dropPrivilege();
      const { name, types } = checkSchema(text, file);
      process.stdout.write(`${file}: ${name}, ${types.length} types\n`);
    });

  schema
    .command('propose')
    .description('which framings fit the metadata of a capture, with the evidence; decodes nothing')
    .argument('<file>', 'pcapng or pcap file; - = standard input')
    .option('--json', 'as one JSON object')
    .option('--schema <n>', 'only proposal number n, as a schema to edit', ordinal)
    .action(async (file: string, options: { json?: boolean; schema?: number }) => {
      const input = inputOf(file);
      dropPrivilege();
      const how = { json: options.json === true, schema: options.schema ?? null };
      process.exitCode = await proposeSchema(input, file, how, process.stdout, process.stderr);
    });

  schema
    .command('from-btf')
    .description('types of a BPF program; with --struct one of them as a schema')
    .argument('[object]', 'BPF object file, compiled with -g')
    .option('--program <id>', 'types of a loaded program instead; as root', ordinal)
    .option('--kernel', 'types of this kernel instead')
    .option('--struct <name>', 'a struct, union or enum to make a schema of')
    .option('--search <text>', 'list only types with this in their name')
    .action((object: string | undefined, options: BtfSource & BtfOptions) => {
      const source = { ...options, ...(object !== undefined && { object }) };
      const { bytes, name } = btfBytes(source, paths);
      dropPrivilege();
      process.stdout.write(schemaFromBtf(bytes, name, options));
    });

  schema
    .command('emit')
    .description('a Lua script for Wireshark, or a C header with accessors for XDP and bpf_dynptr')
    .addArgument(new Argument('<what>', 'what to emit').choices(EMITTED))
    .argument('<file>', 'metadata schema (JSON)')
    .action((what: Emitted, file: string) => {
      const text = readText(file);
      dropPrivilege();
      process.stdout.write(emitSchema(checkSchema(text, file), what));
    });
}

export function addExport(program: Command, dropPrivilege: () => void): void {
  program
    .command('export')
    .description('write a capture for another tool to standard output')
    .argument('<file>', 'pcapng file; - = standard input')
    .requiredOption('--for-wireshark', 'the metadata of each packet as a packet comment, too')
    .option('--hop <name>', 'only what this hop saw: in all of them each packet is there several times')
    .action(async (file: string, { hop }: { hop?: string }) => {
      const input = inputOf(file);
      dropPrivilege();
      if (process.stdout.isTTY) {
        throw new Failure(
          'a capture is no text for a terminal',
          `whither export --for-wireshark ${file} > out.pcapng`,
        );
      }
      await exportForWireshark(input, file, hop ?? null, process.stdout);
    });
}

/** `hop`: as links name it; null = all. Failure with the offset when the input is no pcapng, and for a hop that saw nothing. */
export async function exportForWireshark(
  input: Readable,
  name: string,
  hop: string | null,
  out: Writable,
): Promise<void> {
  const output = new WiresharkExport(hop);
  for await (const chunk of input) {
    const part = converted(output, name, chunk as Uint8Array);
    if (part.length > 0 && !out.write(part)) await new Promise((resolve) => out.once('drain', resolve));
  }
  out.write(output.end());
  if (hop !== null && output.written === 0) {
    const hops = output.hops.slice(0, MAX_HOPS_TOLD).join(', ');
    throw new Failure(`${name} has no packet of ${hop}`, `its hops are ${hops === '' ? 'none' : hops}`);
  }
}

function converted(output: WiresharkExport, name: string, chunk: Uint8Array): Uint8Array {
  try {
    return output.push(chunk);
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    throw new Failure(
      `${name} is no pcapng that can be exported (${reason})`,
      'check the file; a pcap has no metadata',
    );
  }
}

function inputOf(file: string): Readable {
  return file === STDIN ? process.stdin : readStream(file);
}

function ordinal(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0 && value <= 0xffff_ffff) return value;
  throw new InvalidArgumentError('It must be a whole number from 1.');
}
