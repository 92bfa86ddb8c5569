/**
 * A scenario's result as a file: what is judged, whole, so that the judge can be tried without a kernel. Gzip-compressed
 * JSON, maps as lists of pairs. Written and read by the lab itself, never from elsewhere.
 */
import { gunzipSync, gzipSync } from 'node:zlib';
import type { ScenarioResult } from './types.ts';

type Pairs = [string, number][];
type Written = Omit<ScenarioResult, 'eventsAt' | 'withMetadataAt'> & {
  readonly eventsAt: Pairs;
  readonly withMetadataAt: Pairs;
};

/** It is done once, and kept in the repository. */
const LEVEL = 9;

export function writeResult(result: ScenarioResult): Uint8Array {
  const { eventsAt, withMetadataAt } = result;
  const written: Written = { ...result, eventsAt: [...eventsAt], withMetadataAt: [...withMetadataAt] };
  return gzipSync(JSON.stringify(written), { level: LEVEL });
}

export function readResult(bytes: Uint8Array): ScenarioResult {
  const written = JSON.parse(gunzipSync(bytes).toString('utf8')) as Written;
  return {
    ...written,
    eventsAt: new Map(written.eventsAt),
    withMetadataAt: new Map(written.withMetadataAt),
  };
}
