/** Captures for the tests of the worker. */
import { generateCapture, joinChunks } from '#core/pcapng/testing/generate-capture.ts';

/** `events` events, 8 to a journey, as one run of bytes. */
export function generatedBytes(events: number, seed = 1): Uint8Array<ArrayBuffer> {
  return new Uint8Array(joinChunks(generateCapture({ events, seed })));
}
