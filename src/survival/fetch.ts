/** The table and its recordings, from the page's own server. */
import * as v from 'valibot';
import { survivalTable, type SurvivalTable } from '#core/survival/table.ts';

const at = (file: string): URL => new URL(`survival/${file}`, document.baseURI);

/** Rejects with what is wrong when it cannot be read. */
export async function fetchSurvival(): Promise<SurvivalTable> {
  const response = await fetch(at('survival.json'));
  if (!response.ok) throw new Error(`survival/survival.json: HTTP ${response.status}`);
  return v.parse(survivalTable, await response.json());
}

/** A recording, as if it had been dropped on the page. Rejects like fetchSurvival. */
export async function fetchRecording(capture: string): Promise<File> {
  const response = await fetch(at(capture));
  if (!response.ok || response.body === null) throw new Error(`survival/${capture}: HTTP ${response.status}`);
  const unpacked = response.body.pipeThrough(new DecompressionStream('gzip'));
  const name = capture.replace(/^.*\//, '').replace(/\.gz$/, '');
  return new File([await new Response(unpacked).blob()], name);
}
