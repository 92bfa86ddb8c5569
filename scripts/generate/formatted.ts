/** Text of a generated file as `npm run format` would leave it. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { format, type FormatConfig } from 'oxfmt';
import { ROOT } from '../lib/run.mjs';

/** `file`: where it will be, which says its language. Throws where `text` is not of that language. */
export async function formatted(file: string, text: string): Promise<string> {
  const config = JSON.parse(readFileSync(path.join(ROOT, '.oxfmtrc.json'), 'utf8')) as FormatConfig;
  const { code, errors } = await format(file, text, config);
  const [error] = errors;
  if (error !== undefined) throw new Error(`${file}: ${error.message}`);
  return code;
}
