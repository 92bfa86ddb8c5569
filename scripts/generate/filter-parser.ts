/** The parser of the filter language from its grammar, for core/query and the page's editor. */
import { buildParserFile } from '@lezer/generator';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { GeneratedFile } from './files.ts';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
export const GRAMMAR_FILE = 'core/query/filter.grammar';
export const PARSER_FILE = 'core/query/filter-parser.gen.ts';

/** Throws where the grammar is ambiguous or not well formed, with the place. */
export function filterParserFile(): GeneratedFile {
  const grammar = readFileSync(path.join(ROOT, GRAMMAR_FILE), 'utf8');
  const { parser } = buildParserFile(grammar, {
    fileName: GRAMMAR_FILE,
    typeScript: true,
    warn: (message) => {
      throw new Error(message);
    },
  });
  return { file: PARSER_FILE, text: parser };
}
