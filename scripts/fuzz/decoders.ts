/** Which functions of core read bytes or text of others, by their signatures, and which of them have run. */
import { readdirSync, readFileSync } from 'node:fs';
import { Session, type Profiler } from 'node:inspector';
import path from 'node:path';

const CORE = path.join(import.meta.dirname, '../../core');

/** A function of a module or a method that takes bytes, or text by the names that text of others has. */
const SIGNATURE =
  /^(?:export function (\w+)| {2}(?:static )?(\w+))\(((?:[^()]|\([^()]*\))*)\)(?:: [^={;\n]*)? \{$/gm;
const TAKES = /: (?:Uint8Array|DataView|ArrayBuffer)\b|\b(?:text|json|source|expression|body|chunk): string/;

/** Taken from our own hands, or no decoder in spite of its signature. */
const NOT_DECODERS: Readonly<Record<string, string>> = {
  'pcapng/block-buffer.ts bytes': 'writes',
  'pcapng/writer.ts custom': 'writes',
  'protocol/data-frame.ts encodeDataHeader': 'writes',
  'share/digest-samples.ts add': 'hashes what it is given',
  'share/pseudonyms.ts bytes': 'hashes what it is given',
  'share/pseudonyms.ts text': 'the same',
  'query/fields/names.ts hopField': 'text is the help of a field',
  'query/fields/numbers.ts wideRecordField': 'text is the help of a field',
};

/** `FILE FUNCTION` of every decoder, FILE from core/. */
export function decoders(): string[] {
  const files = readdirSync(CORE, { recursive: true, encoding: 'utf8' }).filter(
    (file) => /\.ts$/.test(file) && !/\.test\.ts$|\.gen\.ts$|(?:^|\/)testing\//.test(file),
  );
  return files.flatMap((file) => {
    const source = readFileSync(path.join(CORE, file), 'utf8');
    return [...source.matchAll(SIGNATURE)]
      .filter(([, , method, parameters]) => method !== 'constructor' && TAKES.test(parameters!))
      .map(([, name, method]) => `${file} ${name ?? method!}`)
      .filter((decoder) => NOT_DECODERS[decoder] === undefined);
  });
}

/** `FILE FUNCTION` of what `what` called in core. */
export function functionsRun(what: () => void): Set<string> {
  const session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
  what();
  const run = new Set<string>();
  session.post('Profiler.takePreciseCoverage', (error, { result }) => {
    if (error !== null) throw error;
    for (const script of result) collectRun(script, run);
  });
  session.disconnect();
  return run;
}

function collectRun({ url, functions }: Profiler.ScriptCoverage, run: Set<string>): void {
  const file = path.relative(CORE, url.replace(/^file:\/\//, ''));
  if (file.startsWith('..')) return;
  for (const { functionName, ranges } of functions) {
    if (ranges[0]!.count > 0) run.add(`${file} ${functionName}`);
  }
}
