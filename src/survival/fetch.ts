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

/** First bytes of a gzip member (RFC 1952, 2.3.1). */
const GZIP = [0x1f, 0x8b];

/**
 * A recording, as if it had been dropped on the page. Some servers send a .gz file as a content encoding, and the browser
 * unpacks it on the way; others do not. Rejects like fetchSurvival.
 */
export async function fetchRecording(capture: string): Promise<File> {
  const response = await fetch(at(capture));
  if (!response.ok) throw new Error(`survival/${capture}: HTTP ${response.status}`);
  const got = new Blob([await response.arrayBuffer()]);
  const head = new Uint8Array(await got.slice(0, GZIP.length).arrayBuffer());
  const packed = GZIP.every((byte, i) => head[i] === byte);
  const bytes = packed
    ? await new Response(got.stream().pipeThrough(new DecompressionStream('gzip'))).blob()
    : got;
  return new File([bytes], capture.replace(/^.*\//, '').replace(/\.gz$/, ''));
}
