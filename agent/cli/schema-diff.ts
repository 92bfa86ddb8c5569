/** `whither schema diff BEFORE AFTER`: what differs between two metadata schemas. */
import type { Command } from 'commander';
import { changeText, diffSchemas } from '#core/metadata/schema-diff.ts';
import { readText } from '../supervisor/handover.ts';
import { checkSchema } from './schema.ts';

/** Adds the command to `schema`; it exits with 1 when bytes read in another way, as diff(1) does. */
export function addSchemaDiff(schema: Command): void {
  schema
    .command('diff')
    .description('say what differs between two metadata schemas; exits with 1 when bytes read in another way')
    .argument('<before>', 'metadata schema (JSON)')
    .argument('<after>', 'metadata schema (JSON)')
    .option('--json', 'one JSON object for each difference and line')
    .action((before: string, after: string, { json }: { json?: boolean }) => {
      const [old, now] = [before, after].map((file) => checkSchema(readText(file), file));
      const changes = diffSchemas(old!, now!);
      for (const change of changes) {
        process.stdout.write(`${json === true ? JSON.stringify(change) : changeText(change)}\n`);
      }
      process.exitCode = changes.some(({ decodes }) => decodes) ? 1 : 0;
    });
}
