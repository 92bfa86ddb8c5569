/** The list of generated files: one place that `npm run generate` and its test share. */
import { formatted } from './formatted.ts';
import { cHeader } from './c-header.ts';
import { filterParserFile } from './filter-parser.ts';
import { layoutModule } from './layout.ts';
import { replaceSections } from './markdown.ts';
import { schemaFiles } from './schema.ts';

export const LAYOUT_FILE = 'core/format/layout.gen.ts';
export const HEADER_FILE = 'agent/probe/whither-format.gen.h';
export const DOC_FILES = ['docs/capture-format.md', 'docs/filter.md'] as const;

export interface GeneratedFile {
  /** From the root of the repository. */
  readonly file: string;
  readonly text: string;
}

/** `read` gives a file's present text, '' when there is none: the document keeps its prose. */
export async function generatedFiles(read: (file: string) => string): Promise<GeneratedFile[]> {
  return [
    { file: LAYOUT_FILE, text: layoutModule() },
    { file: HEADER_FILE, text: cHeader() },
    ...(await Promise.all(DOC_FILES.map((file) => documentFile(file, read(file))))),
    ...(await schemaFiles()),
    filterParserFile(),
  ];
}

async function documentFile(file: string, present: string): Promise<GeneratedFile> {
  return { file, text: await formatted(file, replaceSections(present)) };
}
