/** Asking the probe for loaded BPF programs and their types, which takes privilege. */
import { execFile } from 'node:child_process';
import { Failure } from '../failure.ts';

/** `program` null = which programs are loaded (JSON), else the BTF of the one with this id. */
export interface TypesQuestion {
  readonly program: number | null;
}

/** The kernel takes no more BTF from a program than 16 MiB (BTF_MAX_SIZE); the list is shorter. */
export const MAX_TYPES_BYTES = 17 * 1024 * 1024;
export const TYPES_TIMEOUT_MS = 10_000;

export function typesArguments({ program }: TypesQuestion): string[] {
  return program === null ? ['--programs'] : ['--btf', String(program)];
}

/** What the probe writes. Failure with what it said when it cannot. */
export function askProbe(probe: string, question: TypesQuestion): Promise<Uint8Array> {
  const options = { timeout: TYPES_TIMEOUT_MS, maxBuffer: MAX_TYPES_BYTES, encoding: 'buffer' } as const;
  return new Promise((resolve, reject) => {
    execFile(probe, typesArguments(question), options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(typesFailure(question, stderr.toString()));
    });
  });
}

/** `said`: what the probe wrote on stderr, '' = nothing. */
export function typesFailure({ program }: TypesQuestion, said: string): Failure {
  const what = program === null ? 'The loaded programs' : `The types of program ${program}`;
  const why = (said.trim().split('\n').at(-1) ?? '').replace(/^whither-probe: /, '');
  return new Failure(
    `${what} cannot be read (${why === '' ? 'there is no probe' : why})`,
    'run whither as root, or drop the object file of the program on the page',
  );
}
